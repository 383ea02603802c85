"""Scores as JSON values and back, described by docs/score.schema.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from guardrun.errors import GuardrunError
from guardrun.model import CATEGORIES, Problem
from guardrun.scoring.model import AnswerScore, CategoryScore, Certificate, Extracted, Gates

SCHEMA_VERSION = 1
Record = TypeVar("Record")


def to_record(score: AnswerScore, about: Mapping[str, Any]) -> dict[str, Any]:
    """A score as plain values, keys in a fixed order; `about` has the `engine` and `pack` that it was judged with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": score.id,
        "model": score.model,
        "prompt": score.prompt,
        "tags": list(score.tags),
        "extraction": _plain(score.extraction),
        "gates": _plain(score.gates),
        "categories": {name: _plain(score.categories[name]) for name in CATEGORIES if name in score.categories},
        "score": score.score,
        "share": score.share,
        "coverage": score.coverage,
        "passed": score.passed,
        "deployable": score.deployable,
        "resources": dict(sorted(score.resources.items())),
        "missing": list(score.missing),
        "suppressions": score.suppressions,
        "applied_rules": list(score.applied_rules),
        "failed_rules": list(score.failed_rules),
        "findings": [_plain(one) for one in score.findings],
        "errors": [_plain(one) for one in score.errors],
        "engine": about.get("engine"),
        "pack": about.get("pack"),
    }


def from_record(record: Mapping[str, Any], path: str | None = None, line: int | None = None) -> AnswerScore:
    """The score that a record holds; `path` and `line` are for the `GuardrunError` when it holds none."""
    try:
        if record["schema_version"] != SCHEMA_VERSION:
            raise GuardrunError(
                f"the record has schema version {record['schema_version']}, not {SCHEMA_VERSION}", path=path, line=line
            )
        plain = (
            "id",
            "model",
            "prompt",
            "score",
            "share",
            "coverage",
            "passed",
            "deployable",
            "resources",
            "suppressions",
        )
        lists = ("tags", "missing", "applied_rules", "failed_rules")
        values: dict[str, Any] = {name: record[name] for name in plain}
        values |= {name: tuple(record[name]) for name in lists}
        return AnswerScore(
            extraction=_made(Extracted, record["extraction"]),
            gates=_made(Gates, record["gates"]),
            categories={name: _made(CategoryScore, one) for name, one in record["categories"].items()},
            findings=tuple(_made(Certificate, one) for one in record["findings"]),
            errors=tuple(_made(Problem, one) for one in record["errors"]),
            **values,
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise GuardrunError(
            f"this is no score of guardrun's: {error!r}",
            path=path,
            line=line,
            hint="guardrun score -o jsonl writes them",
        ) from error


def _plain(one: Any) -> dict[str, Any]:
    """The fields of a dataclass whose values are plain already: `asdict` would copy each of them."""
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _made(kind: type[Record], values: Mapping[str, Any]) -> Record:
    return kind(**{field.name: values[field.name] for field in fields(kind)})  # type: ignore[arg-type]
