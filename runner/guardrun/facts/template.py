"""The facts on the template as a whole, by the key that they have in `GuardRun.Graph`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrun.facts.conditions import Conditions
from guardrun.facts.context import Context
from guardrun.facts.functions import functions, malformed
from guardrun.facts.graph import find_cycles
from guardrun.facts.mappings import map_gaps
from guardrun.facts.near import near
from guardrun.facts.network import block_faults
from guardrun.facts.nulls import nulls
from guardrun.facts.plain import text
from guardrun.facts.references import DYNAMIC
from guardrun.facts.secrets import access_keys
from guardrun.facts.sections import section_faults
from guardrun.facts.tag_clashes import tag_clashes
from guardrun.facts.texts import imports, literal_variables, strings, subs, subs_without_variables, texts
from guardrun.read.places import pointer


def _cycles(context: Context) -> list[dict[str, Any]]:
    return [
        {
            "Text": " -> ".join((*cycle.members, cycle.members[0])),
            "Members": list(cycle.members),
            "Types": sorted({context.types.get(member, "") for member in cycle.members}),
            "At": cycle.at[0],
        }
        for cycle in find_cycles(context.graph)
    ]


def _undefined(context: Context) -> list[dict[str, str]]:
    if context.adds_names:
        return []
    known = _declared(context.document)
    return [
        {"Name": reference.name, "Kind": reference.kind, "Near": near(reference.name, names), "At": reference.at}
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


def _unused(context: Context, section: str, kind: str) -> list[dict[str, str]]:
    used = context.names(kind)
    if DYNAMIC in used or context.adds_names:
        return []
    names = context.document.get(section) or {}
    return [{"Name": name, "At": pointer(section, name)} for name in names if name not in used]


def _conditional(context: Context) -> list[dict[str, str]]:
    """References to resources that are not there in some case in which the reference is made."""
    needed = {
        name: body["Condition"]
        for name, body in context.document["Resources"].items()
        if isinstance(body, dict) and isinstance(body.get("Condition"), str)
    }
    conditions = Conditions(context.document)
    return [
        {"Name": reference.name, "Condition": needed[reference.name], "At": reference.at}
        for reference in context.references
        if reference.name in needed and reference.section in {"Resources", "Outputs"}
        if reference.kind in {"Ref", "GetAtt", "Sub"} and conditions.unmet(reference, needed[reference.name])
    ]


def _own_imports(context: Context) -> list[dict[str, str]]:
    """Imports of what this template itself exports."""
    outputs = context.document.get("Outputs") or {}
    exports = [body.get("Export", {}) for body in outputs.values() if isinstance(body, dict)]
    names = [text(export["Name"]) for export in exports if isinstance(export, dict) and "Name" in export]
    found = imports(context.values("Resources", "Outputs"))
    return [{"Name": name, "At": at} for name, at in found if name in names]


def _odd_names(context: Context) -> list[dict[str, str]]:
    """Logical ids with other characters than letters and digits."""
    names = [name for name in context.document["Resources"] if not name.startswith("Fn::")]
    return [
        {"Name": name, "At": pointer("Resources", name)} for name in names if not (name.isalnum() and name.isascii())
    ]


def _literal_variables(context: Context) -> list[dict[str, str]]:
    names = {*context.document["Resources"], *(context.document.get("Parameters") or {})}
    return literal_variables(context.values("Resources", "Outputs"), names)


GRAPH_FACTS: dict[str, Callable[[Context], Any]] = {
    "References": lambda context: len(context.references),
    "Cycles": _cycles,
    "Undefined": _undefined,
    "ConditionalReferences": _conditional,
    "OwnImports": _own_imports,
    "Subs": lambda context: subs(context.values("Conditions", "Resources", "Outputs")),
    "SubsWithoutVariables": lambda context: subs_without_variables(
        context.values("Conditions", "Resources", "Outputs")
    ),
    "Texts": lambda context: texts(context.values("Resources", "Outputs")),
    "LiteralVariables": _literal_variables,
    "SubnetBlocks": lambda context: block_faults(context.resolved["Resources"], context.types, context.links),
    "OddNames": _odd_names,
    "Nulls": nulls,
    "SectionFaults": section_faults,
    "Functions": functions,
    "Malformed": malformed,
    "Strings": lambda context: strings(context.values("Resources")),
    "AccessKeys": lambda context: access_keys(context.values("Parameters", "Mappings", "Resources", "Outputs")),
    "TagCount": lambda context: len(context.tags),
    "TagClashes": lambda context: tag_clashes(context.document, context.tags),
    "MapGaps": lambda context: map_gaps(context.document, context.values("Conditions", "Resources", "Outputs")),
    "UnusedConditions": lambda context: _unused(context, "Conditions", "Condition"),
    "UnusedMappings": lambda context: _unused(context, "Mappings", "FindInMap"),
}
