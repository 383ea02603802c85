"""The main job: templates in, results out, by one engine process for a few templates at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from guardrun.documents import Run, documents, facts_read
from guardrun.engine import Engine, Evaluation, evaluate, to_data
from guardrun.errors import EngineError, EngineStopped, TemplateError
from guardrun.facts import Context
from guardrun.findings import in_order, to_findings
from guardrun.model import Finding, Graph, Problem, RuleInfo, Said, Suppressed, TemplateResult
from guardrun.pack import Rule
from guardrun.pack.link import applicable, link
from guardrun.read import Template, parse_template, read_template
from guardrun.suppress import apply, find_suppressions, from_config

Source = tuple[str, "Path | bytes"]
"""What to check: the name that reports show, and the file or the bytes."""


class Checker:
    """Checks templates with one engine and one set of rules.

    `timeout` is in seconds for one template, `run` what is the same for every template. Suppressions count when it has
    a config and a day. A rule that the engine cannot parse is remembered, so that it costs its search only once.
    """

    def __init__(self, engine: Engine, rules: Iterable[Rule], timeout: float = 60.0, run: Run | None = None) -> None:
        self.engine = engine
        self.rules = {rule.id: rule for rule in rules}
        self.timeout = timeout
        self.run = run or Run()
        self.broken: dict[str, Problem] = {}

    def check(self, sources: Sequence[Source]) -> list[TemplateResult]:
        """Check templates in one go; what goes wrong with one is in its result and leaves the others alone."""
        started = perf_counter()
        read = [_read(source) for source in sources]
        templates = [template for template in read if isinstance(template, Template)]
        results = iter(self.check_templates(templates, started) if templates else ())
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
        usable = self.usable(kind for template in templates for kind in template.types.values())
        linked = link(rule for rule in usable if not rule.foreign)
        views = sorted({rule.view for rule in linked.rules})
        facts = {view: facts_read([rule for rule in linked.rules if rule.view == view]) for view in views}
        data = [
            to_data(document)
            for template in templates
            for document in documents(template, facts, linked.selected(template.types), self.run).values()
        ]
        timeout = self.timeout * len(templates)
        evaluations = iter(evaluate(self.engine, linked.texts, linked.names, data, timeout))
        own = [_merged({view: next(evaluations) for view in views}, linked.rules) for _ in templates]
        foreign = [rule for rule in usable if rule.foreign]
        if not foreign:
            return own
        from guardrun.foreign import evaluate_foreign, joined  # noqa: PLC0415  most runs have no foreign rules

        return list(map(joined, own, evaluate_foreign(self.engine, foreign, templates, self.run, timeout)))

    def rescue(self, template: Template, error: EngineError, started: float) -> TemplateResult:
        """The engine refused the rules for one template: find those at fault, each rule in a process of its own.

        Foreign rules are in files, and these as a whole at fault.
        """
        from guardrun.foreign import by_file  # noqa: PLC0415  most runs go well

        evaluations: list[Evaluation] = []
        problems: list[Problem] = []
        for rules in [] if isinstance(error, EngineStopped) else by_file(self.usable(template.types.values())):
            try:
                evaluations.append(self.evaluate_alone(rules, template))
            except EngineError as fault:
                problems += [
                    Problem(fault.message, rule.shown, fault.line, fault.column, fault.hint, rule.id) for rule in rules
                ]
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

    def evaluate_alone(self, rules: Sequence[Rule], template: Template) -> Evaluation:
        """The rules of one file as it is written, so that the engine's places are those of the file."""
        rule = rules[0]
        if rule.foreign:
            from guardrun.foreign import evaluate_foreign  # noqa: PLC0415  as above

            return evaluate_foreign(self.engine, rules, [template], self.run, self.timeout)[0]
        source = rule.path.read_text(encoding="utf-8")
        document = documents(template, {rule.view: facts_read([rule])}, {}, self.run)[rule.view]
        return evaluate(self.engine, source, [rule.id], [to_data(document)], self.timeout)[0]

    def usable(self, types: Iterable[str]) -> list[Rule]:
        """The rules that have something to look at and that the engine can parse."""
        return [rule for rule in applicable(self.rules.values(), types) if rule.id not in self.broken]

    def result(
        self, template: Template, evaluation: Evaluation, seconds: float, others: Sequence[Problem] = ()
    ) -> TemplateResult:
        """What an evaluation says of a template, of the rules that have something to look at in it."""
        chosen = self.chosen(template)
        rules = {rule.id: rule for rule in applicable(chosen.values(), template.types.values())}
        problems = (*others, *(self.broken[rule] for rule in rules if rule in self.broken))
        by_status: dict[str, list[str]] = {"PASS": [], "FAIL": [], "SKIP": []}
        for rule in sorted(chosen.keys() - {problem.rule for problem in problems}):
            by_status[evaluation.statuses[rule] if rule in rules else "SKIP"].append(rule)
        found = to_findings(evaluation.failures, rules, template)
        started = perf_counter()
        said = self.companions_say(template, found)
        found = in_order((*found, *said.findings))
        findings, suppressed, warnings = self.accepted(template, found, rules | {one.id: one for one in said.rules})
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
            graph=_graph(template) if found else None,
            more_rules=said.rules,
        )

    def companions_say(self, template: Template, found: Sequence[Finding]) -> Said:
        """What the companions of the run say beyond what the pack found."""
        if self.run.companions is None or self.run.config is None:
            return Said()
        from guardrun.companions.findings import ask_companions  # noqa: PLC0415  few runs have any

        path = self.run.config.relative(template.file, template.path)
        return ask_companions(self.run.companions, template, path, found, self.timeout)

    def chosen(self, template: Template) -> dict[str, Rule]:
        """The rules that hold for a template."""
        config, selection = self.run.config, self.run.selection
        if config is None or selection is None:
            return self.rules
        ids = selection.of(config.relative(template.file, template.path))
        return {name: rule for name, rule in self.rules.items() if name in ids}

    def accepted(
        self, template: Template, findings: tuple[Finding, ...], rules: Mapping[str, RuleInfo]
    ) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[Problem, ...]]:
        """The findings that stand, those that the template or the config file accepts, and warnings about these."""
        config, today = self.run.config, self.run.today
        if today is None or config is None:
            return findings, (), ()
        own, faults = find_suppressions(template)
        others = from_config(
            config.suppress, config.relative(template.file, template.path), config.path.name if config.path else ""
        )
        standing, suppressed, warnings = apply(findings, [*own, *others], rules, today)
        return standing, suppressed, (*faults, *warnings)

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


def _merged(by_view: dict[str, Evaluation], rules: Iterable[Rule]) -> Evaluation:
    """Each rule's status from the view that it asks for."""
    statuses = {rule.id: by_view[rule.view].statuses[rule.id] for rule in rules}
    return Evaluation(statuses, tuple(failure for evaluation in by_view.values() for failure in evaluation.failures))
