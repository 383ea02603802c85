"""The facts on a resource, by the key that they have in its `GuardRun`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.graph import WAITING, reachable
from guardrun.facts.labels import is_taggable, misnamed, missing_tags, physical_name, tags
from guardrun.facts.links import Link
from guardrun.facts.sizes import instance_types


def _types(context: Context, names: Iterable[str]) -> list[str]:
    return sorted({context.types[name] for name in names if name in context.types})


def _in_outputs(context: Context, name: str) -> bool:
    outputs = [reference for reference in context.references if reference.section == "Outputs"]
    return any(reference.kind in WAITING and reference.name == name for reference in outputs)


def _exported(context: Context, name: str) -> bool:
    outputs = context.document.get("Outputs") or {}
    owners = [one.owner for one in context.references if one.section == "Outputs" and one.name == name]
    return any(isinstance(outputs.get(owner), dict) and "Export" in outputs[owner] for owner in owners)


def _redundant_depends_on(context: Context, name: str) -> list[dict[str, str]]:
    """DependsOn entries that only repeat what a Ref, GetAtt or Sub of the same resource says under no condition."""
    own = [reference for reference in context.references if (reference.section, reference.owner) == ("Resources", name)]
    kinds = {"Ref", "GetAtt", "Sub"}
    implied = {reference.name for reference in own if reference.kind in kinds and "/Fn::If/" not in reference.at}
    return [
        {"On": reference.name, "At": reference.at}
        for reference in own
        if reference.kind == "DependsOn" and reference.name in implied
    ]


def _links(context: Context, name: str) -> list[dict[str, Any]]:
    return [_link(context, link) for link in context.links if link.owner == name]


def _resolved(context: Context, name: str) -> dict[str, Any]:
    body: dict[str, Any] = context.resolved["Resources"][name]
    return body


def _link(context: Context, link: Link) -> dict[str, Any]:
    allowed = [one for one in context.statements.get(link.name, ()) if one["Effect"] == "Allow"]
    return {
        "Property": link.property,
        "Id": link.name,
        "Type": context.types.get(link.name, ""),
        "Kind": link.kind,
        "Attribute": link.attribute,
        "Services": sorted({service for statement in allowed for service in statement["Services"]}),
        "Principals": sorted({principal for statement in allowed for principal in statement["Principals"]}),
        "Policies": sorted({statement["Policy"] for statement in context.statements.get(link.name, ())}),
        "At": link.at,
    }


def _linked_by(context: Context, name: str) -> list[dict[str, str]]:
    return [
        {
            "Property": link.property,
            "Id": link.owner,
            "Type": context.types.get(link.owner, ""),
            "Attribute": link.attribute,
            "At": link.at,
        }
        for link in context.links
        if link.name == name
    ]


def _siblings(context: Context, name: str) -> list[dict[str, Any]]:
    """The other resources that refer to what this one refers to, and whether this one waits for each.

    Of several references to the same resource the first property counts, DependsOn last.
    """
    depends = [link for link in context.links if link.kind == "DependsOn"]
    links = [*depends, *(link for link in reversed(context.links) if link.kind != "DependsOn")]
    through = {link.name: link for link in links if link.owner == name}
    pairs = {(one.owner, one.name): one for one in links if one.name in through and one.owner != name}
    return [
        {
            "Id": owner,
            "Type": context.types.get(owner, ""),
            "Property": link.property,
            "Through": target,
            "ThroughType": context.types.get(target, ""),
            "ThroughProperty": through[target].property,
            "Reached": owner in context.reached[name],
            "At": through[target].at,
        }
        for (owner, target), link in sorted(pairs.items())
    ]


def _public_subnets(context: Context, name: str) -> list[dict[str, str]]:
    """The subnets among what this resource refers to that have a way in from the internet."""
    return [
        {"Id": link.name, "At": link.at}
        for link in context.links
        if link.owner == name and link.name in context.public_subnets
    ]


RESOURCE_FACTS: dict[str, Callable[[Context, str], Any]] = {
    "Uses": lambda context, name: list(context.graph[name]),
    "UsesTypes": lambda context, name: _types(context, context.graph[name]),
    "ReachesTypes": lambda context, name: _types(context, context.reached[name]),
    "UsedBy": lambda context, name: list(context.users[name]),
    "UsedByTypes": lambda context, name: _types(context, context.users[name]),
    "ReachedByTypes": lambda context, name: _types(context, reachable(context.users, name)),
    "InOutputs": _in_outputs,
    "Exported": _exported,
    "RedundantDependsOn": _redundant_depends_on,
    "Links": _links,
    "LinkedBy": _linked_by,
    "Siblings": _siblings,
    "Statements": lambda context, name: context.statements.get(name, []),
    "PublicSubnets": _public_subnets,
    "Names": lambda context, name: physical_name(name, _resolved(context, name)),
    "Misnamed": lambda context, name: misnamed(name, _resolved(context, name), context.policy.name_pattern),
    "MissingTags": lambda context, name: missing_tags(name, _resolved(context, name), context.policy.required_tags),
    "InstanceTypes": lambda context, name: instance_types(name, _resolved(context, name)),
    "Taggable": lambda context, name: is_taggable(context.types[name]),
    "Tags": lambda context, name: tags(name, _resolved(context, name)),
}
