"""Which rules of a pack to apply: by id, glob, category, severity, profile, framework or control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from guardrun.errors import ConfigError
from guardrun.model import RuleInfo
from guardrun.pack.rule import Rule


def select_rules(
    rules: Mapping[str, Rule], profiles: Iterable[str], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Rule]:
    """The rules of these profiles that a pattern of `select` names, if there are any, and none of `ignore`.

    A rule's whole id in `select` takes it whatever its profile. Raises `ConfigError` for a pattern that names no rule,
    and where no rule is left.
    """
    for pattern in (*select, *ignore):
        if not any(names(rule, pattern) for rule in rules.values()):
            from guardrun.facts.near import near  # noqa: PLC0415  only a fault needs it

            hint = near(pattern, rules).removeprefix("; ") or "guardrun rules lists them"
            raise ConfigError(f"{pattern} names no rule, category, severity, profile, framework or control", hint=hint)
    wanted, ids = set(profiles), {pattern.upper() for pattern in select}
    named = [rule for rule in rules.values() if not select or _any(rule, select)]
    chosen = [rule for rule in named if (rule.profile in wanted or rule.id in ids) and not _any(rule, ignore)]
    if not chosen:
        raise ConfigError("no rule is selected", hint="is the profile that they are in chosen?")
    return chosen


def names(rule: RuleInfo, pattern: str) -> bool:
    """Whether a pattern names a rule; capitals do not matter, `*` stands for anything.

    A framework is the part of a control before the slash.
    """
    frameworks = {control.partition("/")[0] for control in rule.controls}
    known = {rule.id, rule.category, rule.severity, rule.profile, *rule.controls, *frameworks}
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in known)


def _any(rule: RuleInfo, patterns: Iterable[str]) -> bool:
    return any(names(rule, pattern) for pattern in patterns)
