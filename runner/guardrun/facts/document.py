"""The documents that the engine sees: the template with its facts, as written and resolved."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.nulls import without_nulls
from guardrun.facts.parameters import PARAMETER_FACTS
from guardrun.facts.resource import RESOURCE_FACTS
from guardrun.facts.schema import SCHEMA_FACTS
from guardrun.facts.sizes import size_rank
from guardrun.facts.template import GRAPH_FACTS

VERSION = 1

Wanted = Mapping[str, Collection[str] | None]
"""The facts that a document is to have, by key, each with the types of the resources to put it on; None for all."""

AROUND = ("TemplateText", "Workspace")
"""Facts at the top that are not made of the document."""

FACTS: Wanted = dict.fromkeys([*RESOURCE_FACTS, *GRAPH_FACTS, *SCHEMA_FACTS, *PARAMETER_FACTS, *AROUND])
"""All facts. What a document carries costs in every clause that is evaluated, so it gets only some."""


TOP_FACTS = frozenset({*GRAPH_FACTS, *SCHEMA_FACTS, *AROUND})
"""The facts at the top of the document; the others are on resources and parameters."""


def document_views(
    context: Context,
    facts: Mapping[str, Wanted],
    around: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """The documents of the views that are asked for, sorted, each with its facts.

    `around` are facts that are not the template's own, such as `Workspace`. Each document names itself in
    `GuardRun.View`.
    """
    return {view: _with_facts(context, view, facts[view], around or {}) for view in sorted(facts)}


def template_facts(context: Context, facts: Wanted = FACTS) -> dict[str, Any]:
    """What `GuardRun` at the top says of the template."""
    return {
        "Version": VERSION,
        "Policy": {
            **context.policy.as_facts(),
            "LargestInstanceRank": size_rank(context.policy.largest_instance_size) or sys.maxsize,
        },
        "Graph": {key: fact(context) for key, fact in GRAPH_FACTS.items() if key in facts},
        "Schema": {key: fact(context) for key, fact in SCHEMA_FACTS.items() if key in facts},
    }


def resource_facts(context: Context, name: str, facts: Wanted = FACTS) -> dict[str, Any]:
    """What `GuardRun` on a resource says of it."""
    wanted = {key: fact for key, fact in RESOURCE_FACTS.items() if key in facts}
    kind = context.types[name]
    return {key: fact(context, name) for key, fact in wanted.items() if (types := facts[key]) is None or kind in types}


def _with_facts(context: Context, view: str, facts: Wanted, around: Mapping[str, Any]) -> dict[str, Any]:
    document = context.resolved if view == "resolved" else context.document
    if any(value is None for value, _ in context.values(*document)):
        document = without_nulls(document)
    result = {**document, "GuardRun": {**template_facts(context, facts), **around, "View": view}}
    result["Resources"] = {
        name: {**body, "GuardRun": resource_facts(context, name, facts)} if name in context.types else body
        for name, body in document["Resources"].items()
    }
    if not PARAMETER_FACTS.keys().isdisjoint(facts) and isinstance(document.get("Parameters"), dict):
        result["Parameters"] = _parameters(context, facts)
    return result


def _parameters(context: Context, facts: Wanted) -> dict[str, Any]:
    wanted = {key: fact for key, fact in PARAMETER_FACTS.items() if key in facts}
    return {
        name: {**body, "GuardRun": {key: fact(context, name) for key, fact in wanted.items()}}
        if isinstance(body, dict)
        else body
        for name, body in context.document["Parameters"].items()
    }
