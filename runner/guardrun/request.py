"""What is asked for in one run, and the settings that count then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from guardrun.config import Config, find_config, load_config
from guardrun.errors import ConfigError
from guardrun.model import PROFILES


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for in one run; what is None or empty is left to the settings.

    `config` is a file of settings, or settings; without it, the nearest file upwards counts. `timeout` is in seconds
    for one template. `changed_since` is a revision of git; `inputs` are files that concern every template when they
    change. `only_templates` leaves named files alone that are none. `graphs` says whether results tell who refers to
    whom, for reports that draw it.
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
    inputs: tuple[Path, ...] = ()
    cfn_guard: str | None = None
    jobs: int | None = None
    timeout: float = 60.0
    suppress: bool = True
    changed_since: str | None = None
    only_templates: bool = False
    graphs: bool = True


def settled(request: Request) -> Config:
    """The settings with what the request sets in their place."""
    config = request.config
    if not isinstance(config, Config):
        config = load_config(config or find_config(Path.cwd()))
    for profile in request.profiles:
        if profile not in PROFILES:
            raise ConfigError(f"there is no profile {profile!r}", hint=f"there are {', '.join(PROFILES)}")
    names = ("rules", "companions", "profiles", "select", "ignore", "fail_on")
    given = {name: value for name in names if (value := getattr(request, name))}
    if request.baseline:
        given["baseline"] = str(request.baseline)
    if request.fail_on:
        given["overrides"] = tuple(replace(one, fail_on=None) for one in config.overrides)
    return replace(config, **given)
