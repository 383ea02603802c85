"""What all commands say in the same way."""

import pytest

from guardrun.cli import tell
from guardrun.model import Problem


def test_a_problem_is_told_with_its_place_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Problem("a colon is missing", "rules/a.guard", 3, hint="write it"), "t.yaml")
    assert capsys.readouterr().err == "guardrun: error: rules/a.guard:3: a colon is missing\n  hint: write it\n"


def test_a_problem_without_a_place_is_told_where_it_is_known_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Problem("the engine stopped"), "t.yaml")
    tell(Problem("a path is empty"))
    assert capsys.readouterr().err == "guardrun: error: t.yaml: the engine stopped\nguardrun: error: a path is empty\n"


def test_a_problem_cannot_speak_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Problem("there is no \x1b[31mred"))
    assert capsys.readouterr().err == "guardrun: error: there is no \\x1b[31mred\n"
