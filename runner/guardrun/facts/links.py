"""The facts on how resources are wired: which property names which resource, and who else names the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guardrun.facts.graph import WAITING
from guardrun.facts.references import Reference
from guardrun.read.places import tokens


@dataclass(frozen=True, slots=True)
class Link:
    """One reference from a resource to another: `property` is the way to it without positions (`Tags.Value`)."""

    owner: str
    property: str
    name: str
    kind: str
    attribute: str
    at: str


def find_links(resources: dict[str, Any], references: list[Reference]) -> list[Link]:
    """The references between resources, in document order."""
    return [
        Link(one.owner, property_of(one.at), one.name, one.kind, one.attribute, one.at)
        for one in references
        if one.section == "Resources" and one.kind in WAITING and one.name in resources
    ]


def property_of(at: str) -> str:
    """The names from `Properties` on, up to the first intrinsic but `Fn::If`, whose branches stand for the value."""
    names: list[str] = []
    for name in tokens(at)[2:]:
        if name == "Ref" or (name.startswith("Fn::") and name != "Fn::If"):
            break
        if name not in {"Properties", "Fn::If"} and not name.isdigit():
            names.append(name)
    return ".".join(names)
