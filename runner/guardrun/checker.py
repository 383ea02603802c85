"""The main job: templates in, results out, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter

from guardrun.engine import Engine, Evaluation
from guardrun.errors import EngineError, TemplateError
from guardrun.evaluate import Evaluator
from guardrun.facts import Context
from guardrun.findings import in_order, to_findings
from guardrun.model import Finding, Graph, Problem, Said, TemplateResult
from guardrun.pack import Rule
from guardrun.pack.link import applicable
from guardrun.read import Template, parse_template, read_template
from guardrun.run import Run

Source = tuple[str, "Path | bytes"]
"""What to check: the name that reports show, and the file or the bytes."""


class Checker:
    """Checks templates with one engine and one set of rules.

    `timeout` is in seconds for one template, `run` what is the same for every template.
    """

    def __init__(self, engine: Engine, rules: Iterable[Rule], timeout: float = 60.0, run: Run | None = None) -> None:
        self.timeout = timeout
        self.run = run or Run()
        self.evaluator = Evaluator(engine, rules, timeout, self.run)

    def check(self, sources: Sequence[Source]) -> list[TemplateResult]:
        """Check templates in one go; what goes wrong with one is in its result and leaves the others alone."""
        started = perf_counter()
        read = [_read(source) for source in sources]
        templates = [template for template in read if isinstance(template, Template)]
        results = iter(self.check_templates(templates, started) if templates else ())
        return [next(results) if isinstance(template, Template) else template for template in read]

    def check_templates(self, templates: Sequence[Template], started: float) -> list[TemplateResult]:
        """Check templates that have been read; when the engine refuses several together, each half of them."""
        try:
            evaluations = self.evaluator.evaluate(templates)
            seconds = (perf_counter() - started) / max(len(templates), 1)
            return [self.result(*pair, seconds) for pair in zip(templates, evaluations, strict=True)]
        except Exception as error:  # noqa: BLE001  a bug that one template meets must not cost the others
            if half := len(templates) // 2:
                halves = templates[:half], templates[half:]
                return [result for some in halves for result in self.check_templates(some, perf_counter())]
            if isinstance(error, EngineError):
                return [self.rescue(templates[0], error, started)]
            return [_bug(templates[0].path, error)]

    def rescue(self, template: Template, error: EngineError, started: float) -> TemplateResult:
        """The result for a template for which the engine refused the rules together."""
        try:
            evaluation, problems = self.evaluator.rescue(template, error)
        except EngineError as fault:
            return TemplateResult(template.path, error=fault.as_problem(), seconds=perf_counter() - started)
        return self.result(template, evaluation, perf_counter() - started, problems)

    def result(
        self, template: Template, evaluation: Evaluation, seconds: float, others: Sequence[Problem] = ()
    ) -> TemplateResult:
        """What an evaluation says of a template, of the rules that have something to look at in it."""
        chosen = self.run.chosen(self.evaluator.rules, template)
        rules = {rule.id: rule for rule in applicable(chosen.values(), template.types.values())}
        broken = self.evaluator.broken
        problems = (*others, *(broken[rule] for rule in rules if rule in broken))
        by_status: dict[str, list[str]] = {"PASS": [], "FAIL": [], "SKIP": []}
        for rule in sorted(chosen.keys() - {problem.rule for problem in problems}):
            by_status[evaluation.statuses[rule] if rule in rules else "SKIP"].append(rule)
        found = to_findings(evaluation.failures, rules, template)
        started = perf_counter()
        said = self.companions_say(template, found)
        found = in_order((*found, *said.findings))
        findings, suppressed, warnings = self.run.accepted(template, found, rules | {one.id: one for one in said.rules})
        return TemplateResult(
            template.path,
            passed=(*by_status["PASS"], *said.passed),
            failed=(*by_status["FAIL"], *said.failed),
            skipped=tuple(by_status["SKIP"]),
            rule_errors=(*problems, *said.problems),
            findings=findings,
            suppressed=suppressed,
            warnings=warnings,
            seconds=seconds + perf_counter() - started,
            source=template.source if found else None,
            graph=_graph(template) if found and self.run.graphs else None,
            more_rules=said.rules,
        )

    def companions_say(self, template: Template, found: Sequence[Finding]) -> Said:
        """What the companions of the run say beyond what the pack found."""
        if self.run.companions is None or self.run.config is None:
            return Said()
        from guardrun.companions.findings import ask_companions  # noqa: PLC0415  few runs have any

        return ask_companions(self.run.companions, template, self.run.path(template), found, self.timeout)

    def died(self, source: Source) -> TemplateResult:
        """The result for a template that took its process down."""
        return TemplateResult(source[0], error=Problem("the process that checked the template died"))


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
