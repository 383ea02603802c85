"""Rules as they were read last time: reading hundreds of files anew is half of a start.

One file below the user's cache folder for each folder of rules, valid as long as no rule file's name, size or time has
changed. Where it cannot be written, rules are simply read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import guardrun
from guardrun.pack.rule import Rule

VARIABLE = "GUARDRUN_CACHE"
"""Names another folder, or none at all when it is empty."""


def cached_rules(folder: Path, shown: str, paths: Sequence[Path]) -> list[Rule] | None:
    """The rules of these files as they were read last, or None when anything has changed since."""
    file = _file(folder)
    if file is None:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["state"] != _state(folder, shown, paths):
            return None
        return [_rule(folder, values) for values in content["rules"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_rules(folder: Path, shown: str, paths: Sequence[Path], rules: Sequence[Rule]) -> None:
    """Keep rules for the next start."""
    file = _file(folder)
    if file is None:
        return
    content = {"state": _state(folder, shown, paths), "rules": [_values(folder, rule) for rule in rules]}
    temporary = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(file)


def _file(folder: Path) -> Path | None:
    given = os.environ.get(VARIABLE)
    base = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "guardrun")
    name = "-".join(folder.resolve().parts[1:]).replace(" ", "_")[-150:]
    return None if given == "" else base / f"rules-{name}.json"


def _state(folder: Path, shown: str, paths: Sequence[Path]) -> list[Any]:
    """What must be the same for the rules to be: the program, the names, sizes and times of all files."""
    stats = [(path.relative_to(folder).as_posix(), path.stat()) for path in paths]
    return [guardrun.__version__, shown, *([name, stat.st_size, stat.st_mtime_ns] for name, stat in stats)]


def _values(folder: Path, rule: Rule) -> dict[str, Any]:
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return values | {"path": rule.path.relative_to(folder).as_posix()}


def _rule(folder: Path, values: dict[str, Any]) -> Rule:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Rule(**{**values, **lists, "path": folder / values["path"]})
