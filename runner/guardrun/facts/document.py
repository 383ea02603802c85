"""The documents that the engine sees: the template with its facts, as written and resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.resolve import resolve
from guardrun.facts.resource import RESOURCE_FACTS
from guardrun.facts.template import GRAPH_FACTS
from guardrun.read import Template

VERSION = 1

FACTS = frozenset({*RESOURCE_FACTS, *GRAPH_FACTS, "Used"})
"""The keys of all facts. What a document carries costs in every clause that is evaluated, so it gets only some."""


def document_views(
    template: Template,
    views: Collection[str],
    facts: Collection[str] = FACTS,
    selected: dict[str, list[str]] | None = None,
    given: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """The documents of the views that are asked for, sorted, with these facts and what linked rules select.

    `given` are the parameters of a deployment. Each document names itself in `GuardRun.View`.
    """
    document = add_facts(template.document, facts)
    made = {"source": document, "resolved": resolve(document, given) if "resolved" in views else document}
    own = {**document["GuardRun"], "Selected": selected or {}}
    return {view: {**made[view], "GuardRun": {**own, "View": view}} for view in sorted(views)}


def add_facts(document: dict[str, Any], facts: Collection[str] = FACTS) -> dict[str, Any]:
    """A copy of the document with `GuardRun` at the top, on each resource and on each parameter."""
    context = Context(document)
    graph = {key: fact(context) for key, fact in GRAPH_FACTS.items() if key in facts}
    wanted = {key: fact for key, fact in RESOURCE_FACTS.items() if key in facts}
    result = {**document, "GuardRun": {"Version": VERSION, "Graph": graph}}
    result["Resources"] = {
        name: {**body, "GuardRun": {key: fact(context, name) for key, fact in wanted.items()}}
        if isinstance(body, dict)
        else body
        for name, body in document["Resources"].items()
    }
    if "Used" in facts and isinstance(document.get("Parameters"), dict):
        result["Parameters"] = _with_use(context, document["Parameters"])
    return result


def _with_use(context: Context, parameters: dict[str, Any]) -> dict[str, Any]:
    used = context.names("Ref", "Sub")
    return {
        name: {**body, "GuardRun": {"Used": context.has_macros or name in used}} if isinstance(body, dict) else body
        for name, body in parameters.items()
    }
