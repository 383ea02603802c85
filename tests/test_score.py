"""The definition of the score: weights, categories, coverage, gates."""

from collections.abc import Iterable

import pytest

from guardrun.answers import Answer, extract
from guardrun.model import Finding, Place, Problem, RuleInfo, TemplateResult
from guardrun.scoring import AnswerScore, from_record, to_record
from guardrun.scoring.score import score_of, without_template

WHOLE = """\
Resources:
  Jobs:
    Type: AWS::SQS::Queue
  News:
    Type: AWS::SNS::Topic
  Logs:
    Type: AWS::S3::Bucket
  Items:
    Type: AWS::DynamoDB::Table
"""
KINDS = {
    "SECURE": ("security", "high"),
    "OPEN": ("security", "low"),
    "NAMED": ("naming", "medium"),
    "SOUND": ("validity", "high"),
    "MILD": ("validity", "low"),
    "ORDERED": ("dependency", "critical"),
    "TEMPLATE_EXPLAINS_ITSELF": ("documentation", "low"),
}


def info(name: str) -> RuleInfo:
    category, severity = KINDS[name]
    types = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::DynamoDB::Table")
    return RuleInfo(
        name, category, "t", severity, "core", types, "resolved", (), (), "w", "Mend it.\n\n    Jobs: {}", (), None
    )  # fmt: skip


RULES = {name: info(name) for name in KINDS}


def finding(rule: str, line: int = 3) -> Finding:
    category, severity = KINDS[rule]
    place = Place(line, 3, line, 9)
    return Finding(
        rule, category, severity, "answer", "Jobs", "/Resources/Jobs", place, "is wrong", "Mend it.", "1", "2"
    )


def judged(
    passed: Iterable[str], failed: Iterable[str], *, text: str = WHOLE, expected: tuple[str, ...] = (), errors: int = 0
) -> AnswerScore:
    answer = Answer("answer", text, expected=expected)
    found = extract(answer)
    problems = tuple(Problem("stopped", rule="OPEN") for _ in range(errors))
    result = TemplateResult(
        "answer", passed=tuple(passed), failed=tuple(failed), findings=tuple(map(finding, failed)), rule_errors=problems
    )
    return score_of(answer, found, result, RULES, 0)


def test_a_category_is_the_severity_weighted_share_of_its_applicable_rules() -> None:
    security = judged(["SECURE"], ["OPEN"]).categories["security"]
    assert (security.applicable, security.passed, security.failed) == (2, 1, 1)
    assert security.score == pytest.approx(5 / 6, abs=1e-6)


def test_what_is_not_applicable_is_null_and_not_one() -> None:
    categories = judged(["SECURE"], []).categories
    assert categories["security"].score == 1
    assert categories["naming"].score is None


def test_categories_count_by_the_square_root_of_their_weight() -> None:
    # security weighs 5 + 1 and has 5 of them, naming weighs 2 and has none
    assert judged(["SECURE"], ["OPEN", "NAMED"]).score == pytest.approx(6**0.5 * (5 / 6) / (6**0.5 + 2**0.5), abs=1e-6)


def test_everything_right_is_one_and_everything_wrong_is_zero() -> None:
    assert judged(["SECURE", "NAMED", "SOUND"], []).score == 1
    assert judged([], ["OPEN", "NAMED"]).score == 0


def test_a_template_that_cloudformation_would_refuse_earns_half() -> None:
    refused = judged(["SECURE"], ["SOUND"])
    assert refused.share
    assert refused.score == pytest.approx(refused.share / 2, abs=1e-6)
    assert not refused.gates.valid
    assert not judged(["SECURE"], ["ORDERED"]).gates.valid
    assert judged(["SECURE"], ["MILD"]).gates.valid


def test_deployable_asks_for_dependency_and_validity_and_passed_for_all_that_is_serious() -> None:
    assert (judged(["SECURE"], ["ORDERED"]).deployable, judged(["SOUND"], ["SECURE"]).deployable) == (False, True)
    assert (judged(["SOUND"], ["SECURE"]).passed, judged(["SECURE"], ["NAMED"]).passed) == (False, True)


