"""All rules of a folder, each checked against the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import guardrun
from guardrun.errors import PackError
from guardrun.model import CATEGORIES, PackInfo, Problem
from guardrun.pack.cache import cached_rules, remember_rules
from guardrun.pack.rule import Rule, load_rule

PACKAGE = Path(guardrun.__file__).parent
CHECKOUT = PACKAGE.parent.parent


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules by id, in the order of the categories and then of the ids, and the files that gave none."""

    rules: dict[str, Rule]
    info: PackInfo
    problems: tuple[Problem, ...] = ()

    def rule(self, name: str) -> Rule:
        """A rule by id in any case. Raises `PackError` with the nearest id."""
        wanted = name.upper().replace("-", "_")
        if wanted in self.rules:
            return self.rules[wanted]
        from difflib import get_close_matches  # noqa: PLC0415  only this error needs it

        near = get_close_matches(wanted, self.rules, n=1, cutoff=0.5)
        raise PackError(
            f"there is no rule {name}", hint=f"did you mean {near[0]}?" if near else "guardrun rules lists them"
        )


def bundled_rules() -> Path:
    """The folder of the rules that guardrun ships: in the package, or in the checkout of an editable install."""
    return _bundled("guard-rules")


def bundled_tests() -> Path:
    """The folder of the shipped rules' tests."""
    return _bundled("rule-tests")


def _bundled(folder: str) -> Path:
    shipped = PACKAGE / folder
    return shipped if shipped.is_dir() else CHECKOUT / folder


def load_pack(folder: Path, shown: str | None = None, *, remember: bool = True) -> Pack:
    """Load every `.guard` file below `folder`, called `shown` in errors; `remember` them for the next start.

    A file that gives no rule is a problem of the pack, and the other rules stand. Raises `PackError` when there is no
    rule file at all.
    """
    shown = shown or folder.as_posix()
    paths = sorted(folder.rglob("*.guard"))
    if not paths:
        raise PackError("there are no rules (*.guard) in this folder", path=shown)
    loaded, problems = (_known if remember else _loaded)(folder, shown, paths)
    ordered = sorted(loaded, key=lambda rule: (CATEGORIES.index(rule.category), rule.id))
    digest = partial(_digest, folder, paths)
    rules = {rule.id: rule for rule in ordered}
    return Pack(rules, PackInfo(guardrun.__version__, digest, rules), tuple(problems))


def _known(folder: Path, shown: str, paths: list[Path]) -> tuple[list[Rule], list[Problem]]:
    """The rules as they were read last time, or read now; what has problems is always read."""
    known = cached_rules(folder, shown, paths)
    if known is not None:
        return known, []
    rules, problems = _loaded(folder, shown, paths)
    if not problems:
        remember_rules(folder, shown, paths, rules)
    return rules, problems


def _loaded(folder: Path, shown: str, paths: list[Path]) -> tuple[list[Rule], list[Problem]]:
    rules: dict[str, Rule] = {}
    lets: dict[str, Rule] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            rule = load_rule(path, f"{shown}/{path.relative_to(folder).as_posix()}")
            _require_distinct(rule, rules, lets)
        except PackError as error:
            problems.append(error.as_problem())
        else:
            rules[rule.id] = rule
            lets.update(dict.fromkeys(rule.lets, rule))
    return list(rules.values()), problems


def _require_distinct(rule: Rule, rules: dict[str, Rule], lets: dict[str, Rule]) -> None:
    """Linking puts rules into one text: an id must be there once, and a `let` mean one query.

    `rules` are those so far by id, `lets` a rule for each name of a `let`.
    """
    if rule.id in rules:
        raise PackError(f"the rule {rule.id} is already defined in {rules[rule.id].shown}", path=rule.shown)
    for name in rule.lets.keys() & lets.keys():
        if rule.lets[name].split() != lets[name].lets[name].split():
            raise PackError(f"`let {name}` means another query in {lets[name].shown}", path=rule.shown)


def _digest(folder: Path, paths: list[Path]) -> str:
    from hashlib import sha256  # noqa: PLC0415  slow to import, and not every report shows it

    digest = sha256()
    for path in paths:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
