"""The figures of a scorecard, worked out by hand, and the sample that its formats are held against."""

from dataclasses import replace
from itertools import product
from operator import mul

import pytest

from guardrun.errors import GuardrunError
from guardrun.model import Problem
from guardrun.scorecard import Drawing, Scored, make_card
from guardrun.scorecard.bootstrap import SCALE, Resamples, clusters_of, draw, mean, mean_difference, totals
from guardrun.scorecard.card import Comparison, Estimate, JudgedWith
from guardrun.scorecard.pass_at import unbiased
from guardrun.scorecard.significance import holm, mcnemar, sign_flip
from guardrun.scoring import AnswerScore, CategoryScore, Certificate, Extracted, Gates

KNOWN = {
    "NO_CYCLE": ("dependency", "critical", "these resources wait for each other: A -> B -> A"),
    "PORT_CLOSED": ("security", "high", "the port is open to <everybody> | `all`"),
    "ALARM_HAS_ACTION": ("observability", "medium", "the alarm reaches nobody"),
}
MADE = JudgedWith("3.1.1", "e" * 64, "1.0", "b" * 64, ("core",))


def answer(name: str, score: float | None, failed: str = "", *, model: str | None = "old", **given) -> AnswerScore:
    """An answer to which all known rules were applied; its prompt is what stands before the # of its name."""
    rules = tuple(failed.split())
    return AnswerScore(
        **{
            "id": name,
            "model": model,
            "prompt": name.partition("#")[0],
            "score": score,
            "share": score,
            "passed": not rules,
            "deployable": "NO_CYCLE" not in rules,
            "extraction": Extracted("found"),
            "gates": Gates(True, True, True, True),
            "categories": {KNOWN[rule][0]: category(rule in rules) for rule in KNOWN},
            "applied_rules": tuple(sorted(KNOWN)),
            "failed_rules": tuple(sorted(rules)),
            "findings": tuple(map(finding, rules)),
            **given,
        }
    )


def category(failed: bool) -> CategoryScore:
    return CategoryScore(1, int(not failed), int(failed), 0, 0.0 if failed else 1.0)


def finding(rule: str) -> Certificate:
    of, severity, message = KNOWN[rule]
    return Certificate(rule, of, severity, "Thing", "/Resources/Thing", 4, 1, message, None, None, "Mend it.")


def nothing(name: str, *, model: str = "old") -> AnswerScore:
    """An answer without a template."""
    given = {"categories": {}, "applied_rules": (), "extraction": Extracted("none"), "gates": Gates()}
    return answer(name, 0.0, model=model, passed=False, deployable=False, **given)


def unjudged(name: str, *, model: str = "old") -> AnswerScore:
    return answer(name, None, model=model, errors=(Problem("guardrun failed"),))


HOSTILE = "=new <img src=x onerror=alert(1)>|`*\x1b[31m"
OLD = (
    answer("bucket#1", 0.9, "ALARM_HAS_ACTION", tags=("s3",)),
    answer("bucket#2", 0.7, "PORT_CLOSED ALARM_HAS_ACTION", tags=("s3",)),
    answer("queue", 0.4, "NO_CYCLE", tags=("sqs",), suppressions=2),
    answer("vpc", 1.0),
    nothing("table"),
    answer("retired", 0.5, "PORT_CLOSED"),
)
NEW = (
    answer("bucket#1", 1.0, model=HOSTILE, tags=("s3",)),
    answer("bucket#2", 1.0, model=HOSTILE, tags=("s3",)),
    answer("queue", 0.9, "PORT_CLOSED", model=HOSTILE, tags=("sqs",)),
    answer("vpc", 0.3, "NO_CYCLE PORT_CLOSED", model=HOSTILE),
    answer("table", 0.95, "ALARM_HAS_ACTION", model=HOSTILE),
    unjudged("queue <b>", model=HOSTILE),
)


def scored(answers: tuple[AnswerScore, ...], made: JudgedWith | None = MADE) -> tuple[Scored, ...]:
    return tuple(Scored(one, made) for one in answers)


def compared(before: tuple[AnswerScore, ...], after: tuple[AnswerScore, ...]) -> Comparison:
    (comparison,) = make_card(scored(after), scored(before), drawing=Drawing(50)).comparisons
    return comparison


