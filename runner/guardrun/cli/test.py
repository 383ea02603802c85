"""`guardrun test`: the rules' own tests."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from guardrun.cli import FINDINGS
from guardrun.cli.options import (
    cfn_guard_option,
    color_option,
    jobs_option,
    rules_option,
    tell_problems,
    timeout_option,
)
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.engine import find_engine
from guardrun.errors import PackError
from guardrun.pack import Pack, Rule, bundled_rules, bundled_tests, load_pack
from guardrun.report.rule_tests import FORMATS
from guardrun.rule_tests import Outcome, Tester, copied, run_cases


@click.command()
@click.argument("names", nargs=-1, metavar="[RULE|PATH]...")
@output_option(FORMATS)
@rules_option
@click.option(
    "--tests",
    "tests_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the tests; by default rule-tests beside the folder of the rules.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the engine's own output as it comes, one case at a time.")
@cfn_guard_option
@jobs_option
@timeout_option
@color_option
def test(
    names: tuple[str, ...],
    outputs: tuple[Output, ...],
    rules_folder: Path | None,
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
    rules = rules_folder or bundled_rules()
    tests = tests_folder or (rules.parent / "rule-tests" if rules_folder else bundled_tests())
    engine = find_engine(cfn_guard)
    with TemporaryDirectory(prefix="guardrun-") as folder:
        pack = load_pack(copied(rules, Path(folder)), rules.name, remember=False)
        copy = copied(tests, Path(folder))
        tester = Tester(engine, frozenset(pack.rules), copy, tests.name, timeout, verbose)
        outcomes = tuple(run_cases(tester, _chosen(names, pack), jobs)) + _strays(pack, copy, tests.name)
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](outcomes), wants_colour(color))
    return tell_problems(pack) or (FINDINGS if any(outcome.problem for outcome in outcomes) else 0)


def _chosen(names: tuple[str, ...], pack: Pack) -> list[Rule]:
    chosen = {rule.id: rule for name in names for rule in _named(name, pack)}
    return list((chosen if names else pack.rules).values())


def _named(name: str, pack: Pack) -> list[Rule]:
    """The rules that an argument means: an id, a rule's or a test's file, or a folder of either."""
    path = Path(name)
    if not path.exists():
        return [pack.rule(name)]
    stem = path.name.removesuffix("_tests.yaml").removesuffix(".guard")
    found = [rule for rule in pack.rules.values() if stem in {rule.path.stem, rule.category}]
    if path.is_dir() and not found:
        return list(pack.rules.values())
    if not found:
        raise PackError("this file belongs to no rule", path=name)
    return found


def _strays(pack: Pack, tests: Path, shown: str) -> tuple[Outcome, ...]:
    """Test files that no rule owns: a misspelt name would otherwise never run."""
    owned = {f"{rule.category}/{rule.path.stem}_tests.yaml" for rule in pack.rules.values()}
    found = sorted(path.relative_to(tests).as_posix() for path in tests.rglob("*") if path.is_file())
    return tuple(
        Outcome("(none)", "belongs to a rule", f"{shown}/{path}", 1, "there is no rule file of this name")
        for path in found
        if path not in owned
    )
