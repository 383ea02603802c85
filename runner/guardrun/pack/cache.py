"""Rules as they were read last time: reading hundreds of files anew is half of a start.

One file below the user's cache folder for each folder of rules, valid as long as no rule file's name, size or times
have changed: of content, which tools that copy may set, and of state, which nobody can. Where it cannot be written,
rules are simply read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from zlib import crc32

from guardrun.folders import user_folder
from guardrun.pack.rule import Rule

VARIABLE = "GUARDRUN_CACHE"
"""Names another folder, or none at all when it is empty."""


def cached_rules(folder: Path, state: list[Any]) -> list[Rule] | None:
    """The rules of a folder as they were read last, or None when its state is not the same as then."""
    file = _file(folder)
    if file is None:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["state"] != state:
            return None
        return [_rule(folder, values, content["texts"]) for values in content["rules"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember_rules(folder: Path, state: list[Any], rules: Sequence[Rule]) -> None:
    """Keep rules for the next start; the text of a foreign file is there once, however many rules it has."""
    texts = {rule.path.relative_to(folder).as_posix(): rule.body for rule in rules if rule.foreign}
    content = {"state": state, "texts": texts, "rules": [_values(folder, rule) for rule in rules]}
    file = _file(folder)
    if file is not None:
        write_cache(file, json.dumps(content))


def write_cache(file: Path, text: str) -> None:
    """Write a file of the cache, if that is possible."""
    temporary = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)


def _file(folder: Path) -> Path | None:
    base = cache_folder()
    path = folder.resolve()
    return base / f"rules-{path.name[:50]}-{crc32(os.fsencode(path)):08x}.json" if base else None


def cache_folder() -> Path | None:
    """Where things are kept between starts, None where nothing is."""
    given = os.environ.get(VARIABLE)
    if given == "":
        return None
    return Path(given) if given else user_folder("XDG_CACHE_HOME", ".cache")


def _values(folder: Path, rule: Rule) -> dict[str, Any]:
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return values | {"path": rule.path.relative_to(folder).as_posix(), "body": "" if rule.foreign else rule.body}


def _rule(folder: Path, values: dict[str, Any], texts: dict[str, str]) -> Rule:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    text = {"body": texts[values["path"]]} if values["foreign"] else {}
    return Rule(**{**values, **lists, **text, "path": folder / values["path"]})
