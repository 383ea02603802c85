"""JSON text as the same nodes that PyYAML composes, so that both formats know the place of everything."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from yaml.error import Mark
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
WORDS = {"true": "bool", "false": "bool", "null": "null"}
WORD = re.compile("|".join(WORDS))
TAG = "tag:yaml.org,2002:"


class LazyMark(Mark):
    """A place that is worked out only when somebody asks for it: most nodes are never reported."""

    def __init__(self, index: int, line_starts: list[int]) -> None:
        self.index, self.line_starts = index, line_starts

    @property
    def line(self) -> int:  # type: ignore[override]
        """Counts from 0, as all marks do."""
        return bisect_right(self.line_starts, self.index) - 1

    @property
    def column(self) -> int:  # type: ignore[override]
        """Counts from 0."""
        return self.index - self.line_starts[self.line]


def compose_json(text: str) -> Node:
    """Parse one JSON document.

    Raises `json.JSONDecodeError` with the line and column of the fault, and `RecursionError` for absurd nesting.
    """
    return _Composer(text).document()


class _Composer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Node:
        node, end = self.value(self.skip(0))
        end = self.skip(end)
        if end != len(self.text):
            raise self.fault("Extra data after the end of the document", end)
        return node

    def value(self, at: int) -> tuple[Node, int]:
        first = self.text[at : at + 1]
        if first == "{":
            return self.mapping(at)
        if first == "[":
            return self.sequence(at)
        if first == '"':
            value, end = scanstring(self.text, at + 1)
            return self.scalar("str", value, at, end), end
        return self.bare(at)

    def mapping(self, at: int) -> tuple[Node, int]:
        pairs: list[tuple[Node, Node]] = []
        end = self.skip(at + 1)
        while self.text[end : end + 1] != "}" or pairs:
            if self.text[end : end + 1] != '"':
                raise self.fault("Expecting property name enclosed in double quotes", end)
            key, end = self.value(end)
            value, end = self.value(self.skip(self.expect(":", self.skip(end))))
            pairs.append((key, value))
            end = self.skip(end)
            if self.text[end : end + 1] == "}":
                break
            end = self.skip(self.expect(",", end))
        return MappingNode(TAG + "map", pairs, self.mark(at), self.mark(end + 1)), end + 1

    def sequence(self, at: int) -> tuple[Node, int]:
        items: list[Node] = []
        end = self.skip(at + 1)
        while self.text[end : end + 1] != "]" or items:
            item, end = self.value(end)
            items.append(item)
            end = self.skip(end)
            if self.text[end : end + 1] == "]":
                break
            end = self.skip(self.expect(",", end))
        return SequenceNode(TAG + "seq", items, self.mark(at), self.mark(end + 1)), end + 1

    def bare(self, at: int) -> tuple[Node, int]:
        if word := WORD.match(self.text, at):
            return self.scalar(WORDS[word.group()], word.group(), at, word.end()), word.end()
        if number := NUMBER.match(self.text, at):
            kind = "float" if number.group(1) or number.group(2) else "int"
            return self.scalar(kind, number.group(), at, number.end()), number.end()
        raise self.fault("Expecting value", at)

    def expect(self, character: str, at: int) -> int:
        if self.text[at : at + 1] != character:
            raise self.fault(f"Expecting '{character}' delimiter", at)
        return at + 1

    def scalar(self, kind: str, value: str, start: int, end: int) -> Node:
        return ScalarNode(TAG + kind, value, self.mark(start), self.mark(end))

    def skip(self, at: int) -> int:
        match = SPACE.match(self.text, at)
        return match.end() if match else at

    def mark(self, at: int) -> Mark:
        return LazyMark(at, self.line_starts)

    def fault(self, message: str, at: int) -> JSONDecodeError:
        return JSONDecodeError(message, self.text, at)
