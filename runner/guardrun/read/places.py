"""Where in the source a JSON pointer points."""

from __future__ import annotations

from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from guardrun.model import Place
from guardrun.read.values import SHORT_FORMS, YAML

START = Place(1, 1, 1, 1)


def tokens(pointer: str) -> list[str]:
    """The parts of a JSON pointer, unescaped."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def pointer(*parts: str | int) -> str:
    """A JSON pointer from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def member(value: Any, key: str) -> Any:
    """What a part of a pointer leads to, or None."""
    if isinstance(value, dict):
        return value.get(key)
    return value[int(key)] if isinstance(value, list) and key in map(str, range(len(value))) else None


def locate(root: Node, parts: list[str]) -> Place:
    """The place of the deepest node on the way to `parts`.

    A scalar is marked itself, a mapping or list by its key. What is missing among a resource's properties is marked
    at the logical id.
    """
    if parts[:1] == ["Resources"] and parts[2:] == ["Properties"]:
        parts = parts[:2]
    key, node, rest = None, root, list(parts)
    while rest:
        step = _step(node, rest)
        if step is None:
            break
        key, node, rest = step
    return _mark(key, node, complete=not rest)


def _step(node: Node, rest: list[str]) -> tuple[Node | None, Node, list[str]] | None:
    if SHORT_FORMS.get(node.tag) == rest[0]:
        return None, node, [] if isinstance(node, ScalarNode) else rest[1:]
    if isinstance(node, MappingNode):
        pair = _member(node, rest[0])
        return (pair[0], pair[1], rest[1:]) if pair else None
    if isinstance(node, SequenceNode) and rest[0] in map(str, range(len(node.value))):
        return None, node.value[int(rest[0])], rest[1:]
    return None


def _member(node: MappingNode, name: str) -> tuple[Node, Node] | None:
    for key, value in node.value:
        if key.value == name:
            return key, value
    for key, value in node.value:
        if key.tag == YAML + "merge":
            for part in value.value if isinstance(value, SequenceNode) else [value]:
                if isinstance(part, MappingNode) and (found := _member(part, name)):
                    return found
    return None


def _mark(key: Node | None, node: Node, *, complete: bool) -> Place:
    one_line = node.start_mark.line == node.end_mark.line
    if complete and isinstance(node, ScalarNode) and (one_line or key is None):
        return _span(node)
    if key is not None:
        return _span(key)
    if isinstance(node, ScalarNode) or not node.value:
        return _span(node)
    first = node.value[0]
    return _span(first[0]) if isinstance(first, tuple) else _mark(None, first, complete=True)


def _span(node: Node) -> Place:
    start, end = node.start_mark, node.end_mark
    if end.line != start.line:
        return Place(start.line + 1, start.column + 1, start.line + 1, start.column + 2)
    return Place(start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)
