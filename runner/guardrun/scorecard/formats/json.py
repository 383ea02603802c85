"""JSON for programs: every key written out, described by docs/scorecard.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from guardrun.scorecard.card import CONFIDENCE, Card, Change, Comparison, Estimate, Group

SCHEMA_VERSION = 1


def render(card: Card) -> str:
    """The scorecard as one JSON document."""
    return json.dumps(to_document(card), indent=2, ensure_ascii=False) + "\n"


def to_document(card: Card) -> dict[str, Any]:
    """The scorecard as plain values, keys in a fixed order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "judged_with": [_plain(one) for one in card.judged_with],
        "warnings": list(card.warnings),
        "intervals": {"confidence": CONFIDENCE, "resamples": card.resamples, "seed": card.seed},
        "comparisons": [_comparison(one) for one in card.comparisons],
        "overall": _group(card.overall),
        "models": [_group(one) for one in card.models],
        "tags": [_group(one) for one in card.tags],
        "rules": {rule: asdict(words) for rule, words in card.rules.items()},
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "model": group.model,
        "tag": group.tag,
        "answers": group.answers,
        "unscored": group.unscored,
        "with_errors": group.with_errors,
        "prompts": group.prompts,
        "score": asdict(group.score),
        "deployable": asdict(group.deployable),
        "passed": asdict(group.passed),
        "outcomes": _estimates(group.outcomes),
        "gates": _estimates(group.gates),
        "categories": {name: asdict(one) for name, one in group.categories.items()},
        "rules": _estimates(group.rules),
        "failures": [asdict(one) for one in group.failures],
        "pass_at": [{"k": one.k, "rate": asdict(one.rate)} for one in group.pass_at],
        "suppressions": group.suppressions,
        "with_suppressions": group.with_suppressions,
        "distribution": list(group.distribution),
    }


def _estimates(some: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: asdict(one) for name, one in some.items()}


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "before": one.before,
        "after": one.after,
        "regressed": one.regressed,
        "pairs": one.pairs,
        "only_before": list(one.only_before),
        "only_after": list(one.only_after),
        "unscored": list(one.unscored),
        "score": _change(one.score),
        "deployable": _change(one.deployable),
        "passed": _change(one.passed),
        "categories": {name: _change(change) for name, change in one.categories.items()},
        "lost": [_plain(pair) for pair in one.lost],
        "gained": [_plain(pair) for pair in one.gained],
        "drops": [_plain(pair) for pair in one.drops],
        "rises": [_plain(pair) for pair in one.rises],
        "rules": [asdict(rule) for rule in one.rules],
    }


def _change(change: Change) -> dict[str, Any]:
    return {**asdict(change), "significant": change.sure}


def _plain(one: Any) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(one).items()}
