"""Which companions a run has, and which of their rules it wants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from guardrun.companions import COMPANIONS
from guardrun.companions.table import Meaning, meaning
from guardrun.config import Config, matches
from guardrun.errors import CompanionError, ConfigError
from guardrun.facts.near import near

ALL = ":all"
"""Behind a companion's name: with its informational rules."""
RULE = re.compile(r"[A-Z]\d{4}|.*[*?\[].*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The companions of a run with their versions, in the order in which they speak, and what is wanted of them.

    Of those in `whole`, informational rules are wanted, too. `select` and `ignore` are as for the pack, `less` has
    what some paths (globs) leave out.
    """

    versions: dict[str, str]
    whole: frozenset[str] = frozenset()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    less: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()

    def informational(self, companion: str) -> bool:
        """Whether any informational rule of a companion may be wanted."""
        named = [one.partition("/")[2].upper() for one in self.select if one.lower().startswith(f"{companion}/")]
        return companion in self.whole or any(not meaning(companion, rule).on for rule in named)

    def wants(self, companion: str, rule: str, path: str) -> bool:
        """Whether a rule counts for the template of this path, from the settings' folder."""
        means, name = meaning(companion, rule), f"{companion}/{rule}"
        on = means.on or companion in self.whole or name.lower() in {one.lower() for one in self.select}
        ignored = [*self.ignore, *(one for paths, some in self.less if matches(path, paths) for one in some)]
        return on and (not self.select or _any(name, means, self.select)) and not _any(name, means, ignored)


def choose(config: Config) -> Choice | None:
    """The choice that settings make, None without companions. Raises `CompanionError` and `ConfigError`."""
    names = [name.strip() for name in config.companions]
    chosen = {name.removesuffix(ALL): _version(name.removesuffix(ALL)) for name in names}
    _require_rules(config, chosen)
    if not chosen:
        return None
    return Choice(
        {name: chosen[name] for name in COMPANIONS if name in chosen},
        frozenset(name.removesuffix(ALL) for name in names if name.endswith(ALL)),
        config.select,
        config.ignore,
        tuple((one.paths, one.ignore) for one in config.overrides if one.ignore),
    )


def of_pack(config: Config) -> Config:
    """The settings without the patterns that name rules of companions."""
    return replace(
        config,
        select=_own(config.select),
        ignore=_own(config.ignore),
        overrides=tuple(replace(one, ignore=_own(one.ignore)) for one in config.overrides),
    )


def _version(name: str) -> str:
    if name not in COMPANIONS:
        hint = near(name, COMPANIONS).removeprefix("; ") or f"there are {' and '.join(COMPANIONS)}"
        raise ConfigError(f"there is no companion {name}", hint=hint)
    companion = COMPANIONS[name]
    try:
        installed = version(name) if find_spec(companion.package) else None
    except PackageNotFoundError:
        installed = None
    if installed is None:
        raise CompanionError(f"{name} is not installed", hint=f"pip install 'guardrun[{companion.extra}]'")
    return installed


def _require_rules(config: Config, chosen: Iterable[str]) -> None:
    """What names rules of companions has the form of their ids, and what is selected is of one that runs."""
    for pattern in (*config.select, *config.ignore, *(pattern for one in config.overrides for pattern in one.ignore)):
        name, _, rule = pattern.lower().partition("/")
        if name in COMPANIONS and not RULE.fullmatch(rule):
            hint = f"an id is a letter and four digits, as in {name}/E3012; {name}/* means all"
            raise ConfigError(f"{pattern} names no rule of {name}", hint=hint)
        if name in COMPANIONS and name not in chosen and pattern in config.select:
            raise ConfigError(f"{pattern} is selected, but {name} does not run", hint=f"--with {name}")


def _own(patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if pattern.lower().partition("/")[0] not in COMPANIONS)


def _any(name: str, means: Meaning, patterns: Iterable[str]) -> bool:
    """Whether a pattern names a rule: by its whole name, with the slash, or by what it means."""
    known = (means.category, means.severity, "core")
    return any(
        fnmatchcase(name.lower(), pattern.lower())
        if "/" in pattern
        else any(fnmatchcase(one, pattern.lower()) for one in known)
        for pattern in patterns
    )
