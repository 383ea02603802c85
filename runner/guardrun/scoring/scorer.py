"""Answers in, scores out: extraction, the rules, and the definition of the score put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from guardrun.answers import Answer, Extraction, extract, extract_all
from guardrun.answers.project import project_of
from guardrun.config import Config
from guardrun.errors import PackError
from guardrun.job import Job
from guardrun.model import Problem, TemplateResult
from guardrun.prepare import prepare
from guardrun.request import Request
from guardrun.scoring.model import AnswerScore, Extracted
from guardrun.scoring.record import to_record
from guardrun.scoring.score import extracted, identity, score_of, without_template
from guardrun.suppress import find_suppressions

BATCH = 64
"""Templates for one engine process: parsing the rules costs as much as evaluating one or two templates."""


@dataclass(frozen=True, slots=True)
class Judging:
    """How answers are judged: the options of `guardrun score`, each None or empty for its default.

    No settings are read from the working directory, so that a number means the same everywhere; `config` names a file.
    """

    rules: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    config: str | None = None
    cfn_guard: str | None = None
    timeout: float = 60.0
    all_blocks: bool = False


class Scorer:
    """Scores answers in this process, one engine process for a few of them. Raises `GuardrunError` at the start."""

    def __init__(self, judging: Judging) -> None:
        self.all_blocks = judging.all_blocks
        self.job = _job(judging)
        self.about = _about(self.job)
        for one in self.job.pack.problems:  # a number without some of the rules would mislead
            raise PackError(one.message, path=one.path, line=one.line, column=one.column, hint=one.hint)

    def records(self, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        """The scores as JSON values, with what they were judged with."""
        return [to_record(score, self.about) for score in self.scores(answers)]

    def scores(self, answers: Sequence[Answer]) -> list[AnswerScore]:
        """The scores in order: one an answer, or with all blocks one a template."""
        found = [pair for answer in answers for pair in self._extracted(answer)]
        judged: dict[int, AnswerScore] = {}
        waiting = []
        for number, (answer, extraction) in enumerate(found):
            if isinstance(extraction, AnswerScore):
                judged[number] = extraction
            elif extraction.template is None:
                judged[number] = without_template(answer, extraction)
            else:
                waiting.append((number, answer, extraction))
        for start in range(0, len(waiting), BATCH):
            some = waiting[start : start + BATCH]
            judged.update(zip([one[0] for one in some], self._judged([one[1:] for one in some]), strict=True))
        return [judged[number] for number in range(len(found))]

    def _extracted(self, answer: Answer) -> Iterator[tuple[Answer, Extraction | AnswerScore]]:
        """The templates of an answer; a bug of ours is an error and no 0."""
        try:
            found = list(extract_all(answer)) if self.all_blocks else [extract(answer)]
            for one in found:
                name = answer.id if len(found) == 1 or not one.chosen else f"{answer.id}:{one.chosen.line}"
                yield replace(answer, id=name), one
        except Exception as error:  # noqa: BLE001  one answer must not cost the others
            yield answer, failed(answer, f"guardrun failed: {error!r}")

    def _judged(self, some: Sequence[tuple[Answer, Extraction]]) -> list[AnswerScore]:
        templates = [replace(one.template, project=project_of(one)) for _, one in some if one.template]
        results = self.job.checker.check_templates(templates, perf_counter())
        return [self._score(answer, found, result) for (answer, found), result in zip(some, results, strict=True)]

    def _score(self, answer: Answer, found: Extraction, result: TemplateResult) -> AnswerScore:
        if result.error:
            return failed(answer, result.error.message, extracted(found))
        own, faults = find_suppressions(found.template) if found.template else ([], [])
        return score_of(answer, found, result, self.job.pack.rules, len(own) + len(faults))


def failed(answer: Answer, message: str, found: Extracted | None = None) -> AnswerScore:
    """An answer that we could not judge: no number, for it is no fault of the answer's."""
    problem = Problem(message, answer.id)
    return AnswerScore(**identity(answer), extraction=found or Extracted("none"), errors=(problem,))


def _about(job: Job) -> dict[str, Any]:
    """What answers are judged with: numbers compare only where all of it is the same."""
    engine, pack, settings = job.engine.info, job.pack.info, job.config
    return {
        "engine": {"version": engine.version, "sha256": engine.sha256()},
        "pack": {
            "version": pack.version,
            "hash": pack.hash(),
            "profiles": sorted({"core", *settings.profiles}),
            "select": sorted(settings.select),
            "ignore": sorted(settings.ignore),
        },
    }


def _job(judging: Judging) -> Job:
    request = Request(
        rules=judging.rules,
        profiles=judging.profiles,
        select=judging.select,
        ignore=judging.ignore,
        config=Path(judging.config) if judging.config else Config(),
        cfn_guard=judging.cfn_guard,
        timeout=judging.timeout,
        suppress=False,
        graphs=False,
    )
    return prepare([], request)
