"""One run: everything that it needs, its results, and the report on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from guardrun.checker import Checker, Source
from guardrun.config import Config, known_as, matches
from guardrun.discover import Discovered
from guardrun.engine import Engine
from guardrun.model import SEVERITIES, Finding, Problem, Report, TemplateResult
from guardrun.pack import Pack
from guardrun.pool import map_in_pool
from guardrun.suppress import of_no_use

if TYPE_CHECKING:
    from guardrun.baseline import Known, Naming

BATCH = 4
"""Templates for one engine process: reading the rules costs as much as evaluating a small template."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that a run needs: the settings that count, the engine, the rules, and what to check."""

    config: Config
    engine: Engine
    pack: Pack
    checker: Checker
    sources: list[Source]
    found: Discovered
    unchanged: int
    jobs: int | None
    known: Known | None
    whole: bool

    def results(self) -> Iterator[TemplateResult]:
        """Check everything; the results in order, as they become ready."""
        return map_in_pool(self.checker.check, self.sources, self.checker.died, jobs=self.jobs, batch=BATCH)

    def report(self, results: Sequence[TemplateResult]) -> Report:
        """The report on these results; what is in the baseline is accepted."""
        rules = {**self.pack.rules, **{info.id: info for one in results for info in one.more_rules}}
        companions = self.checker.run.companions
        report = Report(
            self.engine.info,
            replace(self.pack.info, rules=rules),
            tuple(results),
            self.found.skipped,
            (*self.pack.problems, *self.found.problems),
            self.warnings(results),
            companions=companions.versions if companions else {},
        )
        if self.known is None:
            return report
        from guardrun.baseline import compared  # noqa: PLC0415  few runs have one

        path = Path(self.config.baseline)
        return compared(report, self.known, self.naming(path.parent), path.name)

    def warnings(self, results: Sequence[TemplateResult]) -> tuple[Problem, ...]:
        """What is wrong with the suppressions in the settings, as far as the rules of this run tell."""
        today = self.checker.run.today
        if today is None or not self.config.suppress:
            return ()
        checked = {self.path(one.path): one.suppressed for one in results}
        rules = {**self.checker.evaluator.rules, **{info.id: info for one in results for info in one.more_rules}}
        return tuple(of_no_use(self.config, checked, rules, today, whole=self.whole))

    def failing(self, report: Report) -> list[Finding]:
        """The findings at or above the threshold that holds for their template."""
        return [finding for finding in report.findings if finding.severity in self.serious(finding.template)]

    def serious(self, shown: str) -> tuple[str, ...]:
        """The severities that count for a template; the last override that says so decides."""
        path = self.path(shown)
        own = [one.fail_on for one in self.config.overrides if one.fail_on and matches(path, one.paths)]
        threshold = [self.config.fail_on, *own][-1]
        return SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold in SEVERITIES else ()

    def path(self, shown: str) -> str:
        """The path by which the settings know a template."""
        return self.config.relative(self.found.templates.get(shown), shown)

    def naming(self, folder: Path) -> Naming:
        """How a baseline in this folder calls a template: by its path from there."""
        return lambda shown: known_as(self.found.templates.get(shown), shown, folder)
