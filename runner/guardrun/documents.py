"""What the engine gets to see of a template: its documents, with the facts that the rules read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from guardrun.facts import AROUND, FACTS, TOP_FACTS, Context, Wanted, document_views
from guardrun.facts.context import own_facts
from guardrun.pack import Rule
from guardrun.read import Template
from guardrun.run import Run


def documents(template: Template, facts: Mapping[str, Wanted], run: Run) -> dict[str, dict[str, Any]]:
    """A document for each view, with the facts read in that view."""
    context = Context(template.document, run.parameters, run.config.policy if run.config else None)
    wanted = [name for name in AROUND if any(name in read for read in facts.values())]
    around = {name: _around(name, template, context, run) for name in wanted}
    return document_views(context, facts, around)


def facts_read(rules: Iterable[Rule]) -> dict[str, set[str] | None]:
    """The facts that these rules may read, each with the types of the resources to put it on; None for all of them.

    A fact of a resource or a parameter is read as `GuardRun.Name`, one at the top perhaps through a `let`. It is put on
    every type that the rule names.
    """
    found: dict[str, set[str] | None] = {}
    for rule in [rule for rule in rules if "GuardRun" in rule.text]:
        types = {*rule.resources, *re.findall(r"'(\w+::\w+::\w+)'", rule.text)} if rule.resources else None
        words, read = (set(re.findall(pattern, rule.text)) for pattern in (r"\w+", r"\bGuardRun\.(\w+)"))
        for fact in [fact for fact in FACTS if fact in (words if fact in TOP_FACTS else read)]:
            known = found.get(fact, set())
            found[fact] = None if types is None or known is None else known | types
    return found


def _around(name: str, template: Template, context: Context, run: Run) -> dict[str, Any]:
    """A fact that is not made of the document; an input of a rule test may say it itself."""
    own = own_facts(template.document)
    if run.config is None and name in own:
        return dict(own[name])
    if name == "TemplateText":
        from guardrun.facts.source import source_facts  # noqa: PLC0415  few rules ask for it

        return source_facts(template.source, template.root)
    return _workspace(template, context, run)


def _workspace(template: Template, context: Context, run: Run) -> dict[str, Any]:
    """What surrounds a template; without a file, nothing."""
    from guardrun.workspace import workspace_of  # noqa: PLC0415  few rules ask for it

    found = template.project or (workspace_of(template.file) if template.file else None)
    if found is None:
        return {"Exists": False}
    from guardrun.facts.workspace import workspace_facts  # noqa: PLC0415  slow to import

    first = template.project is not None or run.firsts is None or template.file in run.firsts
    return workspace_facts(*found, context.outputs, first=first)
