"""Checking templates from Python: what `guardrun check` does, for programs and notebooks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from guardrun.checker import Source
from guardrun.config import Config
from guardrun.model import Report
from guardrun.prepare import prepare
from guardrun.request import Request

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

LISTS = ("rules", "companions", "profiles", "select", "ignore")
"""What may be asked for as one text or several."""


def check(
    paths: Paths,
    *,
    rules: str | Iterable[str] = (),
    companions: str | Iterable[str] = (),
    profiles: str | Iterable[str] = (),
    select: str | Iterable[str] = (),
    ignore: str | Iterable[str] = (),
    parameters: Mapping[str, Any] | None = None,
    config: str | Path | Config | None = None,
    baseline: str | Path | None = None,
    changed_since: str | None = None,
    suppress: bool = True,
    cfn_guard: str | None = None,
    jobs: int = 1,
    timeout: float = 60.0,
) -> Report:
    """Check templates: files, folders and globs, as `guardrun check` does with the options of the same names.

    What is left out is taken from the settings: `config` is a file or settings of one's own (`Config()` for the
    defaults), by default the nearest `.guardrun.yml` upwards from the working directory. `suppress=False` shows what is
    suppressed or in the baseline, too. `timeout` is in seconds for one template. With `jobs=1` nothing is forked, so
    that threads may call this at the same time.

    What goes wrong with one template or one rule is in the report. Raises `GuardrunError` for what keeps the run from
    starting: settings, rules or an engine that are not as they should be.
    """
    request = Request(
        rules=_texts(rules),
        companions=_texts(companions),
        profiles=_texts(profiles),
        select=_texts(select),
        ignore=_texts(ignore),
        baseline=Path(baseline) if baseline else None,
        config=Path(config) if isinstance(config, str) else config,
        parameters=parameters,
        cfn_guard=cfn_guard,
        jobs=jobs,
        timeout=timeout,
        suppress=suppress,
        changed_since=changed_since,
    )
    return _report(_listed(paths), request)


def check_text(text: str | bytes, *, name: str = "<text>", **options: Any) -> Report:
    """Check one template given as its text, YAML or JSON; `name` is what the report calls it.

    `options` are those of `check`, of which `changed_since` means nothing here. Raises as `check` does.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    options = {key: _texts(value) if key in LISTS else value for key, value in options.items()}
    return _report([], Request(**{"jobs": 1, **options}), [(name, data)])


def _texts(given: str | Iterable[str]) -> tuple[str, ...]:
    """Several texts, or one."""
    return (given,) if isinstance(given, str) else tuple(given)


def _report(paths: list[str], request: Request, extra: Iterable[Source] = ()) -> Report:
    job = prepare(paths, request, list(extra))
    return job.report(tuple(job.results()))


def _listed(paths: Paths) -> list[str]:
    return [os.fspath(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
