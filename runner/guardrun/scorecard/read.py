"""Scores from files of JSON lines; a line that is no score is an error that names it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardrun.errors import GuardrunError
from guardrun.scorecard.card import JudgedWith
from guardrun.scoring import AnswerScore, from_record

HINT = "guardrun score -o jsonl writes such lines, one score each"
Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Scored:
    """A score, and what it was judged with; None where guardrun did not come so far."""

    score: AnswerScore
    judged_with: JudgedWith | None = None


def read_scores(paths: Sequence[Path]) -> tuple[Scored, ...]:
    """The scores of all these files in order; `-` is standard input. Raises `GuardrunError`."""
    found = tuple(one for path in paths for one in _scores(_text(path), path.as_posix()))
    if not found:
        raise GuardrunError("there is not one score", path=", ".join(path.as_posix() for path in paths), hint=HINT)
    return found


def _text(path: Path) -> str:
    try:
        if path.as_posix() == "-":
            import sys  # noqa: PLC0415  files are the rule

            return sys.stdin.buffer.read().decode("utf-8-sig")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise GuardrunError(f"cannot read the scores: {error.strerror}", path=path.as_posix()) from error
    except UnicodeDecodeError as error:
        raise GuardrunError(f"the scores are not UTF-8: {error}", path=path.as_posix(), hint=HINT) from error


def _scores(text: str, name: str) -> Iterator[Scored]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _scored(line, name, number)


def _scored(line: str, name: str, number: int) -> Scored:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", None)
        message = f"this line is no JSON: {error}"
        raise GuardrunError(message, path=name, line=number, column=column, hint=HINT) from error
    if not isinstance(record, dict):
        raise GuardrunError("a score is a JSON object", path=name, line=number, hint=HINT)
    try:
        score = from_record(record, name, number)
    except GuardrunError as error:
        error.hint = error.hint or "judge the answers anew with this guardrun"
        raise
    if wrong := [key for key, right in RIGHT.items() if not right(record.get(key))]:
        raise GuardrunError(f"wrong value of {', '.join(wrong)}", path=name, line=number, hint=HINT)
    return Scored(score, _judged_with(record["engine"], record["pack"]))


def _judged_with(engine: Mapping[str, Any] | None, pack: Mapping[str, Any] | None) -> JudgedWith | None:
    if engine is None or pack is None:
        return None
    profiles, select, ignore = (tuple(pack[name]) for name in ("profiles", "select", "ignore"))
    return JudgedWith(engine["version"], engine["sha256"], pack["version"], pack["hash"], profiles, select, ignore)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _or_none(right: Check) -> Check:
    return lambda value: value is None or right(value)


def _each(right: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(right, value))


def _having(**keys: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(right(value.get(key)) for key, right in keys.items())


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _are_categories(value: Any) -> bool:
    right = _having(applicable=_is_count, failed=_is_count, score=_or_none(_is_share))
    return isinstance(value, dict) and all(map(right, value.values()))


RIGHT: Mapping[str, Check] = {
    "id": _is_text,
    "model": _or_none(_is_text),
    "prompt": _or_none(_is_text),
    "tags": _each(_is_text),
    "extraction": _having(status=_is_text),
    "gates": _having(extracted=_is_bool, parsed=_is_bool, cloudformation=_is_bool, valid=_is_bool),
    "categories": _are_categories,
    "score": _or_none(_is_share),
    "passed": _is_bool,
    "deployable": _is_bool,
    "suppressions": _is_count,
    "applied_rules": _each(_is_text),
    "failed_rules": _each(_is_text),
    "findings": _each(_having(rule=_is_text, category=_is_text, severity=_is_text, message=_is_text)),
    "engine": _or_none(_having(version=_is_text, sha256=_is_text)),
    "pack": _or_none(
        _having(
            version=_is_text, hash=_is_text, profiles=_each(_is_text), select=_each(_is_text), ignore=_each(_is_text)
        )
    ),
}
"""What a scorecard reads of a record, and what it must be for the figures to be right."""
