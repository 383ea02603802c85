"""`guardrun test`: the rules' own tests."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from guardrun.cli import FINDINGS
from guardrun.cli.options import (
    cfn_guard_option,
    color_option,
    complete_rules,
    jobs_option,
    rules_option,
    tell_problems,
    timeout_option,
)
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.engine import find_engine
from guardrun.errors import PackError
from guardrun.foreign import without_unparsed
from guardrun.pack import Pack, Rule, bundled_rules, bundled_tests, load_pack
from guardrun.pack.packs import path_of
from guardrun.report.rule_tests import FORMATS
from guardrun.rule_tests import Outcome, Tester, copied, run_cases
from guardrun.rule_tests.foreign import ForeignTester


@click.command()
@click.argument("names", nargs=-1, metavar="[RULE|PATH]...", shell_complete=complete_rules)
@output_option(FORMATS)
@rules_option
@click.option(
    "--tests",
    "tests_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the tests; by default rule-tests beside the folder of the rules, or tests beside foreign ones.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the engine's own output as it comes, one case at a time.")
@cfn_guard_option
@jobs_option
@timeout_option
@color_option
def test(
    names: tuple[str, ...],
    outputs: tuple[Output, ...],
    packs: tuple[str, ...],
    tests_folder: Path | None,
    verbose: bool,
    cfn_guard: str | None,
    jobs: int | None,
    timeout: float,
    color: str,
) -> int:
    """Run the rules' tests: all, or those of the rules, files or folders that are named.

    \b
    guardrun test
    guardrun test NO_DEPENDENCY_CYCLE rule-tests/security -o junit:rules.xml

    Exit codes: 0 all passed, 1 a test failed, 2 the tests could not be run.
    """
    require_one_stdout(outputs)
    if len(packs) > 1:
        raise click.UsageError("the tests of one pack at a time: name one with --rules")
    rules = path_of(packs[0]) if packs else bundled_rules()
    shown = Path(packs[0]).as_posix() if packs else rules.name
    engine = find_engine(cfn_guard)
    with TemporaryDirectory(prefix="guardrun-") as folder:
        copy = copied(rules, Path(folder, "rules", rules.resolve().name)) if rules.is_dir() else rules
        pack = without_unparsed(load_pack(copy, shown, remember=False), engine)
        failed = tell_problems(pack)
        chosen = _chosen(names, pack)
        outcomes: tuple[Outcome, ...] = ()
        if own := [rule for rule in chosen if not rule.foreign]:
            tests = tests_folder or (_tests_beside(rules) if packs else bundled_tests())
            told = tests.as_posix() if tests_folder else tests.name
            tester = Tester(engine, frozenset(pack.rules), copied(tests, Path(folder, "tests")), told, timeout, verbose)
            outcomes += (*run_cases(tester, own, jobs), *(_strays(pack, tester) if rules.is_dir() else ()))
        if foreign := [rule for rule in chosen if rule.foreign]:
            outcomes += _of_foreign(foreign, pack, ForeignTester(engine, copy, shown, tests_folder, timeout), jobs)
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](outcomes), wants_colour(color))
    return failed or (FINDINGS if any(outcome.problem for outcome in outcomes) else 0)


def _tests_beside(rules: Path) -> Path:
    """The tests of rules in our layout, or of one file of them. Raises `PackError` where there are none."""
    folder = rules.resolve() if rules.is_dir() else rules.resolve().parent.parent
    tests = folder.parent / "rule-tests"
    if not tests.is_dir():
        hint = "they are looked for in rule-tests beside the folder of the rules, and in the folder of --tests"
        raise PackError("there are no tests of these rules", path=rules.as_posix(), hint=hint)
    return tests


def _of_foreign(rules: list[Rule], pack: Pack, tester: ForeignTester, jobs: int | None) -> tuple[Outcome, ...]:
    """The outcomes of foreign rules' tests. Raises `PackError` where there are none."""
    outcomes = (*tester.run(rules, jobs), *tester.strays(pack.rules.values()))
    if not outcomes:
        hint = "they are looked for in tests/<file of the rules>_tests.yml beside it, and in the folder of --tests"
        raise PackError("there are no tests of these rules", path=tester.shown, hint=hint)
    return outcomes


def _chosen(names: tuple[str, ...], pack: Pack) -> list[Rule]:
    chosen = {rule.id: rule for name in names for rule in _named(name, pack)}
    return list((chosen if names else pack.rules).values())


def _named(name: str, pack: Pack) -> list[Rule]:
    """The rules that an argument means: an id, a rule's or a test's file, or a folder of either."""
    path = Path(name)
    if not path.exists():
        return [pack.rule(name)]
    stem = re.sub(r"(_tests\.ya?ml|\.guard|\.ruleset)$", "", path.name)
    found = [rule for rule in pack.rules.values() if stem in {rule.path.stem, rule.category}]
    if path.is_dir() and not found:
        return list(pack.rules.values())
    if not found:
        raise PackError("this file belongs to no rule", path=name)
    return found


def _strays(pack: Pack, tester: Tester) -> tuple[Outcome, ...]:
    """Test files that no rule owns: a misspelt name would otherwise never run."""
    owned = {f"{rule.category}/{rule.path.stem}_tests.yaml" for rule in pack.rules.values()}
    tests = tester.tests
    found = sorted(path.relative_to(tests).as_posix() for path in tests.rglob("*") if path.is_file())
    return tuple(
        Outcome("(none)", "belongs to a rule", f"{tester.shown}/{path}", 1, "there is no rule file of this name")
        for path in found
        if path not in owned
    )
