"""Files that models write as patches."""

from __future__ import annotations

from guardrun.answers.patches import patched

STACK = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n\nOutputs:\n  Name:\n    Value: x\n"


def patch(*lines: str) -> str:
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch", ""])


def test_a_file_is_added_with_its_empty_lines() -> None:
    assert patched({}, patch("*** Add File: a.yaml", "+a: 1", "+", "+b: 2")) == {"a.yaml": "a: 1\n\nb: 2\n"}


def test_several_parts_of_a_file_are_changed() -> None:
    lines = (
        "@@ Queue:",
        "     Type: AWS::SQS::Queue",
        "+    DeletionPolicy: Retain",
        "",
        " Outputs:",
        "@@",
        "-    Value: x",
    )
    left = patched({"a.yaml": STACK, "b": "b\n"}, patch("*** Update File: a.yaml", *lines, "+    Value: y"))
    assert left["a.yaml"] == STACK.replace("Queue\n\n", "Queue\n    DeletionPolicy: Retain\n\n").replace("x", "y")
    assert left["b"] == "b\n"


def test_a_file_is_moved_or_deleted() -> None:
    moved = patch("*** Update File: a", "*** Move to: b", "@@", "-x", "+y", "*** Delete File: c")
    assert patched({"a": "x\n", "c": "z\n"}, moved) == {"b": "y\n"}


def test_what_does_not_fit_changes_nothing() -> None:
    unfit = patch("*** Update File: a", "@@", "-nothing of it", "+y", "*** Update File: unknown", "@@", "-x", "+y")
    assert patched({"a": "x\n"}, unfit) == {"a": "x\n"}


def test_a_line_is_changed_only_where_it_is_all_of_the_line() -> None:
    assert patched({"a": "xx\nx\n"}, patch("*** Update File: a", "@@", "-x", "+y")) == {"a": "xx\ny\n"}


def test_a_part_is_looked_for_behind_the_line_that_its_head_names() -> None:
    lines = ("*** Update File: a", "@@ second:", "-  x: 1", "+  x: 2")
    assert patched({"a": "first:\n  x: 1\nsecond:\n  x: 1\n"}, patch(*lines)) == {
        "a": "first:\n  x: 1\nsecond:\n  x: 2\n"
    }
