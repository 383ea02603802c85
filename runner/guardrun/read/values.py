"""From nodes to plain values: short-form intrinsics become long ones, aliases are expanded, duplicates are refused."""

from __future__ import annotations

from typing import Any, TypeAlias

from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from guardrun.errors import TemplateError

Value: TypeAlias = Any
"""What JSON can hold: dict, list, str, int, float, bool or None."""

INTRINSICS = (
    *(
        "And",
        "Base64",
        "Cidr",
        "Contains",
        "EachMemberEquals",
        "EachMemberIn",
        "Equals",
        "FindInMap",
        "ForEach",
        "GetAZs",
        "GetStackOutput",
    ),
    *("GetAtt", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub", "ToJsonString"),
    *("Transform", "ValueOf", "ValueOfAll"),
)
SHORT_FORMS = {"!Ref": "Ref", "!Condition": "Condition", **{f"!{name}": f"Fn::{name}" for name in INTRINSICS}}
"""Every short-form tag, and the key it stands for."""

MAX_NODES = 500_000
"""A template cannot be longer than 1 MB, so more nodes than this come from aliases that multiply."""

YAML = "tag:yaml.org,2002:"
INTEGER_LIMIT = 2**63


def to_value(root: Node) -> Value:
    """The plain value of a node. Raises `TemplateError` at the node that CloudFormation could not accept."""
    return _Converter().value(root)


def fault(node: Node, message: str, hint: str | None = None) -> TemplateError:
    """An error that points at a node."""
    return TemplateError(message, line=node.start_mark.line + 1, column=node.start_mark.column + 1, hint=hint)


class _Converter:
    def __init__(self) -> None:
        self.count = 0
        self.open: set[int] = set()
        self.scalars = SafeConstructor()

    def value(self, node: Node) -> Value:
        self.count += 1
        if self.count > MAX_NODES:
            raise fault(node, f"aliases expand to more than {MAX_NODES} nodes", "write the repeated parts out")
        if node.tag.startswith("!"):
            return self.intrinsic(node)
        return self.untagged(node)

    def intrinsic(self, node: Node) -> Value:
        name = SHORT_FORMS.get(node.tag)
        if name is None:
            raise fault(
                node, f"unknown tag {node.tag}", "CloudFormation knows only its own intrinsic functions as tags"
            )
        value = node.value if isinstance(node, ScalarNode) else self.untagged(node)
        if name == "Fn::GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name: value}

    def untagged(self, node: Node) -> Value:
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        if id(node) in self.open:
            raise fault(node, "an alias refers to a node that contains it")
        self.open.add(id(node))
        value = self.mapping(node) if isinstance(node, MappingNode) else self.sequence(node)
        self.open.discard(id(node))
        return value

    def sequence(self, node: Node) -> list[Value]:
        return [self.value(item) for item in node.value]

    def mapping(self, node: MappingNode) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        result: dict[str, Value] = {}
        seen: dict[str, Node] = {}
        for key, value in node.value:
            if key.tag == YAML + "merge":
                merged.update(self.merge(value))
                continue
            name = self.key(key, seen)
            result[name] = self.member(name, self.value(value))
        return {**merged, **result} if merged else result

    def merge(self, node: Node) -> dict[str, Value]:
        parts = list(reversed(node.value)) if isinstance(node, SequenceNode) else [node]
        if not all(isinstance(part, MappingNode) for part in parts):
            raise fault(node, "a merge key (<<) needs a mapping or a list of mappings")
        return {name: value for part in parts for name, value in self.value(part).items()}

    def key(self, node: Node, seen: dict[str, Node]) -> str:
        if not isinstance(node, ScalarNode):
            raise fault(node, "a key must be a plain string")
        name = str(node.value)
        if name in seen:
            first = seen[name].start_mark.line + 1
            raise fault(node, f"duplicate key {name!r}, first used on line {first}", "rename or remove one of the two")
        seen[name] = node
        return name

    def member(self, name: str, value: Value) -> Value:
        if name == "Fn::GetAtt" and isinstance(value, str):
            return value.split(".", 1)
        return value

    def scalar(self, node: ScalarNode) -> Value:
        kind = node.tag.removeprefix(YAML)
        if kind == "int":
            return self.number(node)
        if kind == "bool":
            return node.value.lower() in {"true", "yes", "on"}
        if kind == "null":
            return None
        if kind == "float":
            return self.real(node)
        return _without_lone_surrogates(node.value)

    def number(self, node: ScalarNode) -> Value:
        try:
            value = self.scalars.construct_yaml_int(node)
        except (ConstructorError, ValueError):
            return node.value
        return value if abs(value) < INTEGER_LIMIT else node.value

    def real(self, node: ScalarNode) -> Value:
        value = self.scalars.construct_yaml_float(node)
        return value if abs(value) < float("inf") else node.value


def _without_lone_surrogates(text: str) -> str:
    """JSON can escape half a surrogate pair, which no UTF-8 text can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
