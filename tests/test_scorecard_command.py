"""`guardrun scorecard`: files in, reports and exit codes out."""

import json
from pathlib import Path

import pytest

from guardrun.cli import main
from guardrun.scoring import AnswerScore, to_record
from test_scorecard import NEW, OLD, answer, unjudged

PACK = {"version": "1.0", "hash": "b" * 64, "profiles": ["core"], "select": [], "ignore": []}
ABOUT = {"engine": {"version": "3.1.1", "sha256": "e" * 64}, "pack": PACK}


def written(path: Path, answers: tuple[AnswerScore, ...], **changes: object) -> str:
    lines = [json.dumps({**to_record(one, ABOUT), **changes}, ensure_ascii=False) for one in answers]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["scorecard", "--resamples", "20", *arguments])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


def test_scores_are_read_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, written(tmp_path / "s.jsonl", OLD), "-o", "json")
    assert code == 0
    assert json.loads(out)["overall"]["answers"] == 6


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = written(tmp_path / "s.jsonl", OLD + NEW)
    first, again, other = (run(capsys, scores, "-o", "json", "--seed", seed)[1] for seed in ("1", "1", "2"))
    assert first == again
    assert first != other


def test_no_path_gets_into_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(tmp_path / "old.jsonl", OLD), written(tmp_path / "new.jsonl", NEW)
    for name in ("console", "json", "csv", "markdown", "html"):
        assert str(tmp_path) not in run(capsys, new, "--against", old, "-o", name)[1]


def test_a_lost_deployment_fails_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(tmp_path / "old.jsonl", OLD), written(tmp_path / "new.jsonl", NEW)
    assert run(capsys, new, "--against", old)[0] == 0
    assert run(capsys, new, "--against", old, "--fail-on-regression")[0] == 1
    assert run(capsys, old, "--against", old, "--fail-on-regression")[0] == 0


def test_a_regression_needs_something_earlier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = written(tmp_path / "s.jsonl", OLD + NEW)
    code, _, err = run(capsys, scores, "--fail-on-regression")
    assert (code, "which scores are the earlier ones" in err) == (2, True)


def test_nothing_compared_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path / "old.jsonl", (answer("else", 0.5),))
    new = written(tmp_path / "new.jsonl", (answer("vpc", 0.5), unjudged("else")))
    code, out, err = run(capsys, new, "--against", old, "--fail-on-regression", "-o", "console")
    assert code == 2
    assert "1 prompt not judged on one side: else" in out
    assert "nothing was compared" in err


def test_different_packs_are_told_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = written(tmp_path / "old.jsonl", OLD, pack={**PACK, "version": "0.9"})
    code, out, err = run(capsys, written(tmp_path / "new.jsonl", NEW), "--against", old, "-o", "markdown")
    assert code == 0
    assert "do not compare" in out
    assert "guardrun: warning: the answers were judged with different engines or rules" in err


def test_a_text_with_any_line_separator_stays_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = written(tmp_path / "s.jsonl", (answer("vpc", 0.5, prompt="a\u2028b\u0085c"),))
    assert run(capsys, scores)[0] == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "this line is no JSON"),
        ("[]", "a score is a JSON object"),
        ("{}", "this is no score"),
        ({"score": 1.5}, "wrong value of score"),
        ({"score": float("nan")}, "wrong value of score"),
        ({"passed": "yes", "tags": "one"}, "wrong value of tags, passed"),
        ({"findings": [{"rule": 1}]}, "this is no score"),
        ({"engine": {}}, "wrong value of engine"),
        ({"pack": {"version": "1.0", "hash": "b"}}, "wrong value of pack"),
        ({"schema_version": 2}, "schema version 2"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str | dict[str, object], told: str
) -> None:
    path = tmp_path / "s.jsonl"
    good = to_record(answer("a", 0.5), ABOUT)
    bad = line if isinstance(line, str) else json.dumps({**good, **line})
    path.write_text(f"{json.dumps(good)}\n\n{bad}\n", encoding="utf-8")
    code, out, err = run(capsys, str(path))
    assert (code, out) == (2, "")
    assert f"{path.as_posix()}:3" in err
    assert told in err
    assert "hint:" in err


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "not one score"), (b"\xff\xfe", "not UTF-8"), (None, "cannot read")]
)
def test_a_file_without_scores_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    path = tmp_path / "s.jsonl"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run(capsys, str(path))
    assert (code, told in err) == (2, True)


def test_two_reports_cannot_share_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = written(tmp_path / "s.jsonl", OLD)
    assert run(capsys, scores, "-o", "json", "-o", "csv")[0] == 2


def test_a_model_to_compare_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, written(tmp_path / "s.jsonl", OLD), "--compare", "old", "new")
    assert code == 2
    assert "no scores of the model 'new'" in err
    assert "hint: the models are old" in err
