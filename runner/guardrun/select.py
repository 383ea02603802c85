"""Which rules of a pack to apply: by id, glob, category, severity, profile, framework or control, and by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from guardrun.config import Override, matches
from guardrun.errors import ConfigError
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES, RuleInfo
from guardrun.pack.rule import Rule


@dataclass(frozen=True, slots=True)
class Selection:
    """Rules by id: those of every template, and what the templates of some paths (globs) have more or less."""

    common: frozenset[str]
    more: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = ()
    less: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = ()

    @property
    def all(self) -> frozenset[str]:
        """The rules that apply to any template."""
        return self.common.union(*(ids for _, ids in self.more))

    def of(self, path: str) -> frozenset[str]:
        """The rules for the template of this path."""
        more, less = (
            [ids for paths, ids in differences if matches(path, paths)] for differences in (self.more, self.less)
        )
        return self.common.union(*more).difference(*less)


def selection(
    rules: Mapping[str, Rule],
    profiles: Iterable[str],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    overrides: Sequence[Override] = (),
) -> Selection:
    """The rules for every template, and for those of the overrides. Raises `ConfigError` as `select_rules` does."""
    common = select_rules(rules, profiles, select, ignore)
    ids = frozenset(rule.id for rule in common)
    more = [
        (
            one.paths,
            frozenset(rule.id for rule in select_rules(rules, (*profiles, *one.profiles), select, ignore)) - ids,
        )
        for one in overrides
        if one.profiles
    ]
    less = [
        (one.paths, frozenset(rule.id for rule in rules.values() if _any(rule, one.ignore)))
        for one in overrides
        if one.ignore
    ]
    _require_names(rules, _own_to_packs(pattern for one in overrides for pattern in one.ignore))
    return Selection(ids, tuple(more), tuple(less))


def select_rules(
    rules: Mapping[str, Rule], profiles: Iterable[str], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Rule]:
    """The rules of these profiles that a pattern of `select` names, if there are any, and none of `ignore`.

    A rule's whole id in `select` takes it whatever its profile. Raises `ConfigError` for a pattern that names no rule,
    and where no rule is left.
    """
    _require_names(rules, select)
    _require_names(rules, _own_to_packs(ignore))
    wanted, ids = set(profiles), {pattern.lower() for pattern in select}
    named = [rule for rule in rules.values() if not select or _any(rule, select)]
    chosen = [rule for rule in named if (rule.profile in wanted or rule.id.lower() in ids) and not _any(rule, ignore)]
    if not chosen:
        raise ConfigError("no rule is selected", hint="is the profile that they are in chosen?")
    return chosen


def names(rule: RuleInfo, pattern: str) -> bool:
    """Whether a pattern names a rule; capitals do not matter, `*` stands for anything.

    A framework is the part of a control before the slash.
    """
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in known_names(rule))


def known_names(rule: RuleInfo) -> set[str]:
    """All that a rule can be called by."""
    frameworks = {control.partition("/")[0] for control in rule.controls}
    return {rule.id, rule.category, rule.severity, rule.profile, *rule.controls, *frameworks}


def _any(rule: RuleInfo, patterns: Iterable[str]) -> bool:
    return any(names(rule, pattern) for pattern in patterns)


def _own_to_packs(patterns: Iterable[str]) -> list[str]:
    """The patterns without categories, severities and profiles, which mean something even where no rule is of them."""
    return [pattern for pattern in patterns if pattern.lower() not in {*CATEGORIES, *SEVERITIES, *PROFILES}]


def _require_names(rules: Mapping[str, Rule], patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if not any(names(rule, pattern) for rule in rules.values()):
            from guardrun.facts.near import near  # noqa: PLC0415  only a fault needs it

            hint = (
                near(pattern, {name for rule in rules.values() for name in known_names(rule)}).removeprefix("; ")
                or "guardrun rules lists them"
            )
            raise ConfigError(f"{pattern} names no rule, category, severity, profile, framework or control", hint=hint)
