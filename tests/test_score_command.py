"""`guardrun score` and `guardrun feedback`: answers in, records and repair prompts out."""

import json
from pathlib import Path
from typing import Any

import pytest

from project import BAD, GOOD, guardrun, small_project

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def _in_a_folder_with_rules_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_project()
    Path("good.md").write_text(f"Here:\n```yaml\n{GOOD}```\n")
    Path("bad.md").write_text(f"Here:\n```yaml\n{BAD}```\n")


def records(*arguments: str, stdin: str = "") -> list[dict[str, Any]]:
    done = guardrun("score", *arguments, "--rules", "rules", "-o", "jsonl", stdin=stdin)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_answer_gives_a_record() -> None:
    good, bad = records("good.md", "bad.md")
    assert (good["id"], good["score"], bad["score"]) == ("good.md", 0.25, 0)
    assert bad["failed_rules"] == ["BUCKET_NAMED"]
    (finding,) = bad["findings"]
    assert (finding["line"], finding["template_line"], finding["resource"]) == (4, 2, "Logs")
    assert good["pack"]["profiles"] == ["core"]
    assert len(good["engine"]["sha256"]) == 64


def test_json_lines_come_from_standard_input_too() -> None:
    lines = json.dumps({"id": "a", "model": "m", "response": f"```yaml\n{GOOD}```"}) + "\n"
    (record,) = records("-", "--stdin-filename", "answers.jsonl", "--tag", "network", stdin=lines)
    assert (record["id"], record["model"], record["tags"]) == ("a", "m", ["network"])


def test_a_json_array_comes_from_standard_input_too() -> None:
    array = json.dumps([{"id": "a", "response": GOOD}, {"id": "b", "response": BAD}])
    found = records("-", "--stdin-filename", "answers.json", stdin=array)
    assert [one["id"] for one in found] == ["a", "b"]
    broken = guardrun("score", "-", "--stdin-filename", "answers.json", stdin="[{]")
    assert (broken.returncode, "answers.json:1:3" in broken.stderr) == (2, True)


def test_all_blocks_are_judged_under_their_lines() -> None:
    Path("both.md").write_text(f"```yaml\n{GOOD}```\n```yaml\n{BAD}```\n")
    assert [(one["id"], one["score"]) for one in records("both.md", "--all-blocks")] == [
        ("both.md:2", 0.25),
        ("both.md:9", 0),
    ]


def test_suppressions_of_a_model_are_counted_and_ignored() -> None:
    Path("bad.md").write_text(f"```yaml\n{BAD}    # guardrun: ignore BUCKET_NAMED -- the user will not mind\n```\n")
    (record,) = records("bad.md")
    assert (record["score"], record["suppressions"]) == (0, 1)


def test_settings_of_the_folder_do_not_count() -> None:
    Path(".guardrun.yml").write_text("ignore: [BUCKET_NAMED]\n")
    (record,) = records("bad.md")
    assert record["failed_rules"] == ["BUCKET_NAMED"]


def test_all_formats_are_of_one_evaluation() -> None:
    outputs = [f"-o{name}:out.{name}" for name in ("console", "jsonl", "json", "csv")]
    done = guardrun("score", "good.md", "bad.md", "--rules", "rules", *outputs)
    assert (done.returncode, done.stdout) == (0, "")
    assert [one["id"] for one in json.loads(Path("out.json").read_text())] == ["good.md", "bad.md"]
    head, first, second = Path("out.csv").read_text().splitlines()
    assert head.startswith("id,model,prompt,score,")
    assert (first.split(",")[3], second.split(",")[3]) == ("0.25", "0.0")
    assert "2 answers, mean score 0.125: 2 passed; 2 deployable" in Path("out.console").read_text()


def test_the_mean_may_be_asked_to_reach_something() -> None:
    assert guardrun("score", "good.md", "bad.md", "--rules", "rules", "--fail-under", "0.2").returncode == 1
    assert guardrun("score", "good.md", "--rules", "rules", "--fail-under", "0.2").returncode == 0


def test_what_cannot_be_read_is_told_and_the_rest_is_judged() -> None:
    Path("answers.jsonl").write_text('{"response": "nothing"}\n{oops\n')
    done = guardrun("score", "answers.jsonl", "missing.md", "--rules", "rules", "-o", "jsonl")
    assert done.returncode == 2
    assert [json.loads(line)["extraction"]["status"] for line in done.stdout.splitlines()] == ["none"]
    assert "answers.jsonl:2" in done.stderr
    assert "missing.md: cannot read the answers" in done.stderr


def test_rules_that_cannot_be_loaded_keep_a_score_from_being_given() -> None:
    Path("rules/naming/broken.guard").write_text("# title: x\n# severity: oops\nrule BROKEN { A exists }\n")
    done = guardrun("score", "good.md", "--rules", "rules")
    assert (done.returncode, done.stdout) == (2, "")
    assert "broken.guard" in done.stderr


def test_our_own_failure_is_null_and_no_zero() -> None:
    Path("engine").write_text('#!/bin/sh\n[ "$1" = --version ] && echo cfn-guard 3.1.1 && exit 0\nexit 70\n')
    Path("engine").chmod(0o755)
    done = guardrun("score", "good.md", "--rules", "rules", "--cfn-guard", "./engine", "-o", "jsonl")
    record = json.loads(done.stdout)
    assert (done.returncode, record["score"]) == (2, None)
    assert "exit code 70" in record["errors"][0]["message"]


def test_feedback_says_what_where_and_how() -> None:
    done = guardrun("feedback", "bad.md", "--rules", "rules")
    assert done.returncode == 1
    assert "1. BUCKET_NAMED (medium, naming)" in done.stdout
    assert "What: line 4, Logs: the bucket has no name" in done.stdout
    assert "How: Mend it." in done.stdout


def test_feedback_on_a_good_answer_is_short() -> None:
    done = guardrun("feedback", "good.md", "--rules", "rules")
    assert (done.returncode, done.stdout) == (0, "Nothing is wrong with the template, as far as guardrun can tell.\n")


def test_feedback_is_there_for_programs_too() -> None:
    done = guardrun("feedback", "-", "--rules", "rules", "-o", "json", "--expect", "AWS::SQS::Queue", stdin=BAD)
    told = json.loads(done.stdout)
    assert [one["rule"] for one in told["repairs"]] == ["BUCKET_NAMED"]
    assert told["missing"] == ["AWS::SQS::Queue"]
    assert told["repairs"][0]["places"][0]["line"] == 2


def test_feedback_asks_for_a_template_where_there_is_none() -> None:
    assert "has no CloudFormation template" in guardrun("feedback", "-", stdin="Hello").stdout
