"""The outcomes of rule tests: for people, and as JUnit with one suite a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from guardrun.report.counts import plural
from guardrun.rule_tests.run import Outcome


def console(outcomes: Iterable[Outcome]) -> str:
    """What failed, with its place, and a count."""
    outcomes = list(outcomes)
    failed = [outcome for outcome in outcomes if outcome.problem]
    lines = [_line(outcome) for outcome in failed]
    rules = plural(len({outcome.rule for outcome in outcomes}), "rule")
    verdict = f"{len(failed)} failed" if failed else "all passed"
    colour = "red" if failed else "green"
    summary = click.style(f"{plural(len(outcomes), 'test')} of {rules}: {verdict}", fg=colour, bold=True)
    return "\n".join([*lines, summary]) + "\n"


def _line(outcome: Outcome) -> str:
    place = ":".join(str(part) for part in (outcome.path, outcome.line) if part is not None)
    return f"{place} {click.style(outcome.rule, bold=True)}\n    {outcome.name}: {outcome.problem}"


def junit(outcomes: Iterable[Outcome]) -> str:
    """One suite a rule, one case a test; names are made distinct, as readers drop repeated ones."""
    from junit_xml import TestCase, TestSuite  # noqa: PLC0415  only this format needs it

    from guardrun.report.junit import legal, to_xml  # noqa: PLC0415

    suites: dict[str, TestSuite] = {}
    names: dict[tuple[str, str], int] = {}
    for outcome in outcomes:
        count = names[outcome.rule, outcome.name] = names.get((outcome.rule, outcome.name), 0) + 1
        name = outcome.name if count == 1 else f"{outcome.name} ({count})"
        case = TestCase(
            legal(name), f"guardrun.rules.{outcome.rule}", outcome.seconds, file=outcome.path, line=outcome.line
        )
        if outcome.problem:
            case.add_failure_info(legal(outcome.problem), legal(f"{outcome.path}:{outcome.line}: {outcome.problem}"))
        suites.setdefault(outcome.rule, TestSuite(outcome.rule)).test_cases.append(case)
    return to_xml(list(suites.values()))


FORMATS: dict[str, Callable[[Iterable[Outcome]], str]] = {"console": console, "junit": junit}
