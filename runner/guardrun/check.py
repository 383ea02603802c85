"""The main job: templates in, results out, by one engine process for a few templates at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from guardrun.config import Config
from guardrun.engine import Engine, Evaluation, evaluate, to_data
from guardrun.errors import EngineError, EngineStopped, TemplateError
from guardrun.facts import FACTS, TOP_FACTS, Context, Wanted, document_views
from guardrun.facts.context import own_facts
from guardrun.findings import to_findings
from guardrun.model import Finding, Graph, Problem, Suppressed, TemplateResult
from guardrun.pack import Rule
from guardrun.pack.link import applicable, link
from guardrun.read import Template, parse_template, read_template
from guardrun.suppress import apply, find_suppressions, from_config

Source = tuple[str, "Path | bytes"]
"""What to check: the name that reports show, and the file or the bytes."""


class Checker:
    """Checks templates with one engine and one set of rules.

    `timeout` is in seconds for one template, `parameters` are the values of a deployment. `config` has what an
    organisation asks for and accepts; without it, the templates are inputs of rule tests and may say so themselves.
    Suppressions count when there is a `today`. A rule that the engine cannot parse is remembered, so that it costs its
    search only once.
    """

    def __init__(
        self,
        engine: Engine,
        rules: Iterable[Rule],
        timeout: float = 60.0,
        parameters: Mapping[str, Any] | None = None,
        config: Config | None = None,
        today: date | None = None,
    ) -> None:
        self.engine = engine
        self.rules = {rule.id: rule for rule in rules}
        self.timeout = timeout
        self.parameters = parameters
        self.config = config
        self.today = today
        self.broken: dict[str, Problem] = {}

    def check(self, sources: Sequence[Source]) -> list[TemplateResult]:
        """Check templates in one go; what goes wrong with one is in its result and leaves the others alone."""
        started = perf_counter()
        read = [_read(source) for source in sources]
        templates = [template for template in read if isinstance(template, Template)]
        results = iter(self.check_templates(templates, started))
        return [next(results) if isinstance(template, Template) else template for template in read]

    def check_templates(self, templates: Sequence[Template], started: float) -> list[TemplateResult]:
        """Check templates that have been read; when the engine refuses several together, each by itself."""
        try:
            evaluations = self.evaluate(templates)
            seconds = (perf_counter() - started) / max(len(templates), 1)
            return [self.result(*pair, seconds) for pair in zip(templates, evaluations, strict=True)]
        except Exception as error:  # noqa: BLE001  a bug that one template meets must not cost the others
            if len(templates) > 1:
                return [result for one in templates for result in self.check_templates([one], perf_counter())]
            if isinstance(error, EngineError):
                return [self.rescue(templates[0], error, started)]
            return [_bug(templates[0].path, error)]

    def evaluate(self, templates: Sequence[Template]) -> list[Evaluation]:
        """All usable rules on all templates in one engine process. Raises `EngineError`."""
        linked = link(self.usable(kind for template in templates for kind in template.types.values()))
        views = sorted({rule.view for rule in linked.rules})
        facts = {view: facts_read([rule for rule in linked.rules if rule.view == view]) for view in views}
        documents = [
            to_data(document)
            for template in templates
            for document in self.documents(template, facts, linked.selected(template.types)).values()
        ]
        timeout = self.timeout * len(templates)
        evaluations = iter(evaluate(self.engine, linked.text, linked.names, documents, timeout))
        return [_merged({view: next(evaluations) for view in views}, linked.rules) for _ in templates]

    def rescue(self, template: Template, error: EngineError, started: float) -> TemplateResult:
        """The engine refused the rules for one template: find those at fault, each rule in a process of its own."""
        evaluations: list[Evaluation] = []
        problems: list[Problem] = []
        for rule in () if isinstance(error, EngineStopped) else self.usable(template.types.values()):
            try:
                evaluations.append(self.evaluate_alone(rule, template))
            except EngineError as fault:
                problems.append(Problem(fault.message, rule.shown, fault.line, fault.column, fault.hint, rule.id))
        unparsed = {str(problem.rule): problem for problem in problems if problem.line}
        if not evaluations and not unparsed:
            return TemplateResult(template.path, error=error.as_problem(), seconds=perf_counter() - started)
        self.broken |= unparsed
        merged = Evaluation(
            {rule: status for evaluation in evaluations for rule, status in evaluation.statuses.items()},
            tuple(failure for evaluation in evaluations for failure in evaluation.failures),
        )
        others = [problem for problem in problems if problem.rule not in unparsed]
        return self.result(template, merged, perf_counter() - started, others)

    def evaluate_alone(self, rule: Rule, template: Template) -> Evaluation:
        """One rule as it is written, so that the engine's places are those of its file."""
        source = rule.path.read_text(encoding="utf-8")
        document = self.documents(template, {rule.view: facts_read([rule])}, {})[rule.view]
        return evaluate(self.engine, source, [rule.id], [to_data(document)], self.timeout)[0]

    def documents(
        self, template: Template, facts: Mapping[str, Wanted], selected: dict[str, list[str]]
    ) -> dict[str, dict[str, Any]]:
        """What the engine gets to see of a template: a document for each view, with the facts read in that view."""
        context = Context(template.document, self.parameters, self.config.policy if self.config else None)
        wanted = any("Workspace" in read for read in facts.values())
        around = {"Workspace": self.workspace(template)} if wanted else {}
        return document_views(context, facts, selected, around)

    def workspace(self, template: Template) -> dict[str, Any]:
        """What surrounds a template; without a file, nothing, or what the template itself says in a rule test."""
        if self.config is None and "Workspace" in own_facts(template.document):
            return dict(own_facts(template.document)["Workspace"])
        from guardrun.workspace import workspace_of  # noqa: PLC0415  few rules ask for it

        found = workspace_of(template.file) if template.file else None
        if found is None:
            return {"Exists": False}
        from guardrun.facts.workspace import workspace_facts  # noqa: PLC0415  slow to import

        return workspace_facts(*found)

    def usable(self, types: Iterable[str]) -> list[Rule]:
        """The rules that have something to look at and that the engine can parse."""
        return [rule for rule in applicable(self.rules.values(), types) if rule.id not in self.broken]

    def result(
        self, template: Template, evaluation: Evaluation, seconds: float, others: Sequence[Problem] = ()
    ) -> TemplateResult:
        """What an evaluation says of a template, of the rules that have something to look at in it."""
        rules = {rule.id: rule for rule in applicable(self.rules.values(), template.types.values())}
        problems = (*others, *(self.broken[rule] for rule in rules if rule in self.broken))
        by_status: dict[str, list[str]] = {"PASS": [], "FAIL": [], "SKIP": []}
        for rule in sorted(self.rules.keys() - {problem.rule for problem in problems}):
            by_status[evaluation.statuses[rule] if rule in rules else "SKIP"].append(rule)
        found = to_findings(evaluation.failures, rules, template)
        findings, suppressed, warnings = self.accepted(template, found, rules)
        return TemplateResult(
            template.path,
            passed=tuple(by_status["PASS"]),
            failed=tuple(by_status["FAIL"]),
            skipped=tuple(by_status["SKIP"]),
            rule_errors=problems,
            findings=findings,
            suppressed=suppressed,
            warnings=warnings,
            seconds=seconds,
            source=template.source if found else None,
            graph=_graph(template) if found else None,
        )

    def accepted(
        self, template: Template, findings: tuple[Finding, ...], rules: Mapping[str, Rule]
    ) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[Problem, ...]]:
        """The findings that stand, those that the template or the config file accepts, and warnings about these."""
        if self.today is None or self.config is None:
            return findings, (), ()
        own, faults = find_suppressions(template)
        shown = self.config.path.name if self.config.path else ""
        others = from_config(self.config.suppress, template.path, shown)
        standing, suppressed, warnings = apply(findings, [*own, *others], rules, self.today)
        return standing, suppressed, (*faults, *warnings)

    def died(self, source: Source) -> TemplateResult:
        """The result for a template that took its process down."""
        return TemplateResult(source[0], error=Problem("the process that checked the template died"))


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


def _read(source: Source) -> Template | TemplateResult:
    started = perf_counter()
    name, content = source
    try:
        return parse_template(content, name) if isinstance(content, bytes) else read_template(content, name)
    except TemplateError as error:
        return TemplateResult(name, error=error.as_problem(), seconds=perf_counter() - started)
    except Exception as error:  # noqa: BLE001  as above
        return _bug(name, error)


def _graph(template: Template) -> Graph:
    """Who refers to whom, for reports that draw it."""
    graph = Context(template.document).graph
    return Graph(template.types, tuple((one, other) for one, targets in graph.items() for other in targets))


def _bug(path: str, error: Exception) -> TemplateResult:
    import traceback  # noqa: PLC0415  only a bug needs it

    traceback.print_exception(error)
    return TemplateResult(path, error=Problem(f"guardrun failed: {error!r}", hint="this is a bug, please report it"))


def _merged(by_view: dict[str, Evaluation], rules: Iterable[Rule]) -> Evaluation:
    """Each rule's status from the view that it asks for."""
    statuses = {rule.id: by_view[rule.view].statuses[rule.id] for rule in rules}
    return Evaluation(statuses, tuple(failure for evaluation in by_view.values() for failure in evaluation.failures))
