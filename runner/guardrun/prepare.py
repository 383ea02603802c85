"""From what is asked for to a job: settings, engine, rules, templates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from guardrun.checker import Checker, Source
from guardrun.config import NAMES, Config
from guardrun.discover import Discovered, discover
from guardrun.engine import Engine, find_engine
from guardrun.errors import ConfigError, GuardrunError
from guardrun.job import Job
from guardrun.pack import Pack, bundled_rules, load_pack
from guardrun.request import Request, settled
from guardrun.run import Run
from guardrun.select import Selection, selection
from guardrun.workspace import first_of_projects, look_anew

if TYPE_CHECKING:
    from guardrun.baseline import Known
    from guardrun.companions.choice import Choice


def prepare(paths: Sequence[str], request: Request, extra: Sequence[Source] = ()) -> Job:
    """Find everything that a run needs; `extra` are templates beside those of the paths.

    Raises `GuardrunError` for what keeps the run as a whole from starting.
    """
    config = settled(request)
    companions, for_pack = _companions(config)
    known = _known(config) if request.suppress and request.against_baseline else None
    engine = find_engine(request.cfn_guard)
    pack = _pack(config, engine, here=bool(request.rules) or isinstance(request.config, Config))
    chosen = _selection(pack, for_pack) if for_pack.select or not config.select else Selection(frozenset())
    found = discover(paths, only_templates=request.only_templates)
    look_anew()
    firsts = first_of_projects(found.templates.values())
    templates = _changed(found, config, request)
    run = Run(
        request.parameters,
        config,
        datetime.now(timezone.utc).date() if request.suppress else None,
        firsts,
        chosen,
        companions,
        request.graphs,
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
    """The rules to apply. Raises `ConfigError`, which tells the files that gave no rule, too."""
    try:
        return selection(pack.rules, ("core", *config.profiles), config.select, config.ignore, config.overrides)
    except ConfigError as error:
        if not pack.problems:
            raise
        faults = [GuardrunError(one.message, path=one.path, line=one.line, column=one.column) for one in pack.problems]
        told = "\n".join(f"  {fault}" for fault in faults)
        raise ConfigError(f"{error.message}; some files gave no rule:\n{told}") from error


def _is_whole(paths: Sequence[str], config: Config, request: Request) -> bool:
    """Whether everything that the settings speak of is checked."""
    if config.path is None or request.changed_since:
        return False
    folder = config.path.parent.resolve()
    folders = [Path(path).resolve() for path in paths]
    return any(path == folder or path in folder.parents for path in folders)


def _known(config: Config) -> Known | None:
    if not config.baseline:
        return None
    from guardrun.baseline import read_baseline  # noqa: PLC0415  few runs have one

    return read_baseline(Path(config.baseline))


def _changed(found: Discovered, config: Config, request: Request) -> dict[str, Path]:
    """The templates to check: all, or those that a change concerns; a change of the settings concerns all."""
    if request.changed_since is None:
        return found.templates
    from guardrun.changes import changed_since, concerned, tracked  # noqa: PLC0415  few runs ask for it

    changed = changed_since(request.changed_since, Path.cwd())
    settings = [config.path, *request.inputs, *(Path(rules) for rules in config.rules)]
    touched = {Path(os.path.realpath(path)) for path in settings if path}
    if any(path in touched or path.name in NAMES or touched & set(path.parents) for path in changed):
        return found.templates
    known = tracked(Path.cwd())
    unknown = {path for file in found.templates.values() if (path := Path(os.path.realpath(file))) not in known}
    return concerned(found.templates, changed | unknown)


def _pack(config: Config, engine: Engine, *, here: bool) -> Pack:
    """The packs; `here` says whether a bare name may be a path from the working directory."""
    if config.rules == ("bundled",):
        return load_pack(bundled_rules(), "guard-rules")
    from guardrun.foreign import without_unparsed  # noqa: PLC0415  most runs have no foreign rules
    from guardrun.pack.packs import load_packs  # noqa: PLC0415

    return without_unparsed(load_packs(config.rules, config.foreign, here=here), engine)
