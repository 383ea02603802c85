"""Tests of foreign rules, as the AWS Guard rules registry lays them out: `tests/<rule file>_tests.yml` beside a file.

An input need not be a template: it is evaluated as it is, like `cfn-guard test` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from guardrun.engine import Engine, to_data
from guardrun.errors import EngineError, PackError, TemplateError
from guardrun.foreign import by_file, evaluate_texts
from guardrun.pack import Rule
from guardrun.pool import map_in_pool
from guardrun.read.compose import compose
from guardrun.read.values import to_value
from guardrun.rule_tests.cases import expectations
from guardrun.rule_tests.run import Outcome

ENDINGS = ("_tests.yml", "_tests.yaml")


@dataclass(frozen=True, slots=True)
class ForeignTester:
    """Tests rule files with an engine; `pack` is their folder, or the only one, called `shown`.

    `tests` is a folder to look in first.
    """

    engine: Engine
    pack: Path
    shown: str
    tests: Path | None
    timeout: float

    @property
    def folder(self) -> Path:
        """The folder of the rules."""
        return self.pack if self.pack.is_dir() else self.pack.parent

    def run(self, rules: Iterable[Rule], jobs: int | None) -> Iterator[Outcome]:
        """The outcomes of the tests that there are of these rules, file by file."""
        files = [some for some in by_file(rules) if self.tests_of(some[0])]
        for outcomes in map_in_pool(self.test, files, self.died, jobs=jobs):
            yield from outcomes

    def test(self, files: Sequence[list[Rule]]) -> list[list[Outcome]]:
        """The outcomes of some files' tests."""
        return [list(self._outcomes(rules)) for rules in files]

    def died(self, rules: list[Rule]) -> list[Outcome]:
        """The outcome for a file whose tests took their process down."""
        return [Outcome(rules[0].id, "can be tested", rules[0].shown, None, "the process that ran the tests died")]

    def tests_of(self, rule: Rule) -> Path | None:
        """The tests of a rule's file, if there are any."""
        inner = rule.path.parent.relative_to(self.folder)
        own = [self.tests / inner, self.tests] if self.tests else []
        folders = [*own, rule.path.parent / "tests", rule.path.parent]
        files = (folder / f"{rule.path.stem}{ending}" for folder in folders for ending in ENDINGS)
        return next((file for file in files if file.is_file()), None)

    def strays(self, rules: Iterable[Rule]) -> Iterator[Outcome]:
        """Test files that no rule file owns: a misspelt name would otherwise never run."""
        if not self.pack.is_dir():
            return
        owned = {self.tests_of(rule) for rule in rules}
        for path in sorted(path for ending in ENDINGS for path in (self.tests or self.folder).rglob(f"*{ending}")):
            if path not in owned and not any(part[0] in "._" for part in path.parent.parts[len(self.folder.parts) :]):
                problem = "there is no rule file of this name"
                yield Outcome("(none)", "belongs to a rule", self._name(path), 1, problem)

    def _name(self, path: Path) -> str:
        if not path.is_relative_to(self.folder):
            return path.as_posix()
        shown = Path(self.shown) if self.pack.is_dir() else Path(self.shown).parent
        return (shown / path.relative_to(self.folder)).as_posix()

    def _outcomes(self, rules: list[Rule]) -> Iterator[Outcome]:
        path = self.tests_of(rules[0]) or rules[0].path
        shown = self._name(path)
        try:
            cases = _cases(path, shown, {rule.id for rule in rules})
        except PackError as error:
            yield Outcome(rules[0].id, "has readable tests", shown, error.line, error.message)
            return
        started = perf_counter()
        try:
            found = evaluate_texts(self.engine, rules, [to_data(case.input) for case in cases], self.timeout)
        except EngineError as error:
            yield Outcome(rules[0].id, "can be tested", shown, 1, error.message)
            return
        seconds = (perf_counter() - started) / max(len(cases), 1)
        for case, evaluation in zip(cases, found, strict=True):
            for rule, expected in case.expected.items():
                actual = evaluation.statuses[rule]
                problem = None if actual == expected else f"expected {expected}, got {actual}"
                yield Outcome(rule, case.name, shown, case.line, problem, seconds)


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    line: int
    input: dict[str, Any]
    expected: dict[str, str]


def _cases(path: Path, shown: str, rules: set[str]) -> list[_Case]:
    try:
        root = compose(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"cannot read the tests: {error}", path=shown) from error
    except TemplateError as error:
        raise PackError(error.message, path=shown, line=error.line) from error
    if not isinstance(root, SequenceNode):
        raise PackError("the tests are not a list of cases", path=shown, line=1)
    return [_case(node, shown, rules) for node in root.value]


def _case(node: Node, shown: str, rules: set[str]) -> _Case:
    line = node.start_mark.line + 1
    members = {key.value: value for key, value in node.value} if isinstance(node, MappingNode) else {}
    if not {"input", "expectations"} <= members.keys():
        raise PackError("a case has the keys name, input and expectations", path=shown, line=line)
    name = str(members["name"].value) if "name" in members else f"case at line {line}"
    expected = expectations(members["expectations"])
    for rule in expected.keys() - rules:
        raise PackError(f"the case {name!r} expects something of {rule}, which is no rule", path=shown, line=line)
    try:
        return _Case(name, line, to_value(members["input"]), expected)
    except TemplateError as error:
        raise PackError(f"the case {name!r} cannot be read: {error.message}", path=shown, line=error.line) from error
