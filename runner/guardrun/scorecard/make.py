"""A scorecard from scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from guardrun.errors import GuardrunError
from guardrun.model import RuleInfo
from guardrun.report.counts import plural
from guardrun.scorecard.card import Card, Group, JudgedWith, RuleWords
from guardrun.scorecard.compare import compare
from guardrun.scorecard.failures import rule_words
from guardrun.scorecard.groups import Drawing, group
from guardrun.scorecard.read import Scored
from guardrun.scoring import AnswerScore

UNNAMED = "no model"
"""What answers of a model without a name are listed under."""

FEW = 10
"""Prompts below which an interval is told to be rough."""

Side = tuple[str, list[AnswerScore]]


def make_card(
    scored: Sequence[Scored],
    against: Sequence[Scored] = (),
    wanted: Sequence[tuple[str, str]] = (),
    drawing: Drawing | None = None,
    pack: Mapping[str, RuleInfo] | None = None,
) -> Card:
    """The scorecard of scores; compared with earlier ones, and models with each other, as wanted.

    Raises `GuardrunError` when what is wanted cannot be compared.
    """
    drawing = drawing or Drawing()
    answers = [one.score for one in scored]
    rules = rule_words([*answers, *(one.score for one in against)], pack or {})
    new, old = by_model(answers), by_model([one.score for one in against])
    models = tuple(group(some, rules, drawing, model=name) for name, some in new.items())
    judged_with = _judged_with([*scored, *against])
    return Card(
        seed=drawing.seed,
        resamples=drawing.resamples,
        overall=group(answers, rules, drawing),
        models=models,
        tags=tuple(_tags(answers, new, rules, drawing)),
        comparisons=tuple(compare(*sides, rules, drawing) for sides in _sides(new, old, wanted)),
        rules=rules,
        judged_with=judged_with,
        warnings=tuple(_warnings(answers, models, judged_with)),
    )


def by_model(answers: Sequence[AnswerScore]) -> dict[str, list[AnswerScore]]:
    """The answers of each model, in the order in which the models first occur."""
    found: dict[str, list[AnswerScore]] = {}
    for one in answers:
        found.setdefault(one.model if one.model is not None else UNNAMED, []).append(one)
    return found


def _tags(
    answers: Sequence[AnswerScore],
    models: Mapping[str, Sequence[AnswerScore]],
    rules: Mapping[str, RuleWords],
    drawing: Drawing,
) -> Iterator[Group]:
    """The figures of each tag: over all models and, where there are several, of each."""
    for tag in sorted({tag for one in answers for tag in one.tags}):
        yield group([one for one in answers if tag in one.tags], rules, drawing, tag=tag)
        for name, some in models.items() if len(models) > 1 else ():
            if tagged := [one for one in some if tag in one.tags]:
                yield group(tagged, rules, drawing, model=name, tag=tag)


def _sides(
    new: Mapping[str, list[AnswerScore]],
    old: Mapping[str, list[AnswerScore]],
    wanted: Sequence[tuple[str, str]],
) -> Iterator[tuple[Side, Side]]:
    """What is compared with what: as wanted, else with the earlier scores, else the only two models there are."""
    if wanted:
        for before, after in wanted:
            yield _side(before, old or new, told=bool(old)), _side(after, new)
    elif old:
        yield from _earlier(new, old)
    elif len(new) == 2:  # noqa: PLR2004
        first, second = new.items()
        yield first, second


def _side(name: str, models: Mapping[str, list[AnswerScore]], *, told: bool = False) -> Side:
    if name not in models:
        raise GuardrunError(f"there are no scores of the model {name!r}", hint=f"the models are {', '.join(models)}")
    return (f"{name}, before" if told else name), models[name]


def _earlier(new: Mapping[str, list[AnswerScore]], old: Mapping[str, list[AnswerScore]]) -> Iterator[tuple[Side, Side]]:
    """Each model with its earlier self; the only one with the only earlier one, whatever their names."""
    if len(new) == len(old) == 1:
        (after,), (before,) = new.items(), old.items()
        yield (f"{before[0]}, before" if before[0] == after[0] else before[0], before[1]), after
        return
    shared = [name for name in new if name in old]
    if not shared:
        raise GuardrunError(
            "no model is in both the scores and the earlier ones",
            hint=f"say which to compare, as in --compare {next(iter(old))!r} {next(iter(new))!r}",
        )
    yield from (((f"{name}, before", old[name]), (name, new[name])) for name in shared)


def _judged_with(scored: Sequence[Scored]) -> tuple[JudgedWith, ...]:
    counts = Counter(one.judged_with for one in scored if one.judged_with)
    return tuple(replace(made, answers=count) for made, count in counts.items())


def _warnings(
    answers: Sequence[AnswerScore], models: Sequence[Group], judged_with: Sequence[JudgedWith]
) -> Iterator[str]:
    if len(judged_with) > 1:
        made = " and ".join(f"{one.answers} with {told(one)}" for one in judged_with)
        yield f"the answers were judged with different engines or rules, so their figures do not compare: {made}"
    twice = sum(count - 1 for count in Counter((one.model, one.id) for one in answers).values())
    if twice:
        yield f"{twice} of {len(answers)} answers have the id and model of another: are they counted twice?"
    for one in models:
        if 0 < one.prompts < FEW:
            yield f"{one.model}: {plural(one.prompts, 'prompt')} can give no more than rough intervals"
        if one.unscored:
            yield f"{one.model}: {one.unscored} of {one.answers} answers could not be judged and are in no figure"


def told(made: JudgedWith) -> str:
    """The engine, the rules and what was chosen of them in a few words."""
    text = f"cfn-guard {made.engine}, rules {made.pack} ({made.pack_hash[:12]})"
    extra = [name for name in made.profiles if name != "core"]
    kinds = (("profiles core,", extra), ("select", made.select), ("ignore", made.ignore))
    return ", ".join([text, *(f"{kind} {', '.join(names)}" for kind, names in kinds if names)])
