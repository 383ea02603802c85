"""Properties held against what their resource's type has: names, values and references that CloudFormation refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from guardrun.facts.arns import wrong_reference
from guardrun.facts.near import near
from guardrun.facts.resource_types import BESIDE, resource_type
from guardrun.read.places import pointer

SHOWN = 8
"""How many values of an enumeration a message names."""

Node = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a type does not have; `fact` is the key under which rules find it, `entry` what it tells."""

    fact: str
    entry: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through one resource's properties: the type, its definitions and the types of all resources."""

    type: str
    definitions: dict[str, Node]
    types: dict[str, str]

    def node(self, node: Node) -> Node:
        while "is" in node and isinstance(node["is"], str):
            node = self.definitions.get(node["is"], {})
        return node

    def value(self, value: Any, node: Node, path: Path, name: str) -> Iterator[Fault]:
        node = self.node(node)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.value(item, node.get("items", {}), (*path, index), name)
        elif isinstance(value, dict):
            yield from self.mapping(value, node, path, name)
        elif "enum" in node and str(value) not in (allowed := [str(one) for one in node["enum"]]):
            yield self.fault("InvalidValues", path, name, Value=str(value), Allowed=_listed(allowed))

    def mapping(self, value: dict[str, Any], node: Node, path: Path, name: str) -> Iterator[Fault]:
        function = next(iter(value)) if len(value) == 1 else ""
        if function == "Fn::If" and isinstance(value[function], list):
            for index, branch in enumerate(value[function][1:], start=1):
                yield from self.value(branch, node, (*path, function, index), name)
        elif function in {"Ref", "Fn::GetAtt", "Fn::Sub"}:
            yield from self.reference(function, value[function], node, (*path, function), name)
        elif "properties" in node and not function.startswith("Fn::"):
            yield from self.members(value, node, path, name)
        elif not node or "free" in node:
            for key, item in value.items():
                yield from self.value(item, {"free": True}, (*path, key), f"{name}.{key}")

    def members(self, value: dict[str, Any], node: Node, path: Path, name: str) -> Iterator[Fault]:
        known = node["properties"]
        if any(key.startswith("Fn::") for key in value):
            return
        for key, item in value.items():
            if key in known:
                yield from self.value(item, known[key], (*path, key), f"{name}.{key}")
            elif "open" not in node and (path[2:] != ("Properties",) or key not in BESIDE):
                yield self.fault("UnknownProperties", (*path, key), f"{name}.{key}", Name=key, Near=near(key, known))
        for key in node.get("required", ()):
            if key not in value:
                yield self.fault("MissingProperties", path, f"{name}.{key}", Name=key)

    def reference(self, function: str, argument: Any, node: Node, path: Path, name: str) -> Iterator[Fault]:
        target, attribute = _target(function, argument)
        kind = self.types.get(target)
        wrong = wrong_reference(name, node, kind, attribute) if kind else None
        if wrong:
            fact, arn = wrong
            yield self.fault(fact, path, name, Name=target, Type=str(kind), Attribute=arn)

    def fault(self, fact: str, path: Path, name: str, **entry: str) -> Fault:
        return Fault(fact, {"Property": name, **entry, "At": pointer(*path)})


def property_faults(resources: dict[str, Any], types: dict[str, str]) -> list[Fault]:
    """All faults in the properties of resources whose types are known, in template order."""
    faults: list[Fault] = []
    for logical_id, body in resources.items():
        kind = types.get(logical_id, "")
        root = resource_type(kind)
        properties = body.get("Properties", {}) if isinstance(body, dict) else None
        if root and "properties" in root and isinstance(properties, dict):
            walk = _Walk(kind, root.get("definitions", {}), types)
            with suppress(RecursionError):  # nobody means what is nested so deeply
                faults += walk.value(properties, root, ("Resources", logical_id, "Properties"), kind)
    return faults


def _target(function: str, argument: Any) -> tuple[str, str]:
    """The logical id and the attribute of a reference that is a whole value."""
    if function == "Fn::GetAtt" and isinstance(argument, list) and len(argument) > 1:
        return str(argument[0]), str(argument[1])
    if function == "Fn::Sub" and isinstance(argument, str) and argument.startswith("${") and argument.endswith("}"):
        logical_id, _, attribute = argument[2:-1].partition(".")
        return logical_id, attribute
    return (argument, "") if function == "Ref" and isinstance(argument, str) else ("", "")


def _listed(values: list[str]) -> str:
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return ", ".join(values[:SHOWN]) + more
