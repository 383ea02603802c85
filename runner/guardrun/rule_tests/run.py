"""Running rule tests: on a copy of the rules, over all cores, or one by one with the engine's own words shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from guardrun.checker import Checker
from guardrun.engine import Engine, to_data
from guardrun.errors import PackError
from guardrun.facts import FACTS, Context, document_views
from guardrun.model import TemplateResult
from guardrun.pack import Rule
from guardrun.pool import map_in_pool
from guardrun.process import run_live
from guardrun.rule_tests.cases import Case, missing_statuses, read_cases, tests_path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case, or of a demand that every rule must meet; `problem` is None when all is well."""

    rule: str
    name: str
    path: str
    line: int | None
    problem: str | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Tester:
    """Tests rules with an engine; `known` are the ids of all rules, `tests` the folder, `shown` its name."""

    engine: Engine
    known: frozenset[str]
    tests: Path
    shown: str
    timeout: float
    live: bool = False

    def test(self, rules: Sequence[Rule]) -> list[list[Outcome]]:
        """The outcomes of some rules' tests."""
        return [self.test_rule(rule) for rule in rules]

    def test_rule(self, rule: Rule) -> list[Outcome]:
        """The outcomes of one rule's tests."""
        path = tests_path(rule, self.tests)
        shown = f"{self.shown}/{path.relative_to(self.tests).as_posix()}"
        try:
            cases = read_cases(path, shown, self.known)
        except PackError as error:
            return [Outcome(rule.id, "has readable tests", error.path or shown, error.line, error.message)]
        own = [case for case in cases if case.rule == rule.id]
        missing = [f"there is no {status} case" for status in missing_statuses(own)]
        demand = Outcome(rule.id, "has PASS, FAIL and SKIP cases", shown, 1, "; ".join(missing) or None)
        for case in own if self.live else ():
            self.show(case, rule)
        checker = Checker(self.engine, [rule], self.timeout)
        results = checker.check_templates([case.template for case in own], perf_counter())
        return [demand, *map(_outcome, own, results)]

    def died(self, rule: Rule) -> list[Outcome]:
        """The outcome for a rule whose tests took their process down."""
        return [Outcome(rule.id, "can be tested", self.shown, None, "the process that ran the tests died")]

    def show(self, case: Case, rule: Rule) -> None:
        """Let the engine speak for itself on the same rule and document."""
        with TemporaryDirectory() as folder:
            data = Path(folder, "template.json")
            data.write_text(
                to_data(document_views(Context(case.template.document), {rule.view: FACTS})[rule.view]),
                encoding="utf-8",
            )
            run_live([self.engine.path, "validate", "-r", str(rule.path), "-d", str(data), "-S", "all"])


def _outcome(case: Case, result: TemplateResult) -> Outcome:
    statuses = {"PASS": result.passed, "FAIL": result.failed, "SKIP": result.skipped}
    actual = " ".join(status for status, rules in statuses.items() if case.rule in rules)
    problem = None if actual == case.expected else f"expected {case.expected}, got {actual}"
    if result.problems:
        problem = "; ".join(trouble.message for trouble in result.problems)
    return Outcome(case.rule, case.name, case.path, case.line, problem, result.seconds)


def run_cases(tester: Tester, rules: Iterable[Rule], jobs: int | None = None) -> Iterator[Outcome]:
    """Outcomes rule by rule; live output would mix, so then one at a time."""
    for outcomes in map_in_pool(tester.test, list(rules), tester.died, jobs=1 if tester.live else jobs):
        yield from outcomes


def copied(folder: Path, into: Path) -> Path:
    """A copy of a folder of rules or tests, so that a run never meets a file half written."""
    left_out = shutil.ignore_patterns(".*", "node_modules")
    return Path(shutil.copytree(folder, into, ignore=left_out, copy_function=_copy))


def _copy(source: str, target: str) -> None:
    """Copy a file; a link to nowhere stays one, so that it is told when it is read."""
    shutil.copy2(source, target, follow_symlinks=Path(source).exists())
