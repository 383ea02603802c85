"""Rules on templates: linked, with facts, by one engine process for a few templates, or each rule alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from guardrun.documents import documents, facts_read
from guardrun.engine import Engine, Evaluation, Failure, evaluate, joined, to_data
from guardrun.errors import EngineError, EngineStopped, ValueTypeError
from guardrun.model import Problem
from guardrun.pack import Rule
from guardrun.pack.link import applicable, link
from guardrun.pack.patterns import has_long_text, in_words
from guardrun.pack.projection import path_at_home, value_at_home
from guardrun.read import Template
from guardrun.read.places import member, tokens
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
        return self.evaluate_rules(usable, templates)

    def evaluate_rules(self, rules: Sequence[Rule], templates: Sequence[Template]) -> list[Evaluation]:
        """These rules on all templates. Raises `EngineError`."""
        timeout = self.timeout * len(templates)
        own = self.evaluate_own([rule for rule in rules if not rule.foreign], templates, timeout)
        foreign = [rule for rule in rules if rule.foreign]
        if not foreign:
            return own
        from guardrun.foreign import evaluate_foreign  # noqa: PLC0415  most runs have no foreign rules

        others = evaluate_foreign(self.engine, foreign, templates, self.run, timeout)
        return [joined(pair) for pair in zip(own, others, strict=True)]

    def evaluate_own(self, rules: Sequence[Rule], templates: Sequence[Template], timeout: float) -> list[Evaluation]:
        """Rules with our header, those of each view linked and in a process of their own. Raises `EngineError`."""
        by_view = {
            view: [rule for rule in rules if rule.view == view] for view in sorted({rule.view for rule in rules})
        }
        facts = {view: facts_read(some) for view, some in by_view.items()}
        seen = [documents(template, facts, self.run) for template in templates]
        found = [self.evaluate_view(some, [one[view] for one in seen], timeout) for view, some in by_view.items()]
        return [joined(evaluations[at] for evaluations in found) for at in range(len(templates))]

    def evaluate_view(self, rules: Sequence[Rule], seen: Sequence[dict[str, Any]], timeout: float) -> list[Evaluation]:
        """Rules of one view on its documents; failures are told at their places in these."""
        linked = link(rules, seen)
        data = [to_data(linked.document(document)) for document in seen]
        texts = linked.texts if any(map(has_long_text, data)) else [in_words(text) for text in linked.texts]
        found = evaluate(self.engine, texts, linked.names, data, timeout)
        return [_at_home(evaluation, document) for evaluation, document in zip(found, seen, strict=True)]

    def rescue(self, template: Template, error: EngineError) -> tuple[Evaluation, list[Problem]]:
        """What rules say of a template when the engine refused them together, those at fault found by halves.

        Those at fault are the problems; foreign rules are in files, and these as a whole at fault. Raises the error
        when that leads nowhere.
        """
        from guardrun.foreign import by_file  # noqa: PLC0415  most runs go well

        if isinstance(error, EngineStopped):
            raise error
        evaluations: list[Evaluation] = []
        problems: list[Problem] = []
        for rules, said in self.apart(by_file(self.usable(template.types.values())), template):
            if isinstance(said, Evaluation):
                evaluations.append(said)
            else:
                problems += [replace(said.as_problem(rule.id), path=rule.shown) for rule in rules]
        unparsed = {str(problem.rule): problem for problem in problems if problem.line}
        if not evaluations and not unparsed:
            raise error
        self.broken |= unparsed
        return joined(evaluations), [problem for problem in problems if problem.rule not in unparsed]

    def apart(
        self, files: Sequence[Sequence[Rule]], template: Template
    ) -> Iterator[tuple[list[Rule], Evaluation | EngineError]]:
        """What the rules of files say of a template, or why the engine refuses them: half of them, and so on."""
        rules = [rule for some in files for rule in some]
        try:
            alone = len(files) == 1
            yield rules, self.evaluate_alone(rules, template) if alone else self.evaluate_rules(rules, [template])[0]
        except EngineError as fault:
            if alone or isinstance(fault, EngineStopped):
                yield rules, fault
                return
            half = len(files) // 2
            yield from self.apart(files[:half], template)
            yield from self.apart(files[half:], template)

    def evaluate_alone(self, rules: Sequence[Rule], template: Template) -> Evaluation:
        """The rules of one file as it is written, so that the engine's places are those of the file."""
        rule = rules[0]
        if rule.foreign:
            from guardrun.foreign import evaluate_foreign  # noqa: PLC0415  as above

            return evaluate_foreign(self.engine, rules, [template], self.run, self.timeout)[0]
        source = rule.path.read_text(encoding="utf-8")
        document = documents(template, {rule.view: facts_read([rule])}, self.run)[rule.view]
        try:
            return evaluate(self.engine, source, [rule.id], [to_data(document)], self.timeout)[0]
        except ValueTypeError as fault:
            found = reduce(member, tokens(fault.pointer), document)
            failure = Failure(rule.id, fault.pointer, "a value of this kind cannot stand here", found, None)
            return Evaluation({rule.id: "FAIL"}, (failure,))

    def usable(self, types: Iterable[str]) -> list[Rule]:
        """The rules that have something to look at and that the engine can parse."""
        return [rule for rule in applicable(self.rules.values(), types) if rule.id not in self.broken]


def _at_home(evaluation: Evaluation, document: dict[str, Any]) -> Evaluation:
    """What was found in projections, as if it had been found in the resources of this document."""
    failures = []
    for failure in evaluation.failures:
        path = path_at_home(failure.path)
        failures.append(replace(failure, path=path, found=value_at_home(path, failure.found, document["Resources"])))
    return replace(evaluation, failures=tuple(failures))
