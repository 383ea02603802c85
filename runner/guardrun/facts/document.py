"""The documents that the engine sees: the template with its facts, as written and resolved."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from guardrun.facts.graph import Graph, build_graph, find_cycles, reachable, reverse
from guardrun.facts.references import DYNAMIC, Reference, find_references
from guardrun.facts.resolve import resolve
from guardrun.read import Template
from guardrun.read.places import pointer

VERSION = 1

OWN_NAMES_ONLY = {"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}
"""Transforms that add no names which the template could refer to."""


def document_views(template: Template, views: Collection[str]) -> dict[str, dict[str, Any]]:
    """The documents of the views that are asked for; each names itself in `GuardRun.View`."""
    document = add_facts(template.document)
    made = {"source": document, "resolved": resolve(document) if "resolved" in views else document}
    return {view: {**made[view], "GuardRun": {**document["GuardRun"], "View": view}} for view in sorted(views)}


def add_facts(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of the document with `GuardRun` at the top, on each resource and on each parameter."""
    references = find_references(document)
    graph = build_graph(document["Resources"], references)
    used = {reference.name for reference in references if reference.kind in {"Ref", "Sub"}}
    resources = _resource_facts(document, graph, references)
    result = {**document, "GuardRun": _template_facts(document, graph, references)}
    result["Resources"] = _with_facts(document["Resources"], resources)
    if isinstance(document.get("Parameters"), dict):
        result["Parameters"] = _with_facts(
            document["Parameters"], {name: {"Used": name in used} for name in document["Parameters"]}
        )
    return result


def _with_facts(entries: dict[str, Any], facts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        name: {**body, "GuardRun": facts[name]} if isinstance(body, dict) else body for name, body in entries.items()
    }


def _resource_facts(document: dict[str, Any], graph: Graph, references: list[Reference]) -> dict[str, dict[str, Any]]:
    resources = document["Resources"]
    types = {name: str(body.get("Type", "")) for name, body in resources.items() if isinstance(body, dict)}
    users = reverse(graph)
    in_outputs = {reference.name for reference in references if reference.section == "Outputs"}
    redundant = _redundant_dependencies(references)
    return {
        name: {
            "Uses": list(graph[name]),
            "UsesTypes": _types_of(graph[name], types),
            "ReachesTypes": _types_of(reachable(graph, name), types),
            "UsedBy": list(users[name]),
            "UsedByTypes": _types_of(users[name], types),
            "ReachedByTypes": _types_of(reachable(users, name), types),
            "InOutputs": name in in_outputs,
            "RedundantDependsOn": redundant.get(name, []),
        }
        for name in resources
    }


def _types_of(names: dict[str, str] | set[str], types: dict[str, str]) -> list[str]:
    return sorted({types[name] for name in names if name in types})


def _redundant_dependencies(references: list[Reference]) -> dict[str, list[dict[str, str]]]:
    """DependsOn entries that only repeat what a Ref, GetAtt or Sub of the same resource already says."""
    inside = [reference for reference in references if reference.section == "Resources"]
    implied = {(reference.owner, reference.name) for reference in inside if reference.kind in {"Ref", "GetAtt", "Sub"}}
    redundant: dict[str, list[dict[str, str]]] = {}
    for reference in inside:
        if reference.kind == "DependsOn" and (reference.owner, reference.name) in implied:
            redundant.setdefault(reference.owner, []).append({"On": reference.name, "At": reference.at})
    return redundant


def _template_facts(document: dict[str, Any], graph: Graph, references: list[Reference]) -> dict[str, Any]:
    return {
        "Version": VERSION,
        "Graph": {
            "References": len(references),
            "Cycles": [
                {"Text": " -> ".join((*cycle.members, cycle.members[0])), "At": cycle.at[0]}
                for cycle in find_cycles(graph)
            ],
            "Undefined": _undefined(document, references),
            "UnusedConditions": _unused(document, "Conditions", "Condition", references),
            "UnusedMappings": _unused(document, "Mappings", "FindInMap", references),
        },
    }


def _undefined(document: dict[str, Any], references: list[Reference]) -> list[dict[str, str]]:
    if _adds_names(document):
        return []
    resources, parameters = set(document["Resources"]), set(document.get("Parameters") or {})
    known = {
        "Condition": set(document.get("Conditions") or {}),
        "DependsOn": resources,
        "FindInMap": {*(document.get("Mappings") or {}), DYNAMIC},
        "GetAtt": resources,
        "Ref": resources | parameters,
        "Sub": resources | parameters,
    }
    return [
        {"Name": reference.name, "Kind": reference.kind, "Near": _near(reference.name, names), "At": reference.at}
        for reference in references
        if reference.name not in (names := known[reference.kind])
    ]


def _adds_names(document: dict[str, Any]) -> bool:
    """Whether macros or loops add names that the text does not show."""
    transforms = document.get("Transform", [])
    transforms = transforms if isinstance(transforms, list) else [transforms]
    if any(not isinstance(name, str) or name not in OWN_NAMES_ONLY for name in transforms):
        return True
    sections = [document.get(section) or {} for section in ("Resources", "Conditions")]
    return any(str(name).startswith("Fn::") for section in sections for name in section)


def _near(name: str, names: set[str]) -> str:
    matches = get_close_matches(name, sorted(names), n=1)
    return f"; did you mean {matches[0]}?" if matches else ""


def _unused(document: dict[str, Any], section: str, kind: str, references: list[Reference]) -> list[dict[str, str]]:
    used = {reference.name for reference in references if reference.kind == kind}
    if DYNAMIC in used or _adds_names(document):
        return []
    return [{"Name": name, "At": pointer(section, name)} for name in document.get(section) or {} if name not in used]
