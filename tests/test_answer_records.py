"""Answers from files: Markdown, JSON lines in the forms that evaluations write, templates."""

import json
from pathlib import Path
from typing import Any

import pytest

from guardrun.answers import Answer, Fields, read_answers
from guardrun.answers.discover import find_answers
from guardrun.answers.records import answers_of_lines
from guardrun.errors import GuardrunError
from guardrun.model import Problem


def read(*records: Any, fields: Fields | None = None) -> list[Answer | Problem]:
    lines = "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)
    return list(answers_of_lines(lines, "answers.jsonl", fields or Fields()))


def test_a_record_has_id_model_prompt_and_response() -> None:
    (answer,) = read(
        {
            "id": 7,
            "model": "m",
            "prompt": "p",
            "response": "r",
            "tags": ["network"],
            "expected_resources": ["AWS::EC2::VPC"],
        }
    )
    assert answer == Answer("7", "r", "m", "p", ("network",), ("AWS::EC2::VPC",))


def test_a_record_without_an_id_is_called_by_its_line() -> None:
    assert [one.id for one in read({"response": "a"}, "", {"response": "b"}) if isinstance(one, Answer)] == [
        "answers.jsonl:1",
        "answers.jsonl:3",
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"completion": "text"},
        {"output": "text"},
        {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "text"}]},
        {"completion": [{"role": "assistant", "content": "text"}]},
        {
            "response": [
                {"role": "assistant", "content": [{"type": "text", "text": "te"}, {"type": "text", "text": "xt"}]}
            ]
        },
        {"response": {"body": {"choices": [{"message": {"role": "assistant", "content": "text"}}]}}},
        {"choices": [{"message": {"role": "assistant", "content": "text"}}]},
        {"response": {"content": [{"type": "text", "text": "text"}]}},
        {"response": [{"type": "text", "text": "te"}, {"type": "text", "text": "xt"}]},
        {
            "output": [
                {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hm"}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "text"}]},
            ]
        },
    ],
)
def test_answers_come_in_many_forms(record: dict[str, Any]) -> None:
    (answer,) = read(record)
    assert isinstance(answer, Answer)
    assert answer.text == "text"


FILE = {"path": "stack.yaml", "content": "Resources:\n  A: 1\n"}
SHOWN = "done\n\n```yaml stack.yaml\nResources:\n  A: 1\n```\n"

ADDED = "*** Begin Patch\n*** Add File: stack.yaml\n+Resources:\n+  A: 1\n*** End Patch"
UPDATED = """*** Begin Patch
*** Update File: old.yaml
*** Move to: stack.yaml
@@ Resources:
-  A: 0
+  A: 1
@@

-Outputs:
-  B: 1
*** Update File: unknown.yaml
@@
+Resources:
*** End Patch"""


