"""The main job: a template in, its result out, by one engine process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from guardrun.engine import Engine, Failure, evaluate, to_data
from guardrun.errors import EngineError, EngineStopped, TemplateError
from guardrun.facts import document_views
from guardrun.findings import to_findings
from guardrun.model import Problem, TemplateResult
from guardrun.pack import Rule, link
from guardrun.pack.link import applicable
from guardrun.read import Template, parse_template, read_template

Source = tuple[str, "Path | bytes"]
"""What to check: the name that reports show, and the file or the bytes."""


class Checker:
    """Checks templates with one engine and one set of rules.

    A rule that the engine cannot use at all is remembered, so that it costs its search only once.
    """

    def __init__(self, engine: Engine, rules: Iterable[Rule], timeout: float = 60.0) -> None:
        self.engine = engine
        self.rules = {rule.id: rule for rule in rules}
        self.timeout = timeout
        self.broken: dict[str, Problem] = {}

    def check(self, source: Source) -> TemplateResult:
        """Check one template; what goes wrong with it is in the result."""
        started = perf_counter()
        name, content = source
        try:
            template = parse_template(content, name) if isinstance(content, bytes) else read_template(content, name)
            return self.check_template(template, started)
        except (TemplateError, EngineError) as error:
            return TemplateResult(name, error=error.as_problem(), seconds=perf_counter() - started)

    def died(self, source: Source) -> TemplateResult:
        """The result for a template that took its process down."""
        return TemplateResult(source[0], error=Problem("the process that checked the template died"))

    def check_template(self, template: Template, started: float) -> TemplateResult:
        """Evaluate a template that has been read. Raises `EngineError` when no rule can be evaluated."""
        statuses, failures, problems = self.evaluate(template)
        by_status: dict[str, list[str]] = {"PASS": [], "FAIL": [], "SKIP": []}
        for rule_id in sorted(self.rules.keys() - {problem.rule for problem in problems}):
            by_status[statuses.get(rule_id, "SKIP")].append(rule_id)
        return TemplateResult(
            template.path,
            passed=tuple(by_status["PASS"]),
            failed=tuple(by_status["FAIL"]),
            skipped=tuple(by_status["SKIP"]),
            rule_errors=tuple(problems),
            findings=to_findings(failures, self.rules, template),
            seconds=perf_counter() - started,
        )

    def evaluate(self, template: Template) -> tuple[dict[str, str], list[Failure], list[Problem]]:
        """Statuses of the rules that apply, failures, and the rules that could not be applied."""
        types = {str(body.get("Type")) for body in template.resources.values() if isinstance(body, dict)}
        chosen = applicable(self.rules.values(), types)
        problems = [self.broken[rule.id] for rule in chosen if rule.id in self.broken]
        rules = [rule for rule in chosen if rule.id not in self.broken]
        views = document_views(template, {rule.view for rule in rules})
        documents = {view: to_data(document) for view, document in views.items()}
        try:
            return *self.evaluate_linked(rules, documents), problems
        except EngineStopped:
            raise
        except EngineError:
            statuses, failures, refused = self.evaluate_singly(rules, documents)
            return statuses, failures, problems + refused

    def evaluate_linked(self, rules: list[Rule], documents: dict[str, str]) -> tuple[dict[str, str], list[Failure]]:
        """Evaluate all rules in one process, each on the view that it asks for."""
        linked = link(rules)
        evaluations = evaluate(self.engine, linked.text, linked.names, list(documents.values()), self.timeout)
        by_view = dict(zip(documents, evaluations, strict=True))
        statuses = {rule.id: by_view[rule.view].statuses[rule.id] for rule in rules}
        return statuses, [failure for evaluation in evaluations for failure in evaluation.failures]

    def evaluate_singly(
        self, rules: list[Rule], documents: dict[str, str]
    ) -> tuple[dict[str, str], list[Failure], list[Problem]]:
        """The engine refused the linked rules: find those at fault, each rule in a process of its own.

        Raises `EngineError` when the engine refuses every rule, for then it is not the rules.
        """
        statuses: dict[str, str] = {}
        failures: list[Failure] = []
        problems: list[Problem] = []
        for rule in rules:
            try:
                source = rule.path.read_text(encoding="utf-8")
                (evaluation,) = evaluate(self.engine, source, [rule.id], [documents[rule.view]], self.timeout)
                statuses |= evaluation.statuses
                failures += evaluation.failures
            except EngineError as error:
                problems.append(Problem(error.message, rule.shown, error.line, error.column, error.hint, rule.id))
                if len(problems) == len(rules) > 1:
                    raise
        self.broken |= {str(problem.rule): problem for problem in problems if problem.line}
        return statuses, failures, problems
