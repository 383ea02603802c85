"""What the rules of companions mean here: their categories and severities, and which say the same as others."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a rule of a companion is here; `on` unless it is only informational."""

    category: str
    severity: str
    on: bool


@cache
def meaning(companion: str, rule: str) -> Meaning:
    """The meaning of a companion's rule, by the first pattern of its table that fits."""
    category, severity, *off = next(words for pattern, words in _table(companion) if fnmatchcase(rule, pattern))
    return Meaning(category, severity, not off)


@cache
def groups(rule: str) -> frozenset[int]:
    """The groups of rules that say the same as a rule, `companion/id` or one of the pack."""
    return frozenset(
        number for number, patterns in enumerate(_same()) if any(fnmatchcase(rule, pattern) for pattern in patterns)
    )


@cache
def _table(companion: str) -> tuple[tuple[str, list[str]], ...]:
    return tuple((pattern, text.split()) for pattern, text in _read(f"{companion}.yaml").items())


@cache
def _same() -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, _read("same.yaml")))


def _read(name: str) -> Any:
    import yaml  # noqa: PLC0415  only runs with a companion read it

    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
