"""All rules of a folder, each checked against the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guardrun.errors import PackError
from guardrun.model import CATEGORIES, PackInfo, Problem
from guardrun.pack.cache import cached_rules, remember_rules
from guardrun.pack.rule import Rule, load_rule
from guardrun.pack.source import Source, find_source

if TYPE_CHECKING:
    from guardrun.pack.mapping import PackMapping


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules by id, in the order of the categories and then of the ids, and the files that gave none."""

    rules: dict[str, Rule]
    info: PackInfo
    problems: tuple[Problem, ...] = ()
    name: str = "guardrun"

    def rule(self, name: str) -> Rule:
        """A rule by id in any case. Raises `PackError` with the nearest id."""
        wanted = name.upper().replace("-", "_")
        by_name = {known.upper().replace("-", "_"): rule for known, rule in self.rules.items()}
        if name in self.rules or wanted in by_name:
            return self.rules.get(name) or by_name[wanted]
        from difflib import get_close_matches  # noqa: PLC0415  only this error needs it

        near = get_close_matches(wanted, by_name, n=1, cutoff=0.5)
        hint = f"did you mean {by_name[near[0]].id}?" if near else "guardrun rules lists them"
        raise PackError(f"there is no rule {name}", hint=hint)


def load_pack(
    path: Path,
    shown: str | None = None,
    *,
    remember: bool = True,
    foreign: Sequence[PackMapping] = (),
    name: str | None = None,
) -> Pack:
    """Load every rule file below a folder, or one file, called `shown` in errors; `remember` them for the next start.

    `foreign` says more of rules without our header than the pack itself, `name` is what the pack is called if not as it
    says. A file that gives no rule is a problem of the pack, and the other rules stand. Raises `PackError` when there
    is no rule file at all.
    """
    source = find_source(path, shown or path.as_posix(), foreign, name)
    loaded, problems = (_known if remember and path.is_dir() else _loaded)(source)
    if not loaded and not problems:
        raise PackError("there are no rules in what is to be used of this", path=source.shown)
    distinct, clashes = distinct_rules(loaded)
    rules = in_order(distinct)
    info = PackInfo(source.version, source.digest(), rules)
    return Pack(rules, info, (*problems, *clashes), source.name)


def distinct_rules(rules: Iterable[Rule]) -> tuple[list[Rule], list[Problem]]:
    """Each id once, and what clashes: results name rules by id only, and a `let` of a pack must mean one query."""
    by_id: dict[str, Rule] = {}
    lets: dict[tuple[str, str], Rule] = {}
    problems: list[Problem] = []
    for rule in rules:
        try:
            _require_distinct(rule, by_id, lets)
        except PackError as error:
            problems.append(error.as_problem())
        else:
            by_id[rule.id] = rule
            lets.update({(rule.origin, name): rule for name in rule.lets})
    return list(by_id.values()), problems


def _require_distinct(rule: Rule, rules: dict[str, Rule], lets: dict[tuple[str, str], Rule]) -> None:
    if other := rules.get(rule.id):
        hint = "leave one out: use: false for it, in guardrun-pack.yml or below foreign in the settings"
        message = f"the rule {rule.id} is already defined in {other.shown}:{other.line}"
        raise PackError(message, path=rule.shown, line=rule.line, hint=hint if rule.foreign or other.foreign else None)
    for name in rule.lets:
        first = lets.get((rule.origin, name))
        if first and rule.lets[name].split() != first.lets[name].split():
            raise PackError(f"`let {name}` means another query in {first.shown}", path=rule.shown)


def in_order(rules: Iterable[Rule]) -> dict[str, Rule]:
    """The rules by id, in the order of the categories and then of the ids."""
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: (CATEGORIES.index(rule.category), rule.id))}


def _known(source: Source) -> tuple[list[Rule], list[Problem]]:
    """The rules as they were read last time, or read now; what has problems is always read."""
    state = source.state()
    known = cached_rules(source.folder, state)
    if known is not None:
        return known, []
    rules, problems = _loaded(source)
    if not problems:
        remember_rules(source.folder, state, rules)
    return rules, problems


def _loaded(source: Source) -> tuple[list[Rule], list[Problem]]:
    """The rules of all files; what guardrun ships is always in its own form."""
    if source.bundled:
        return gathered(source.paths, lambda path: [load_rule(path, source.name_of(path))])
    from guardrun.pack.foreign import rules_of  # noqa: PLC0415  not for what is bundled

    return rules_of(source)


def gathered(paths: Iterable[Path], read: Callable[[Path], list[Rule]]) -> tuple[list[Rule], list[Problem]]:
    """The rules of files, and why some gave none."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            rules += read(path)
        except PackError as error:
            problems.append(error.as_problem())
    return rules, problems