def test_an_interval_of_a_constant_is_that_constant() -> None:
    assert mean(draw(4, 100, "any"), [(0, 0.3), (1, 0.3), (2, 0.3), (3, 0.3)]) == Estimate(0.3, 0.3, 0.3, 4)
    assert mean_difference(draw(2, 100, "any"), {0: SCALE // 4, 1: SCALE // 4}) == Estimate(0.25, 0.25, 0.25, 2)


def test_a_difference_that_is_nil_on_the_whole_has_an_interval_all_the_same() -> None:
    found = mean_difference(draw(2, 200, "any"), {0: SCALE, 1: -SCALE})
    assert (found.value, found.low, found.high) == (0.0, -1.0, 1.0)


def test_a_single_prompt_gives_no_interval() -> None:
    assert mean(draw(3, 100, "any"), [(1, 0.2), (1, 0.6)]) == Estimate(0.4, None, None, 2)
    assert mean_difference(draw(1, 100, "any"), {0: SCALE // 2}) == Estimate(0.5, None, None, 1)


def test_of_nothing_there_is_no_mean() -> None:
    assert mean(draw(0, 10, "any"), []) == Estimate(None, None, None, 0)


def test_the_packed_sums_are_those_of_the_draws_one_by_one() -> None:
    resamples = draw(5, 40, "seed")
    counts = [totals(resamples, {cluster: 1}) for cluster in range(5)]
    assert all(sum(drawn[number] for drawn in counts) == 5 for number in range(40))
    for parts in ({0: 3, 4: 7}, {0: 3 * SCALE, 4: 7 * SCALE}):
        naive = [sum(counts[cluster][number] * part for cluster, part in parts.items()) for number in range(40)]
        assert list(totals(resamples, parts)) == naive


def test_the_interval_is_the_percentile_interval_of_the_resampled_means() -> None:
    values = {0: 0.1, 1: 0.4, 2: 0.8, 3: 0.9}
    resamples = draw(4, 200, "seed")
    counts = [totals(resamples, {cluster: 1}) for cluster in values]
    means = sorted(sum(counts[one][number] * values[one] for one in values) / 4 for number in range(200))
    found = mean(resamples, values.items())
    assert (found.value, found.low, found.high) == pytest.approx((0.55, means[5], means[194]), abs=1e-6)


def test_a_resample_that_draws_none_of_what_counts_is_left_out() -> None:
    resamples = Resamples(2, 3, {"H": [1 << 16, 0, 3 + (2 << 16)], "Q": [1 << 64, 0, 3 + (2 << 64)]})
    assert mean(resamples, [(0, 0.5), (1, 0.7)]) == Estimate(0.6, 0.5, 0.5, 2)  # the first of two drew neither
    never = Resamples(1, 3, {"H": [0, 0, 3], "Q": [0, 0, 3]})
    assert mean(never, [(0, 0.5), (1, 0.7)]) == Estimate(0.6, None, None, 2)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    assert draw(9, 20, "1/m") == draw(9, 20, "1/m")
    assert draw(9, 20, "1/m") != draw(9, 20, "2/m")


def test_clusters_are_numbered_as_they_occur() -> None:
    assert clusters_of(["b", "a", "b", 3]) == [0, 1, 0, 2]


def test_mcnemar_of_five_to_none_is_one_in_sixteen() -> None:
    assert mcnemar(5, 0) == mcnemar(0, 5) == 0.0625
    assert mcnemar(0, 0) == mcnemar(3, 3) == 1.0
    assert mcnemar(8, 2) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar(3000, 2000) < 1e-40


def test_signs_of_five_pairs_that_all_rose_fall_so_two_times_in_32() -> None:
    assert sign_flip([1, 2, 3, 4, 5], "any") == sign_flip([-1, -2, -3, -4, -5], "any") == 2 / 32
    assert sign_flip([5, 0, 0], "any") == 1.0
    assert sign_flip([], "any") == 1.0


def test_signs_are_tried_as_the_definition_says() -> None:
    differences = [7, -3, 5, 2, -1, 4]
    all_ = [sum(map(mul, signs, differences)) for signs in product((1, -1), repeat=6)]
    assert sign_flip(differences, "any") == sum(abs(one) >= 14 for one in all_) / 64


def test_many_signs_are_drawn_and_come_near_the_exact_value() -> None:
    ones = [1] * 12 + [-1] * 8
    assert sign_flip(ones, "seed") == sign_flip(ones, "seed")
    assert sign_flip(ones, "seed") == pytest.approx(mcnemar(12, 8), abs=0.02)
    assert sign_flip([1] * 60, "seed") == 1 / 10_001


def test_holm_corrects_the_smallest_most_and_keeps_the_order() -> None:
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_pass_at_k_is_the_unbiased_estimate() -> None:
    assert unbiased(4, 2, 2) == 1 - 1 / 6
    assert unbiased(4, 2, 1) == 0.5
    assert unbiased(4, 3, 2) == 1.0
    assert unbiased(4, 0, 4) == 0.0


def test_pass_at_k_is_the_mean_over_prompts_with_enough_answers() -> None:
    answers = [answer(f"one#{number}", 1.0, "" if number < 2 else "NO_CYCLE") for number in range(4)]
    answers += [answer("two#1", 1.0), answer("two#2", 1.0)]
    (model,) = make_card(scored(tuple(answers))).models
    found = {one.k: (one.rate.value, one.rate.of) for one in model.pass_at}
    assert found == {1: (0.75, 2), 2: (pytest.approx((5 / 6 + 1) / 2, abs=1e-6), 2), 3: (1.0, 1), 4: (1.0, 1)}


def test_without_several_answers_to_a_prompt_there_is_no_pass_at_k() -> None:
    (model,) = make_card(scored((answer("one", 1.0), answer("two", 1.0)))).models
    assert model.pass_at == ()


def test_a_group_counts_judged_answers_only() -> None:
    new = make_card(scored(NEW)).models[0]
    assert (new.answers, new.unscored, new.prompts) == (6, 1, 4)
    assert new.score.value == pytest.approx(0.83)
    assert (new.passed.value, new.deployable.value) == (0.4, 0.8)
    assert (new.score.of, sum(new.distribution), new.distribution[-1]) == (5, 5, 3)


def test_a_category_is_failed_by_a_share_of_those_it_applied_to() -> None:
    old = make_card(scored(OLD)).models[0]
    assert (old.categories["security"].failure_rate.value, old.categories["security"].failure_rate.of) == (0.4, 5)
    assert old.categories["security"].score.value == 0.6
    assert (old.rules["NO_CYCLE"].value, old.rules["NO_CYCLE"].of) == (0.2, 5)
    assert old.outcomes["none"].value == pytest.approx(1 / 6, abs=1e-6)
    assert old.gates["valid"].value == pytest.approx(5 / 6, abs=1e-6)
    assert (old.suppressions, old.with_suppressions) == (2, 1)


def test_top_failures_weigh_answers_by_severity() -> None:
    old = make_card(scored(OLD)).models[0]
    assert [(one.rule, one.answers, one.weight, one.answer) for one in old.failures] == [
        ("NO_CYCLE", 1, 10, "queue"),
        ("PORT_CLOSED", 2, 10, "bucket#2"),
        ("ALARM_HAS_ACTION", 2, 4, "bucket#1"),
    ]


def test_tags_are_told_over_all_models_and_for_each() -> None:
    tags = make_card(scored(OLD + NEW)).tags
    assert [(one.tag, one.model, one.answers) for one in tags] == [
        ("s3", None, 4),
        ("s3", "old", 2),
        ("s3", HOSTILE, 2),
        ("sqs", None, 2),
        ("sqs", "old", 1),
        ("sqs", HOSTILE, 1),
    ]


def test_answers_are_paired_by_prompt_and_several_are_averaged() -> None:
    found = compared(OLD, NEW)
    assert (found.before, found.after, found.pairs) == ("old", HOSTILE, 4)
    assert (found.score.before, found.score.after) == (0.55, 0.7875)
    assert found.score.difference.value == 0.2375
    assert (found.score.rose, found.score.fell) == (3, 1)
    assert (found.only_before, found.only_after, found.unscored) == (("retired",), ("queue <b>",), ())


def test_without_prompts_answers_are_paired_by_id() -> None:
    found = compared((answer("a", 0.5, prompt=None),), (answer("a", 0.7, prompt=None), answer("b", 0.7, prompt=None)))
    assert (found.pairs, found.only_after) == (1, ("b",))


def test_an_answer_that_could_not_be_judged_makes_no_pair_and_is_told() -> None:
    found = compared((answer("a", 0.5), unjudged("b")), (unjudged("a"), answer("b", 0.5)))
    assert (found.pairs, found.unscored) == (0, ("a", "b"))


def test_what_was_lost_and_gained_is_told_with_the_rules() -> None:
    found = compared(OLD, NEW)
    (lost,) = found.lost
    assert (lost.name, lost.before, lost.after, lost.lost) == ("vpc", 1.0, 0.3, ("deployable", "passed"))
    assert lost.newly_failing == ("NO_CYCLE", "PORT_CLOSED")
    assert [(one.name, one.gained) for one in found.gained] == [
        ("table", ("deployable",)),
        ("queue", ("deployable",)),
        ("bucket", ("passed",)),
    ]
    assert [one.name for one in found.drops] == ["vpc"]
    assert [(one.rule, one.newly, one.no_longer) for one in found.rules] == [
        ("PORT_CLOSED", 2, 0),
        ("NO_CYCLE", 1, 1),
        ("ALARM_HAS_ACTION", 0, 1),
    ]


def test_rules_are_not_called_mended_where_the_template_is_gone() -> None:
    (drop,) = compared((answer("a", 0.8, "PORT_CLOSED"),), (nothing("a"),)).drops
    assert (drop.before_status, drop.after_status, drop.no_longer_failing) == ("found", "none", ())


def test_categories_are_compared_where_both_sides_could_fail_them() -> None:
    security = compared(OLD, NEW).categories["security"]
    assert (security.difference.of, security.rose, security.fell, security.p) == (3, 2, 0, 0.5)
    assert security.p_holm == 1.0
    assert (security.before, security.after) == (pytest.approx(1 / 6, abs=1e-6), pytest.approx(2 / 3, abs=1e-6))


def test_a_score_that_is_surely_lower_is_a_regression_and_so_is_a_lost_deployment() -> None:
    before = tuple(answer(f"p{number}", 0.9) for number in range(6))
    lower = tuple(answer(f"p{number}", 0.8) for number in range(6))
    assert compared(before, lower).regressed
    assert not compared(lower, before).regressed
    assert not compared(before[:5], lower[:5]).regressed
    assert compared(before[:1], (answer("p0", 0.95, "NO_CYCLE"),)).regressed


def test_two_models_are_compared_unasked_and_three_are_not() -> None:
    two = scored(OLD + NEW)
    third = scored((answer("vpc", 1.0, model="third"),))
    assert [(one.before, one.after) for one in make_card(two).comparisons] == [("old", HOSTILE)]
    assert make_card(two + third).comparisons == ()
    (asked,) = make_card(two + third, wanted=[("third", "old")]).comparisons
    assert (asked.before, asked.after, asked.pairs) == ("third", "old", 1)


def test_each_model_is_compared_with_its_earlier_self() -> None:
    card = make_card(scored(OLD + NEW), scored(OLD + NEW))
    assert [(one.before, one.after) for one in card.comparisons] == [
        ("old, before", "old"),
        (f"{HOSTILE}, before", HOSTILE),
    ]
    assert all(one.score.p == 1.0 and not one.regressed for one in card.comparisons)


def test_a_model_that_is_not_there_cannot_be_compared() -> None:
    with pytest.raises(GuardrunError, match="no scores of the model 'nobody'"):
        make_card(scored(OLD), wanted=[("old", "nobody")])
    with pytest.raises(GuardrunError, match="no model is in both"):
        make_card(scored(OLD + NEW), scored((answer("vpc", 1.0, model="third"),)))


def test_answers_without_a_model_are_a_group_too() -> None:
    card = make_card(scored((answer("a", 0.5, model=None),)))
    assert [one.model for one in card.models] == ["no model"]


def test_different_rules_are_told() -> None:
    other = scored(NEW, replace(MADE, profiles=("core", "strict"), ignore=("naming",)))
    (told, *_) = make_card(other, scored(OLD)).warnings
    assert (
        "do not compare: 6 with cfn-guard 3.1.1, rules 1.0 (bbbbbbbbbbbb), profiles core, strict, ignore naming" in told
    )
    assert make_card(scored(OLD) + scored((unjudged("a"),), None)).judged_with == (replace(MADE, answers=6),)


def test_answers_that_seem_to_be_counted_twice_are_told() -> None:
    assert "6 of 12 answers have the id and model of another" in make_card(scored(OLD + OLD)).warnings[0]


def test_a_card_of_nothing_and_one_of_nothing_judged_have_no_figures() -> None:
    assert make_card(()).overall.score == Estimate(None, None, None, 0)
    none = make_card(scored((unjudged("a"),))).models[0]
    assert (none.answers, none.unscored, none.score.value, none.rules) == (1, 1, None, {})
