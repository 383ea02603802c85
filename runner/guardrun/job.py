"""A run from wishes to report: what the command line and the Python API share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guardrun.checker import Checker, Source
from guardrun.config import Config, find_config, load_config
from guardrun.discover import Discovered, discover
from guardrun.documents import Run
from guardrun.engine import Engine, find_engine
from guardrun.model import SEVERITIES, Finding, Problem, Report, RuleInfo, TemplateResult
from guardrun.pack import Pack, bundled_rules, load_pack
from guardrun.pool import map_in_pool
from guardrun.select import Selection, matches, selection
from guardrun.suppress import of_no_use
from guardrun.workspace import first_of_projects

if TYPE_CHECKING:
    from guardrun.baseline import Known
    from guardrun.companions.choice import Choice

BATCH = 4
"""Templates for one engine process: its start costs as much as evaluating a small template."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for in one run; what is None or empty is left to the settings.

    `config` is a file of settings, or settings; without it, the nearest file upwards counts. `timeout` is in seconds
    for one template. `changed_since` is a revision of git. `only_templates` leaves named files alone that are none.
    """

    rules: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    baseline: Path | None = None
    against_baseline: bool = True
    config: Path | Config | None = None
    parameters: Mapping[str, Any] | None = None
    cfn_guard: str | None = None
    jobs: int | None = None
    timeout: float = 60.0
    suppress: bool = True
    changed_since: str | None = None
    only_templates: bool = False


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
            self.warnings(results, rules),
            companions=companions.versions if companions else {},
        )
        if self.known is None:
            return report
        from guardrun.baseline import compared  # noqa: PLC0415  few runs have one

        path = Path(self.config.baseline)
        return compared(report, self.known, self.naming(path.parent), path.name)

    def warnings(self, results: Sequence[TemplateResult], rules: Mapping[str, RuleInfo]) -> tuple[Problem, ...]:
        """What is wrong with the suppressions in the settings."""
        today = self.checker.run.today
        if today is None or not self.config.suppress:
            return ()
        checked = {
            self.config.relative(self.found.templates.get(one.path), one.path): one.suppressed for one in results
        }
        return tuple(of_no_use(self.config, checked, rules, today, whole=self.whole))

    def failing(self, report: Report) -> list[Finding]:
        """The findings at or above the threshold that holds for their template."""
        return [finding for finding in report.findings if finding.severity in self.serious(finding.template)]

    def serious(self, shown: str) -> tuple[str, ...]:
        """The severities that count for a template; the last override that says so decides."""
        path = self.config.relative(self.found.templates.get(shown), shown)
        own = [one.fail_on for one in self.config.overrides if one.fail_on and matches(path, one.paths)]
        threshold = [self.config.fail_on, *own][-1]
        return SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold in SEVERITIES else ()

    def naming(self, folder: Path) -> Any:
        """How a baseline in this folder calls a template: by its path from there."""

        def name(shown: str) -> str:
            file = self.found.templates.get(shown)
            return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix() if file else shown

        return name


def prepare(paths: Sequence[str], request: Request, extra: Sequence[Source] = ()) -> Job:
    """Find everything that a run needs; `extra` are templates beside those of the paths.

    Raises `GuardrunError` for what keeps the run as a whole from starting.
    """
    config = settled(request)
    companions, for_pack = _companions(config)
    known = _known(config) if request.suppress and request.against_baseline else None
    engine = find_engine(request.cfn_guard)
    pack = _pack(config, engine)
    chosen = _selection(pack, for_pack) if for_pack.select or not config.select else Selection(frozenset())
    found = discover(paths, only_templates=request.only_templates)
    firsts = first_of_projects(found.templates.values())
    templates = _changed(found, config, request.changed_since)
    run = Run(
        request.parameters,
        config,
        datetime.now(timezone.utc).date() if request.suppress else None,
        firsts,
        chosen,
        companions,
    )
    rules = [rule for rule in pack.rules.values() if rule.id in chosen.all]
    checker = Checker(engine, rules, request.timeout, run)
    sources = [*templates.items(), *extra]
    unchanged = len(found.templates) - len(templates)
    return Job(
        config, engine, pack, checker, sources, found, unchanged, request.jobs, known, _is_whole(paths, config, request)
    )


def _companions(config: Config) -> tuple[Choice | None, Config]:
    """The companions that settings ask for, and the settings without what is said of these."""
    patterns = (*config.select, *config.ignore, *(pattern for one in config.overrides for pattern in one.ignore))
    if not config.companions and not any("/" in pattern for pattern in patterns):
        return None, config
    from guardrun.companions.choice import choose, of_pack  # noqa: PLC0415  few runs have any

    return choose(config), of_pack(config)


def _selection(pack: Pack, config: Config) -> Selection:
    return selection(pack.rules, ("core", *config.profiles), config.select, config.ignore, config.overrides)


def settled(request: Request) -> Config:
    """The settings with what the request sets in their place."""
    config = request.config
    if not isinstance(config, Config):
        config = load_config(config or find_config(Path.cwd()))
    names = ("rules", "companions", "profiles", "select", "ignore", "fail_on")
    given = {name: value for name in names if (value := getattr(request, name))}
    if request.baseline:
        given["baseline"] = str(request.baseline)
    if request.fail_on:
        given["overrides"] = tuple(replace(one, fail_on=None) for one in config.overrides)
    return replace(config, **given)


def _is_whole(paths: Sequence[str], config: Config, request: Request) -> bool:
    """Whether everything that the settings speak of is checked."""
    if config.path is None or request.changed_since:
        return False
    folder = config.path.resolve().parent
    folders = [Path(path).resolve() for path in paths]
    return any(path == folder or path in folder.parents for path in folders)


def _known(config: Config) -> Known | None:
    if not config.baseline:
        return None
    from guardrun.baseline import read_baseline  # noqa: PLC0415  few runs have one

    return read_baseline(Path(config.baseline))


def _changed(found: Discovered, config: Config, revision: str | None) -> dict[str, Path]:
    """The templates to check: all, or those that a change concerns; a change of the settings concerns all."""
    if revision is None:
        return found.templates
    from guardrun.changes import changed_since, concerned  # noqa: PLC0415  few runs ask for it

    changed = changed_since(revision, Path.cwd())
    settings = [config.path, *(Path(rules) for rules in config.rules)]
    touched = {Path(os.path.realpath(path)) for path in settings if path}
    if any(path in touched or touched & set(path.parents) for path in changed):
        return found.templates
    return concerned(found.templates, changed)


def _pack(config: Config, engine: Engine) -> Pack:
    if config.rules == ("bundled",):
        return load_pack(bundled_rules(), "guard-rules")
    from guardrun.foreign import without_unparsed  # noqa: PLC0415  most runs have no foreign rules
    from guardrun.pack.packs import load_packs  # noqa: PLC0415

    return without_unparsed(load_packs(config.rules, config.foreign), engine)
