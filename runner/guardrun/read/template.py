"""One template: read, checked for being CloudFormation, ready for facts and evaluation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node
from yaml.reader import ReaderError

from guardrun.errors import TemplateError
from guardrun.model import Place
from guardrun.read.json_nodes import compose_json
from guardrun.read.places import START, locate, tokens
from guardrun.read.values import fault, to_value

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml is about ten times as fast; PyYAML's own wheels always have it."""

MAX_BYTES = 5_000_000
"""CloudFormation accepts 1 MB; a file much beyond that is something else."""

MAX_DEPTH = 500
MANY_OPENINGS = 2_000
"""With fewer opening brackets and dashes, no text nests deeply enough to do harm."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's document (long-form intrinsics, plain JSON values) and its nodes, which know their places."""

    path: str
    document: dict[str, Any]
    root: Node

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by logical id."""
        resources: dict[str, dict[str, Any]] = self.document["Resources"]
        return resources

    @property
    def types(self) -> dict[str, str]:
        """The resources' types by logical id."""
        return {name: str(body.get("Type")) for name, body in self.resources.items() if isinstance(body, dict)}

    def place(self, at: str) -> Place:
        """The place of a JSON pointer, or of the nearest node above it that exists."""
        return locate(self.root, tokens(at)) if at else START


def read_template(path: Path, name: str) -> Template:
    """Read a template file; `name` is what reports call it. Raises `TemplateError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TemplateError("the file is larger than 5 MB", path=name, hint="CloudFormation accepts at most 1 MB")
        data = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"cannot read the file: {error.strerror}", path=name) from error
    return parse_template(data, name)


def parse_template(data: bytes, name: str) -> Template:
    """Parse a template's bytes. Raises `TemplateError` with path, line and column."""
    try:
        text = _decode(data)
        return template_from_node(compose(text), name)
    except TemplateError as error:
        error.path = name
        raise


def template_from_node(root: Node, name: str) -> Template:
    """A template from composed nodes, for instance a part of a larger file."""
    try:
        document = to_value(root)
    except RecursionError:
        raise TemplateError("the template is nested too deeply") from None
    _require_cloudformation(root, document)
    return Template(name, document, root)


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


def _decode(data: bytes) -> str:
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


def _require_cloudformation(root: Node, document: Any) -> None:
    if not isinstance(root, MappingNode) or not isinstance(document, dict):
        raise fault(root, "a template is a mapping with a Resources section", "is this a CloudFormation template?")
    members = {key.value: value for key, value in root.value}
    if "Resources" not in document:
        raise fault(root, "the template has no Resources section", "is this a CloudFormation template?")
    _require_mappings(members.get("Resources", root), document["Resources"], "Resources", "resource", depth=2)
    for section, entry in {"Parameters": "parameter", "Outputs": "output", "Conditions": "condition"}.items():
        if section in document:
            _require_mappings(members.get(section, root), document[section], section, entry, depth=1)


def _require_mappings(node: Node, section: Any, name: str, entry: str, *, depth: int) -> None:
    if not isinstance(section, dict):
        raise fault(node, f"the {name} section is not a mapping from logical ids")
    if depth > 1 and not section:
        raise fault(node, f"the {name} section is empty")
    for logical_id, body in section.items():
        if isinstance(body, dict) or logical_id.startswith("Fn::"):
            continue
        at = locate(node, [logical_id])
        raise TemplateError(f"{entry} {logical_id!r} is not a mapping", line=at.line, column=at.column)
