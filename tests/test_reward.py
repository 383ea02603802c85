"""Rewards: what a trainer gets, from workers that stay warm."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import guardrun
from guardrun.answers import Answer
from guardrun.scoring.pool import Pool
from guardrun.scoring.scorer import Judging
from project import BAD, GOOD, rule, small_project

pytestmark = pytest.mark.engine

FULL = """\
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties: {BucketName: logs}
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Key: {Type: AWS::KMS::Alias}
"""
OTHERS = """
let others = Resources.*[ Type in ['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::KMS::Alias'] ]

rule OTHERS_THERE when %others !empty {
  %others { Type exists }
}
"""


@pytest.fixture(autouse=True)
def _in_a_folder_with_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_project()
    rule("others", OTHERS, kind="AWS::SQS::Queue, AWS::SNS::Topic, AWS::KMS::Alias")


@pytest.fixture
def pool() -> Pool:
    return Pool(Judging(rules=("rules",)), jobs=2)


def scores(pool: Pool, *texts: str) -> list[float | None]:
    return [record["score"] for record in pool.records([Answer(str(n), text) for n, text in enumerate(texts)])]


def test_each_completion_has_its_reward_in_order() -> None:
    reward = guardrun.rewarder(rules=["rules"], jobs=2)
    assert reward([FULL, BAD, "no", GOOD]) == [1.0, 0.0, 0.0, 0.25]


def test_a_completion_may_be_a_chat() -> None:
    reward = guardrun.rewarder(rules=["rules"], jobs=1)
    chat = [{"role": "user", "content": BAD}, {"role": "assistant", "content": FULL}]
    assert reward([chat, [{"role": "assistant", "content": FULL}]], prompts=["a", "b"]) == [1.0, 1.0]


def test_a_completion_of_an_unknown_form_is_an_error_and_no_0() -> None:
    reward = guardrun.rewarder(rules=["rules"], jobs=1)
    with pytest.raises(guardrun.GuardrunError, match="completion 2 is of an unknown form: bytes"):
        reward([FULL, FULL.encode()])
    assert reward([[{"role": "user", "content": "only asked"}], None]) == [0.0, 0.0]


def test_no_workers_are_an_error() -> None:
    with pytest.raises(guardrun.GuardrunError, match="-1 workers"):
        guardrun.rewarder(jobs=-1)


def test_the_column_of_expected_resources_counts() -> None:
    reward = guardrun.rewarder(rules=["rules"], jobs=1)
    expected = [["AWS::S3::Bucket"], ["AWS::S3::Bucket", "AWS::EC2::VPC"], None]
    assert reward([GOOD, GOOD, GOOD], expected_resources=expected) == [1.0, 0.5, 0.25]


def test_expected_resources_may_be_texts_and_must_be_as_many_as_the_completions() -> None:
    reward = guardrun.rewarder(rules="rules", select="naming", jobs=1)
    assert reward([GOOD, GOOD], expected_resources=["AWS::EC2::VPC", "AWS::S3::Bucket"]) == [0.0, 1.0]
    assert reward([GOOD, GOOD], expected_resources="AWS::S3::Bucket") == [1.0, 1.0]
    with pytest.raises(guardrun.GuardrunError, match="1 entries for 2 completions"):
        reward([GOOD, GOOD], expected_resources=[["AWS::S3::Bucket"]])
    assert guardrun.score(GOOD, expected_resources="AWS::EC2::VPC", rules="rules").missing == ("AWS::EC2::VPC",)


def test_a_category_is_a_reward_of_its_own() -> None:
    naming, security = (guardrun.rewarder(category=name, rules=["rules"], jobs=1) for name in ("naming", "security"))
    assert naming([FULL, BAD, "no"]) == [1.0, 0.0, 0.0]
    assert security([FULL, "no"]) == [None, 0.0]
    assert naming.__name__ == "guardrun_naming"  # type: ignore[attr-defined]
    with pytest.raises(guardrun.GuardrunError, match="there is no category 'nam'"):
        guardrun.rewarder(category="nam")


def test_threads_share_the_workers(pool: Pool) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: scores(pool, FULL, BAD), range(8)))
    assert found == [[1.0, 0.0]] * 8


def test_a_worker_that_was_killed_is_replaced(pool: Pool) -> None:
    assert scores(pool, FULL) == [1.0]
    for partner in pool.team._running.values():  # noqa: SLF001  there is no other way to hurt it
        os.kill(partner.process.pid, signal.SIGKILL)
        partner.process.wait()
    assert scores(pool, FULL, BAD) == [1.0, 0.0]


def test_a_closed_pool_starts_anew(pool: Pool) -> None:
    assert scores(pool, FULL) == [1.0]
    pool.close()
    assert scores(pool, FULL) == [1.0]


def test_who_stops_reading_does_not_wait_for_what_is_under_way() -> None:
    Path("engine").write_text('#!/bin/sh\n[ "$1" = --version ] && echo cfn-guard 3.1.1 && exit 0\nexec sleep 50\n')
    Path("engine").chmod(0o755)
    pool = Pool(Judging(rules=("rules",), cfn_guard="./engine"), jobs=2)
    records = pool.records([Answer("quick", "no"), Answer("slow", FULL)])
    assert next(records)["id"] == "quick"
    began = time.monotonic()
    records.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 10


def test_what_keeps_everything_from_being_judged_is_an_error() -> None:
    with pytest.raises(guardrun.GuardrunError, match="nowhere"):
        guardrun.rewarder(rules=["nowhere"])(["text"])


def test_many_answers_come_in_order(pool: Pool) -> None:
    found = list(pool.records(Answer(str(number), GOOD if number % 2 else BAD) for number in range(70)))
    assert [(one["id"], one["score"]) for one in found] == [(str(n), 0.25 * (n % 2)) for n in range(70)]


def test_a_failure_of_ours_is_none_and_told() -> None:
    Path("engine").write_text('#!/bin/sh\n[ "$1" = --version ] && echo cfn-guard 3.1.1 && exit 0\nexit 70\n')
    Path("engine").chmod(0o755)
    reward = guardrun.rewarder(rules=["rules"], cfn_guard="./engine", jobs=1)
    with pytest.warns(UserWarning, match="exit code 70"):
        assert reward([FULL, "no"]) == [None, 0.0]


def test_a_program_that_uses_rewards_ends_quietly() -> None:
    program = textwrap.dedent(f"""
        import guardrun
        print(guardrun.rewarder(rules=["rules"], jobs=2)([{FULL!r}]))
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[1.0]\n", "")


def test_a_score_and_its_feedback_come_from_python_too() -> None:
    score = guardrun.score(f"```yaml\n{BAD}```", rules="rules")
    assert (score.score, score.failed_rules) == (0.0, ("BUCKET_NAMED",))
    assert "BUCKET_NAMED" in guardrun.feedback(BAD, rules="rules")