@pytest.mark.parametrize(
    "record",
    [
        {"content": "done", "tool_calls": [{"function": {"name": "write", "arguments": json.dumps(FILE)}}]},
        {"content": "done", "function_call": {"name": "write", "arguments": json.dumps(FILE)}},
        {"content": [{"type": "text", "text": "done"}, {"type": "tool_use", "name": "write", "input": FILE}]},
        {"parts": [{"text": "done"}, {"functionCall": {"name": "write", "args": FILE}}]},
        [{"type": "message", "content": "done"}, {"type": "function_call", "arguments": json.dumps(FILE)}],
        [
            {"role": "user", "content": "write it"},
            {"role": "assistant", "content": None, "tool_calls": [{"function": {"arguments": json.dumps(FILE)}}]},
            {"role": "tool", "content": "written"},
            {"role": "assistant", "content": "done"},
        ],
        [
            {"role": "assistant", "content": [{"type": "tool_use", "input": {"path": "old.yaml", "content": "a\nb"}}]},
            {"role": "user", "content": "no, the other one"},
            {"role": "assistant", "content": [{"type": "tool_use", "input": FILE | {"content": "a\nb"}}]},
            {"role": "user", "content": [{"type": "tool_result", "content": "written"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "input": FILE}, {"type": "text", "text": "done"}]},
        ],
        [
            {
                "role": "assistant",
                "tool_calls": [{"function": {"arguments": FILE | {"content": "Resources:\n  B: 1"}}}],
            },
            {"role": "assistant", "tool_calls": [{"function": {"arguments": "{oops"}}]},
            {
                "role": "assistant",
                "content": "done",
                "tool_calls": [{"function": {"arguments": {"path": "stack.yaml", "old_str": "B", "new_str": "A"}}}],
            },
        ],
        {"content": "done", "tool_calls": [{"function": {"arguments": json.dumps({"input": ADDED})}}]},
        [{"type": "message", "content": "done"}, {"type": "custom_tool_call", "name": "apply_patch", "input": ADDED}],
        {
            "content": "done",
            "tool_calls": [
                {
                    "function": {
                        "arguments": FILE | {"path": "old.yaml", "content": "Resources:\n  A: 0\n\nOutputs:\n  B: 1\n"}
                    }
                },
                {"function": {"arguments": {"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{UPDATED}\nEOF"]}}},
            ],
        },
        [
            {
                "type": "apply_patch_call",
                "operation": {"type": "create_file", "path": "stack.yaml", "diff": "+Resources:\n+  A: 0\n"},
            },
            {
                "type": "apply_patch_call",
                "operation": {"path": "stack.yaml", "diff": "@@\n Resources:\n-  A: 0\n+  A: 1\n"},
            },
            {"type": "message", "content": "done"},
        ],
    ],
)
def test_files_that_tools_write_are_blocks_of_the_answer(record: Any) -> None:
    (answer,) = read({"response": record})
    assert isinstance(answer, Answer)
    assert answer.text == SHOWN


def test_the_fence_around_a_file_is_longer_than_any_in_it() -> None:
    call = {"path": "README.md", "content": "~~~\n```yaml\na: 1\n```\n"}
    (answer,) = read({"response": {"tool_calls": [{"function": {"arguments": call}}]}})
    assert isinstance(answer, Answer)
    assert answer.text == "\n\n````md README.md\n~~~\n```yaml\na: 1\n```\n````\n"


def test_a_path_cannot_end_the_fence_that_it_stands_in() -> None:
    call = {"path": "a`\n```\nb.yaml", "content": "Resources:\n  A: 1\n"}
    (answer,) = read({"response": {"tool_calls": [{"function": {"arguments": call}}]}})
    assert isinstance(answer, Answer)
    assert answer.text == "\n\n```yaml a b.yaml\nResources:\n  A: 1\n```\n"


def test_what_a_tool_runs_in_a_shell_is_a_script() -> None:
    call = {"command": "cat > a.yaml <<EOF\nResources: {}\nEOF\n"}
    (answer,) = read({"response": {"tool_calls": [{"function": {"arguments": call}}]}})
    assert isinstance(answer, Answer)
    assert answer.text.startswith("\n\n```sh run0.sh\ncat > a.yaml")


def test_the_prompt_of_a_chat_is_what_its_user_says() -> None:
    chat = [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}, {"role": "assistant", "content": "r"}]
    (answer,) = read({"messages": chat})
    assert isinstance(answer, Answer)
    assert answer.prompt == "p"


def test_several_samples_of_one_record_are_several_answers() -> None:
    answers = read({"id": "a", "completions": ["one", "two"]})
    assert [(one.id, one.text) for one in answers if isinstance(one, Answer)] == [("a#1", "one"), ("a#2", "two")]


def test_fields_may_have_other_names_with_dots_for_keys_within() -> None:
    fields = Fields.named(["response=out.text", "model=meta.name", "id=key"])
    assert read({"key": 1, "out": {"text": "r"}, "meta": {"name": "m"}}, fields=fields) == [Answer("1", "r", "m")]


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(GuardrunError, match="'answer=x' is no FIELD=KEY"):
        Fields.named(["answer=x"])


def test_an_answer_that_ended_at_its_limit_is_cut_off() -> None:
    one, other = read(
        {"response": "r", "finish_reason": "length"}, {"choices": [{"text": "r", "finish_reason": "length"}]}
    )
    assert isinstance(one, Answer)
    assert isinstance(other, Answer)
    assert one.cut_off
    assert other.cut_off


