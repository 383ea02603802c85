"""The facts on the template as a whole, by the key that they have in `GuardRun.Graph`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.graph import find_cycles
from guardrun.facts.references import DYNAMIC
from guardrun.read.places import pointer


def _cycles(context: Context) -> list[dict[str, str]]:
    return [
        {"Text": " -> ".join((*cycle.members, cycle.members[0])), "At": cycle.at[0]}
        for cycle in find_cycles(context.graph)
    ]


def _undefined(context: Context) -> list[dict[str, str]]:
    if context.adds_names:
        return []
    known = _declared(context.document)
    return [
        {"Name": reference.name, "Kind": reference.kind, "Near": _near(reference.name, names), "At": reference.at}
        for reference in context.references
        if reference.name not in (names := known[reference.kind])
    ]


def _declared(document: dict[str, Any]) -> dict[str, set[str]]:
    """For each kind of reference the names that it may use."""
    resources, parameters = set(document["Resources"]), set(document.get("Parameters") or {})
    return {
        "Condition": set(document.get("Conditions") or {}),
        "DependsOn": resources,
        "FindInMap": {*(document.get("Mappings") or {}), DYNAMIC},
        "GetAtt": resources,
        "Ref": resources | parameters,
        "Sub": resources | parameters,
    }


def _near(name: str, names: set[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only a fault needs it

    matches = get_close_matches(name, sorted(names), n=1)
    return f"; did you mean {matches[0]}?" if matches else ""


def _unused(context: Context, section: str, kind: str) -> list[dict[str, str]]:
    used = context.names(kind)
    if DYNAMIC in used or context.adds_names:
        return []
    names = context.document.get(section) or {}
    return [{"Name": name, "At": pointer(section, name)} for name in names if name not in used]


GRAPH_FACTS: dict[str, Callable[[Context], Any]] = {
    "References": lambda context: len(context.references),
    "Cycles": _cycles,
    "Undefined": _undefined,
    "UnusedConditions": lambda context: _unused(context, "Conditions", "Condition"),
    "UnusedMappings": lambda context: _unused(context, "Mappings", "FindInMap"),
}
