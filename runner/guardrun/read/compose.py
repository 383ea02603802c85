"""From bytes to nodes: text checked for its encoding, YAML or JSON parsed, every fault told with its place."""

from __future__ import annotations

import re
from json import JSONDecodeError

import yaml
from yaml.nodes import Node
from yaml.reader import ReaderError

from guardrun.errors import TemplateError
from guardrun.read.json_nodes import compose_json

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml is about ten times as fast; PyYAML's own wheels always have it."""

MAX_DEPTH = 500
MANY_OPENINGS = 2_000
"""With fewer opening brackets and dashes, no text nests deeply enough to do harm."""


def compose(text: str) -> Node:
    """Nodes of a JSON or YAML text. Raises `TemplateError` at the fault."""
    if not text.strip():
        raise TemplateError("the template is empty", line=1, column=1)
    try:
        return compose_json(text) if text.lstrip()[0] in "{[" else _compose_yaml(text)
    except JSONDecodeError as error:
        raise _json_fault(text, error) from error
    except RecursionError:
        raise TemplateError("the template is nested too deeply") from None


def decode(data: bytes) -> str:
    """The text of a UTF-8 file. Raises `TemplateError` at the first byte that is none."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise TemplateError(
            "the file starts with a byte order mark",
            line=1,
            column=1,
            hint="save it as UTF-8 without a byte order mark",
        )
    at = data.find(b"\0")
    if at >= 0:
        raise _byte_fault(data, at, "the file is binary: it has a NUL byte")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _byte_fault(data, error.start, f"byte 0x{data[error.start]:02x} is not UTF-8") from error


def _byte_fault(data: bytes, at: int, message: str) -> TemplateError:
    before = data[:at]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return TemplateError(message, line=before.count(b"\n") + 1, column=column, hint="save the template as UTF-8 text")


def _compose_yaml(text: str) -> Node:
    loader = LOADER(text)
    try:
        _refuse_absurd_nesting(text)
        node: Node | None = loader.get_single_node()
    except ReaderError as error:
        character = chr(error.character) if isinstance(error.character, int) else str(error.character)
        raise _byte_fault(
            text.encode(), text.encode().find(character.encode()), f"character {character!r} is not allowed in YAML"
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _yaml_fault(text, error) from error
    finally:
        loader.dispose()
    if node is None:
        raise TemplateError("the template is empty: it holds only comments", line=1, column=1)
    return node


def _refuse_absurd_nesting(text: str) -> None:
    """libyaml composes by recursion in C, without a limit: what nests too deeply would end the process."""
    if sum(text.count(opening) for opening in ("[", "{", "- ", "? ")) < MANY_OPENINGS:
        return
    depth = 0
    for event in yaml.parse(text, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise TemplateError("the template is nested too deeply")


def _yaml_fault(text: str, error: yaml.MarkedYAMLError) -> TemplateError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = " ".join(part for part in (error.context, error.problem) if part)
    return TemplateError(problem, line=line + 1, column=column + 1, hint=_yaml_hint(text, line, problem))


def _yaml_hint(text: str, line: int, problem: str) -> str | None:
    lines = text.splitlines()
    source = lines[line] if line < len(lines) else ""
    if "single document" in problem:
        return "a template is one YAML document: put what follows '---' into a file of its own"
    if re.match(r"\s*\t", source):
        return "indent with spaces: YAML does not allow tabs there"
    if line >= len(lines) - 1:
        return "the file ends too early: is it truncated?"
    return None


def _json_fault(text: str, error: JSONDecodeError) -> TemplateError:
    rest = text[error.pos :].lstrip()
    hint = None
    if not rest or error.msg.startswith("Unterminated string"):
        hint = "the file ends too early: is it truncated?"
    elif rest.startswith(("//", "/*", "#")):
        hint = "JSON has no comments"
    elif rest[0] in "}]":
        hint = "is there a comma too many before it?"
    return TemplateError(error.msg[0].lower() + error.msg[1:], line=error.lineno, column=error.colno, hint=hint)
