"""What shells offer when someone types guardrun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from guardrun.cli import cli

COMPLETE = """
    eval "$(guardrun completions bash)"
    compopt() { COMPREPLY=("(files)"); }
    complete_line() {
        COMP_WORDS=(guardrun "$@") COMP_CWORD=$# COMPREPLY=()
        _guardrun_completion guardrun
        printf '%s\\n' "${COMPREPLY[@]}"
    }
    complete_line explain NO_DEP
    complete_line check stacks/
    complete_line check -o ju
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_bash_offers_what_fits() -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command, env = ["bash", "-c", COMPLETE], {**os.environ, "PATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.stdout, done.stderr) == ("NO_DEPENDENCY_CYCLE\n(files)\njunit\njunit-strict\n", "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("expl", ["explain"]),
        ("explain no-dep", ["NO_DEPENDENCY_CYCLE"]),
        ("explain --rules . NO_DEP", ["(file) NO_DEP"]),
        ("test NO_DEP", ["NO_DEPENDENCY_CYCLE"]),
        ("test rule-te", ["(file) rule-te"]),
        ("check --select NO_DEP", ["NO_DEPENDENCY_CYCLE"]),
        ("check --ignore NO_DEPENDENCY_CYCLE,rec", ["NO_DEPENDENCY_CYCLE,recovery"]),
        ("check --config .guard", ["(file) .guard"]),
        ("report diff old", ["(file) old"]),
        ("rules -o js", ["json"]),
        ("chek t", ["test"]),
        ("--version expl", ["explain"]),
    ],
)
def test_each_place_has_its_own_offers(typed: str, offered: list[str]) -> None:
    *arguments, last = typed.split(" ")
    items = ShellComplete(cli, {}, "guardrun", "").get_completions(arguments, last)
    assert [item.value if item.type == "plain" else f"({item.type}) {item.value}" for item in items] == offered


def test_rules_are_offered_with_their_titles() -> None:
    (item,) = ShellComplete(cli, {}, "guardrun", "").get_completions(["explain"], "NO_DEPENDENCY_CYCLE")
    assert item.help == "Resources do not wait for each other in a circle"


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o nosort -F _guardrun_completion guardrun"),
        ("zsh", "#compdef guardrun"),
        ("fish", "complete --no-files --command guardrun"),
    ],
)
def test_each_shell_has_its_script(shell: str, line: str) -> None:
    assert line in CliRunner().invoke(cli, ["completions", shell]).output


def test_a_shell_that_is_not_known_is_told_with_those_that_are() -> None:
    done = CliRunner().invoke(cli, ["completions", "tcsh"])
    assert done.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.output


def test_rules_in_small_letters_are_offered() -> None:
    Path("mine").mkdir()
    Path("mine/a.guard").write_text("rule buckets_named { Resources exists }\n", encoding="utf-8")
    items = ShellComplete(cli, {}, "guardrun", "").get_completions(["explain", "--rules", "mine"], "Buck")
    assert [item.value for item in items] == ["buckets_named"]
