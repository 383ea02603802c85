"""The facts on a resource, by the key that they have in its `GuardRun`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.graph import WAITING, reachable


def _types(context: Context, names: Iterable[str]) -> list[str]:
    return sorted({context.types[name] for name in names if name in context.types})


def _in_outputs(context: Context, name: str) -> bool:
    outputs = [reference for reference in context.references if reference.section == "Outputs"]
    return any(reference.kind in WAITING and reference.name == name for reference in outputs)


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


RESOURCE_FACTS: dict[str, Callable[[Context, str], Any]] = {
    "Uses": lambda context, name: list(context.graph[name]),
    "UsesTypes": lambda context, name: _types(context, context.graph[name]),
    "ReachesTypes": lambda context, name: _types(context, reachable(context.graph, name)),
    "UsedBy": lambda context, name: list(context.users[name]),
    "UsedByTypes": lambda context, name: _types(context, context.users[name]),
    "ReachedByTypes": lambda context, name: _types(context, reachable(context.users, name)),
    "InOutputs": _in_outputs,
    "RedundantDependsOn": _redundant_depends_on,
}
