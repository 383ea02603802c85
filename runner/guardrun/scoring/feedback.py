"""What to tell a model so that its next answer is better: the findings as a repair prompt, most severe first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrun.model import CATEGORIES, SEVERITIES, RuleInfo
from guardrun.scoring.model import AnswerScore, Certificate

SCHEMA_VERSION = 1
CHARACTERS = 4
"""Characters that make up about one token of English and YAML."""
PLACES = 5
"""Places of one rule to name one by one."""

ASKED = {
    "none": "Your answer has no CloudFormation template. Give the whole template in one fenced block.",
    "truncated": "Your template ends too early. Give the whole template again, shorter where you can.",
    "not-cloudformation": "What you gave is no CloudFormation template: it needs a Resources section with resources.",
    "unparseable": "Your template cannot be read. Mend it and give the whole template again.",
}
"""What to say where there is no template to mend, by the status of the extraction."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One rule to satisfy, with all places where it does not hold."""

    info: RuleInfo
    places: tuple[Certificate, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is to be mended in an answer.

    `left_out` counts the repairs that a budget of tokens left no room for; `whole` says whether the others come with
    reasons and examples.
    """

    score: AnswerScore
    repairs: tuple[Repair, ...]
    left_out: int = 0
    whole: bool = True


def feedback_on(score: AnswerScore, rules: Mapping[str, RuleInfo], tokens: int | None = None) -> Feedback:
    """What is to be mended, most severe first.

    What is longer than about so many tokens loses its reasons and examples, then its least severe repairs, but never
    the first one.
    """
    places: dict[str, list[Certificate]] = {}
    for one in score.findings:
        places.setdefault(one.rule, []).append(one)
    repairs = sorted((Repair(rules[rule], tuple(some)) for rule, some in places.items()), key=_urgency)
    feedback = Feedback(score, tuple(repairs))
    if tokens is None or estimated(text_of(feedback)) <= tokens:
        return feedback
    for most in range(len(repairs), 0, -1):
        feedback = Feedback(score, tuple(repairs[:most]), len(repairs) - most, whole=False)
        if estimated(text_of(feedback)) <= tokens:
            break
    return feedback


def _urgency(repair: Repair) -> tuple[int, int, str]:
    info = repair.info
    return SEVERITIES.index(info.severity), CATEGORIES.index(info.category), info.id


def estimated(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS)


def text_of(feedback: Feedback) -> str:
    """The repair prompt."""
    score, status = feedback.score, feedback.score.extraction.status
    if score.score is None:
        return "guardrun could not judge this answer: " + "; ".join(one.message for one in score.errors) + "\n"
    if status in ASKED:
        return f"{ASKED[status]}{_reason(score)}\n"
    missing = f"The template lacks what was asked for: {', '.join(score.missing)}.\n\n" if score.missing else ""
    if not feedback.repairs:
        untold = f" {_plural(len(score.errors), 'rule')} could not be applied." if score.errors else ""
        return missing or f"Nothing is wrong with the template, as far as guardrun can tell.{untold}\n"
    count = len(feedback.repairs) + feedback.left_out
    head = (
        f"Your CloudFormation template has {_plural(count, 'problem')}, most severe first. Mend "
        f"{'it' if count == 1 else 'them'}, keep everything else as it is, and give the whole template again in one "
        "fenced block. Lines count in your answer.\n\n"
    )
    items = "\n".join(_item(number, one, whole=feedback.whole) for number, one in enumerate(feedback.repairs, start=1))
    rest = f"\n{_plural(feedback.left_out, 'less severe problem')} left out here.\n" if feedback.left_out else ""
    return missing + head + items + rest


def to_document(feedback: Feedback) -> dict[str, Any]:
    """The same as plain values, keys in a fixed order."""
    score = feedback.score
    return {
        "schema_version": SCHEMA_VERSION,
        "id": score.id,
        "score": score.score,
        "status": score.extraction.status,
        "message": score.extraction.message,
        "missing": list(score.missing),
        "repairs": [_values(one) for one in feedback.repairs],
        "left_out": feedback.left_out,
        "errors": [one.message for one in score.errors],
        "tokens": estimated(text_of(feedback)),
    }


def _item(number: int, repair: Repair, *, whole: bool) -> str:
    info = repair.info
    head, how = f"{number}. {info.id} ({info.severity}, {info.category})", f"   How: {info.fix_line}"
    if not whole:
        return "\n".join([head, *_where(repair.places), how]) + "\n"
    example = [f"      {line}" for line in info.example.splitlines()]
    return "\n".join([head, *_where(repair.places), f"   Why: {_one_line(info.why)}", how, *example]) + "\n"


def _where(places: Sequence[Certificate]) -> Iterable[str]:
    """The places, each with what is wrong there; those beyond the first few by their lines."""
    for one in places[:PLACES]:
        compared = "".join(
            f"; {name} {value}" for name, value in (("found", one.found), ("expected", one.expected)) if value
        )
        yield f"   What: line {one.line}{f', {one.resource}' if one.resource else ''}: {one.message}{compared}"
    if more := places[PLACES:]:
        yield f"   And at lines {', '.join(str(one.line) for one in more)}"


def _values(repair: Repair) -> dict[str, Any]:
    info = repair.info
    return {
        "rule": info.id,
        "severity": info.severity,
        "category": info.category,
        "title": info.title,
        "why": _one_line(info.why),
        "fix": info.fix_line,
        "example": info.example,
        "places": [
            {
                "line": one.line,
                "template_line": one.template_line,
                "resource": one.resource,
                "path": one.path,
                "message": one.message,
                "found": one.found,
                "expected": one.expected,
            }
            for one in repair.places
        ],
    }


def _reason(score: AnswerScore) -> str:
    return f" ({score.extraction.message})" if score.extraction.message else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
