"""What a score must not be moved by, and what it must: with the rules that ship, on a whole answer."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from guardrun.answers import Answer
from guardrun.scoring import AnswerScore
from guardrun.scoring.scorer import Judging, Scorer

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parent.parent
WORKER = (ROOT / "examples/answers/worker.md").read_text(encoding="utf-8")
TOPIC = "Resources:\n  News:\n    Type: AWS::SNS::Topic\n    Properties: {KmsMasterKeyId: alias/aws/sns}\n"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(Judging())


def judged(scorer: Scorer, *texts: str) -> list[AnswerScore]:
    return scorer.scores([Answer(str(number), text) for number, text in enumerate(texts)])


def test_an_answer_without_fault_scores_one(scorer: Scorer) -> None:
    (score,) = judged(scorer, WORKER)
    assert (score.score, score.passed, score.deployable, score.findings) == (1.0, True, True, ())


def test_neither_comments_nor_metadata_nor_suppressions_nor_drafts_move_it(scorer: Scorer) -> None:
    worse = WORKER.replace("SqsManagedSseEnabled: true", "SqsManagedSseEnabled: false").replace(
        "      Timeout: 30\n", ""
    )
    texts = [
        worse,
        worse.replace("Resources:\n", "# The resources follow; each of them is there for a good reason.\nResources:\n"),
        worse.replace("Metadata:\n", "Metadata:\n  Why: [This template is built so that no job is ever lost]\n"),
        worse.replace("  FailedJobs:\n", "  FailedJobs: # guardrun: ignore SQS_* -- encrypted elsewhere\n"),
        f"{worse}\n```yaml\n{TOPIC}```\n",
        f"<think>\n```yaml\n{TOPIC * 300}```\n</think>\n{worse}",
    ]
    first, *others = judged(scorer, *texts)
    assert first.score
    assert first.score < 1
    assert [one.score for one in others] == [first.score] * len(others)
    assert [one.suppressions for one in others] == [0, 0, 1, 0, 0]


def test_the_score_falls_with_each_fault(scorer: Scorer) -> None:
    hardcoded = WORKER.replace("      SqsManagedSseEnabled: true\n", "      QueueName: jobs\n", 1)
    unbound = hardcoded.replace("Resource: !GetAtt Jobs.Arn", "Resource: '*'")
    broken = unbound.replace("!GetAtt FailedJobs.Arn", "!GetAtt Nowhere.Arn")
    scores = [one.score or 0 for one in judged(scorer, WORKER, hardcoded, unbound, broken)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_one_resource_however_right_stays_below_a_whole_answer_with_faults(scorer: Scorer) -> None:
    faulty = WORKER.replace("SqsManagedSseEnabled: true", "QueueName: jobs").replace(
        "Resource: !GetAtt", "Resource: '*' #"
    )
    alone, whole = judged(scorer, f"```yaml\n{TOPIC}```", faulty)
    assert (alone.score or 0) <= 0.25 < (whole.score or 0)


def test_tests_and_documentation_are_judged_from_the_answer(scorer: Scorer) -> None:
    without = WORKER.partition("## Deployment")[0]
    bare = without.partition("```yaml\n")[2].partition("```")[0]
    whole, no_tests, template = judged(scorer, WORKER, without, bare)
    assert "TEMPLATE_HAS_TESTS" in whole.applied_rules
    assert set(no_tests.failed_rules) - set(whole.failed_rules) == {"TEMPLATE_HAS_TESTS"}
    assert set(template.failed_rules) == {"TEMPLATE_HAS_TESTS", "PROJECT_HAS_README"}


def test_the_company_of_other_answers_does_not_matter(scorer: Scorer) -> None:
    texts = {"a": WORKER, "b": TOPIC, "c": "no", "d": WORKER.replace("Timeout: 30", "Timeout: 900")}
    alone = {name: scorer.records([Answer(name, text)])[0] for name, text in texts.items()}
    together = scorer.records([Answer(name, texts[name]) for name in "dcba"])
    assert {one["id"]: json.dumps(one) for one in together} == {name: json.dumps(one) for name, one in alone.items()}


def test_records_are_as_the_schema_says(scorer: Scorer) -> None:
    validator = Draft202012Validator(json.loads((ROOT / "docs/score.schema.json").read_text(encoding="utf-8")))
    answers = [
        Answer("a", WORKER, "m", "p", ("t",)),
        Answer("b", "no"),
        Answer("c", TOPIC, expected=("AWS::EC2::VPC",)),
    ]
    for record in scorer.records(answers):
        validator.validate(record)