@pytest.mark.parametrize(("types", "score"), [(1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0)])
def test_fewer_than_four_types_cannot_earn_all(types: int, score: float) -> None:
    text = "".join(WHOLE.splitlines(keepends=True)[: 1 + 2 * types])
    assert judged(["SECURE"], [], text=text).score == score


def test_many_resources_of_one_type_are_no_whole_template() -> None:
    text = "Resources:\n" + "".join(f"  Jobs{n}:\n    Type: AWS::SQS::Queue\n" for n in range(20))
    assert judged(["SECURE"], [], text=text).score == 0.25


def test_types_that_no_rule_looks_at_cannot_fill_a_template() -> None:
    text = "Resources:\n" + "".join(f"  Own{n}:\n    Type: Custom::Own{n}\n" for n in range(4))
    assert judged(["SECURE"], [], text=text).score == 0


@pytest.mark.parametrize(
    ("condition", "score"),
    [
        ("!Equals [a, b]", 0),
        ("!And [!Equals [!Ref Stage, a], !Equals [a, b]]", 0),
        ("!Equals [!Ref Stage, prod]", 1),
        ("!Not [!Equals [a, b]]", 1),
        ("!Equals [!Ref Stage, !Ref Other]", 1),
    ],
)
def test_resources_that_are_never_there_fill_nothing(condition: str, score: float) -> None:
    text = WHOLE.replace("    Type:", "    Condition: Live\n    Type:")
    parameters = "Parameters:\n  Stage: {Type: String, AllowedValues: [dev, prod]}\n  Other: {Type: String}\n"
    assert judged(["SECURE"], [], text=f"{parameters}Conditions:\n  Live: {condition}\n{text}").score == score


def test_where_the_prompt_says_what_it_asks_for_that_counts_in_place_of_four_types() -> None:
    queue = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n"
    assert judged(["SECURE"], [], text=queue, expected=("AWS::SQS::Queue",)).score == 1
    half = judged(["SECURE"], [], expected=("AWS::SQS::Queue", "AWS::EC2::VPC"))
    assert (half.score, half.missing) == (0.5, ("AWS::EC2::VPC",))


def test_rules_that_say_nothing_of_an_answer_do_not_count() -> None:
    assert judged(["SECURE"], ["TEMPLATE_EXPLAINS_ITSELF"]) == judged(["SECURE"], [])


def test_a_rule_that_could_not_be_applied_counts_neither_way_and_is_told() -> None:
    score = judged(["SECURE"], [], errors=1)
    assert (score.score, score.categories["security"].errors) == (1, 1)
    assert [one.message for one in score.errors] == ["stopped"]


def test_when_nothing_could_be_applied_there_is_no_number() -> None:
    assert judged([], [], errors=1).score is None


def test_without_a_template_the_score_is_zero_and_the_categories_are_null() -> None:
    answer = Answer("answer", "I cannot do that.")
    score = without_template(answer, extract(answer))
    assert score.score == 0
    assert {one.score for one in score.categories.values()} == {None}
    assert not score.gates.extracted


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        ("nothing", (False, False, False)),
        ('```json\n{"Resources": {"A": {"Type": "AWS::SQS::Queue"', (False, False, False)),
        (f"```yaml\n{WHOLE}   wrong: 1\n```", (True, False, False)),
        ("```yaml\nJobs:\n  Type: AWS::SQS::Queue\n```", (True, True, False)),
    ],
)
def test_a_gate_behind_one_that_does_not_hold_does_not_hold(text: str, gates: tuple[bool, ...]) -> None:
    answer = Answer("answer", text)
    score = without_template(answer, extract(answer))
    assert (score.gates.extracted, score.gates.parsed, score.gates.cloudformation) == gates


def test_findings_have_their_lines_in_the_answer_and_in_the_template() -> None:
    answer = Answer("answer", f"Hi\n\n```yaml\n{WHOLE}```\n")
    result = TemplateResult("answer", failed=("NAMED",), findings=(finding("NAMED", 6),))
    (certificate,) = score_of(answer, extract(answer), result, RULES, 0).findings
    assert (certificate.line, certificate.template_line, certificate.found, certificate.expected) == (6, 3, "1", "2")


def test_a_record_gives_the_score_back() -> None:
    score = judged(["SECURE"], ["OPEN", "NAMED"], errors=1)
    assert from_record(to_record(score, {})) == score