def test_a_bad_line_is_told_and_the_others_are_read() -> None:
    problem, other, answer = read("{oops", {"id": 1}, {"response": "r"})
    assert isinstance(problem, Problem)
    assert (problem.path, problem.line) == ("answers.jsonl", 1)
    assert isinstance(other, Problem)
    assert other.hint == "name its key: --field response=KEY"
    assert isinstance(answer, Answer)


def test_an_answer_nested_beyond_all_measure_is_told() -> None:
    deep = '{"content":' * 900 + '"x"' + "}" * 900
    problem, answer = read(f'{{"response": {deep}}}', {"response": "r"})
    assert isinstance(problem, Problem)
    assert "an answer of an unknown form" in problem.message
    assert isinstance(answer, Answer)


def test_only_a_line_feed_ends_a_record() -> None:
    (answer,) = answers_of_lines(json.dumps({"response": "a\u2028b\x85c"}, ensure_ascii=False), "a.jsonl", Fields())
    assert isinstance(answer, Answer)
    assert answer.text == "a\u2028b\x85c"


def test_half_a_character_does_not_keep_a_record_from_being_written() -> None:
    (answer,) = answers_of_lines('{"id": "\\ud800", "response": "\\ud83d\\ude00"}', "a.jsonl", Fields())
    assert answer == Answer("?", "\U0001f600")


def test_json_that_is_nested_too_deeply_is_told(tmp_path: Path) -> None:
    (problem,) = read("[" * 100_000)
    assert isinstance(problem, Problem)
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(GuardrunError, match="nested too deeply"):
        list(read_answers(tmp_path / "deep.json", "deep.json", Fields()))


@pytest.mark.parametrize(
    ("given", "types"),
    [
        ("AWS::EC2::VPC", ["AWS::EC2::VPC"]),
        ("AWS::EC2::VPC, Custom::Own", ["AWS::EC2::VPC", "Custom::Own"]),
        ('["AWS::EC2::VPC"]', ["AWS::EC2::VPC"]),
        (["AWS::EC2::VPC", "AWS::EC2::VPC"], ["AWS::EC2::VPC"]),
        ("A template with AWS::EC2::VPC", []),
        ({"AWS::EC2::VPC": 1}, []),
        (7, []),
    ],
)
def test_expected_types_are_a_list_or_a_text(given: object, types: list[str]) -> None:
    (answer,) = read({"response": "r", "expected": given})
    assert isinstance(answer, Answer)
    assert list(answer.expected) == types


def test_an_empty_answer_is_an_answer() -> None:
    assert [one.text for one in read({"response": ""}) if isinstance(one, Answer)] == [""]


def test_a_json_array_of_records_is_read_like_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text('[{"id": "a", "response": "r"}]')
    assert list(read_answers(path, "answers.json", Fields())) == [Answer("a", "r")]


def test_a_json_file_is_one_record_or_a_template(tmp_path: Path) -> None:
    record, template = tmp_path / "answer.json", tmp_path / "template.json"
    record.write_text('{"id": "a", "response": "r"}')
    template.write_text('{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}')
    assert list(read_answers(record, "answer.json", Fields())) == [Answer("a", "r")]
    assert list(read_answers(template, "t.json", Fields())) == [Answer("t.json", template.read_text())]


def test_markdown_and_templates_are_answers_under_their_paths(tmp_path: Path) -> None:
    path = tmp_path / "answer.md"
    path.write_bytes(b"\xef\xbb\xbf# Hi \xff")
    assert list(read_answers(path, "answer.md", Fields())) == [Answer("answer.md", "# Hi \ufffd")]


def test_folders_hold_answers_as_markdown_json_lines_and_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("README.md").write_text("about")
    Path("sub/a.md").write_text("a")
    Path("b.jsonl").write_text('{"id": "b", "response": "b"}')
    Path("c.yaml").write_text("Resources: {Jobs: {Type: AWS::SQS::Queue}}")
    Path("d.yaml").write_text("other: 1")
    found = list(find_answers([".", "sub/a.md", "none"], Fields()))
    assert [one.id for one in found if isinstance(one, Answer)] == ["b", "c.yaml", "sub/a.md"]
    assert [one.path for one in found if isinstance(one, Problem)] == ["none"]
