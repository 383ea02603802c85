"""Rules on templates: linked, with facts, by one engine process for a few templates, or each rule alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guardrun.documents import documents, facts_read
from guardrun.engine import Engine, Evaluation, evaluate, joined, to_data
from guardrun.errors import EngineError, EngineStopped
from guardrun.model import Problem
from guardrun.pack import Rule
from guardrun.pack.link import applicable, link
from guardrun.read import Template
from guardrun.run import Run


class Evaluator:
    """Evaluates one set of rules with one engine.

    `timeout` is in seconds for one template. A rule that the engine cannot parse is remembered in `broken`, so that it
    costs its search only once.
    """

    def __init__(self, engine: Engine, rules: Iterable[Rule], timeout: float, run: Run) -> None:
        self.engine = engine
        self.rules = {rule.id: rule for rule in rules}
        self.timeout = timeout
        self.run = run
        self.broken: dict[str, Problem] = {}

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
        from guardrun.foreign import evaluate_foreign  # noqa: PLC0415  most runs have no foreign rules

        others = evaluate_foreign(self.engine, foreign, templates, self.run, timeout)
        return [joined(pair) for pair in zip(own, others, strict=True)]

    def rescue(self, template: Template, error: EngineError) -> tuple[Evaluation, list[Problem]]:
        """What rules say of a template when the engine refused them together, each in a process of its own.

        Those at fault are the problems; foreign rules are in files, and these as a whole at fault. Raises the error
        when that leads nowhere.
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
            raise error
        self.broken |= unparsed
        return joined(evaluations), [problem for problem in problems if problem.rule not in unparsed]

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


def _merged(by_view: dict[str, Evaluation], rules: Iterable[Rule]) -> Evaluation:
    """Each rule's status from the view that it asks for."""
    statuses = {rule.id: by_view[rule.view].statuses[rule.id] for rule in rules}
    return Evaluation(statuses, tuple(failure for evaluation in by_view.values() for failure in evaluation.failures))
