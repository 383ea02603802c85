"""The inside of a worker of the pool: answers a question, scores an answer."""

from __future__ import annotations

import gc
import json
from typing import Any

from guardrun.answers import Answer
from guardrun.errors import GuardrunError
from guardrun.partner import answer_questions, open_streams
from guardrun.scoring.scorer import Judging, Scorer


def serve(judging: str) -> None:
    """Score until the questions end; why nothing can be scored is an answer, too."""
    streams = open_streams()
    gc.set_threshold(50_000)
    try:
        scorer = Scorer(judging_of(json.loads(judging)))
    except GuardrunError as error:
        fault = error.as_values()
        answer_questions(streams, lambda _: {"error": fault})
    answer_questions(streams, lambda question: {"records": scorer.records([_answer(one) for one in question])})


def judging_of(values: dict[str, Any]) -> Judging:
    """What `dataclasses.asdict` made of a `Judging`, after it went through JSON."""
    return Judging(**_with_tuples(values))


def _answer(values: dict[str, Any]) -> Answer:
    return Answer(**_with_tuples(values))


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
