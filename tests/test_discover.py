"""Which files are checked."""

import os
import subprocess
from pathlib import Path

import pytest

from guardrun.discover import discover, looks_like_template

TEMPLATE = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str = TEMPLATE) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def found(*arguments: str) -> list[str]:
    return list(discover(arguments).templates)


def test_a_folder_is_searched_for_templates_and_other_files_are_counted() -> None:
    write("in/a.yaml")
    write("in/sub/b.yml")
    write("in/c.json", '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}')
    write("in/d.template", "AWSTemplateFormatVersion: 2010-09-09\n")
    write("in/compose.yaml", "services:\n  web: {}\n")
    write("in/notes.md")
    result = discover(["in"])
    assert list(result.templates) == ["in/a.yaml", "in/c.json", "in/d.template", "in/sub/b.yml"]
    assert result.skipped == 1
    assert result.problems == []


def test_what_is_no_source_is_left_out() -> None:
    for folder in (".git", "node_modules/x", "cdk.out", "env/lib"):
        write(f"in/{folder}/a.yaml")
    write("in/env/pyvenv.cfg", "")
    write("in/a.yaml")
    assert found("in") == ["in/a.yaml"]


def test_what_git_ignores_is_left_out_of_folders_but_not_when_named() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    write(".gitignore", "build/\n*.tmp.yaml\n")
    write("build/a.yaml")
    write("sub/b.tmp.yaml")
    write("sub/c.yaml")
    assert found(".") == ["sub/c.yaml"]
    assert found("sub") == ["sub/c.yaml"]
    assert found("build/a.yaml") == ["build/a.yaml"]


def test_a_named_file_is_a_template_whatever_it_holds() -> None:
    write("compose.yaml", "services: {}\n")
    assert found("compose.yaml") == ["compose.yaml"]


def test_a_glob_is_expanded_and_other_files_in_it_are_counted() -> None:
    write("x/a.yaml")
    write("x/y/b.yaml")
    write("x/y/c.yaml", "a: 1\n")
    result = discover(["x/**/*.yaml"])
    assert list(result.templates) == ["x/a.yaml", "x/y/b.yaml"]
    assert result.skipped == 1


def test_a_file_with_brackets_in_its_name_is_no_glob() -> None:
    write("a[1].yaml")
    assert found("a[1].yaml") == ["a[1].yaml"]


def test_a_template_that_is_named_twice_is_checked_once() -> None:
    write("x/a.yaml")
    assert found("x/a.yaml", "x", "./x/a.yaml", os.path.abspath("x/a.yaml")) == ["x/a.yaml"]  # noqa: PTH100
    assert discover(["x/a.yaml", "x"]).problems == []


def test_links_into_folders_are_not_followed_so_that_a_loop_ends() -> None:
    write("in/a.yaml")
    Path("in/loop").symlink_to(".")
    Path("in/up").symlink_to("..")
    assert found("in") == ["in/a.yaml"]
    assert found("in/**/*.yaml") == ["in/a.yaml"]


def test_two_files_are_two_templates_however_alike_their_paths() -> None:
    write("x.yaml")
    write("far/x.yaml")
    Path("far/sub").mkdir()
    Path("link").symlink_to("far/sub")
    assert found("x.yaml", "link/../x.yaml") == ["x.yaml", "link/../x.yaml"]


def test_a_template_in_utf_16_is_not_passed_over() -> None:
    Path("t.yaml").write_bytes(TEMPLATE.encode("utf-16"))
    assert found(".") == ["t.yaml"]


def test_names_that_are_no_utf_8_are_shown_with_escapes_that_tell_them_apart() -> None:
    Path("in").mkdir()
    for name in (b"in/\xfe.yaml", b"in/\xff.yaml", rb"in/\xff.yaml"):
        Path(os.fsdecode(name)).write_text(TEMPLATE, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], check=True)
    assert found("in") == ["in/\\xff.yaml", "in/\\xfe.yaml", "in/\\xff.yaml'"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("", "a path is empty"),
        ("missing.yaml", "there is no such file or folder"),
        ("empty", "there is no CloudFormation template in this folder"),
        ("*.yaml", "no file matches this pattern"),
    ],
)
def test_a_path_that_gives_no_template_is_a_problem(argument: str, message: str) -> None:
    Path("empty").mkdir()
    (problem,) = discover([argument]).problems
    assert (problem.path or "", problem.message) == (argument, message)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TEMPLATE, True),
        ("{Resources: {A: {Type: 'Custom::Thing'}}}", True),
        ('{\n  "Resources": {"A": {"Type": "AWS::S3::Bucket"', True),  # broken, yet meant as one
        ("AWSTemplateFormatVersion: broken: [", True),
        ('{"Description":"x","Resources":{"A":{"Type":"AWS::S3::Bucket"}}}', True),
        ("Resources:\n  limits: {cpu: 1}\n", False),
        ("Statement: [{Resource: 'AWS::S3::Bucket'}]\nType: AWS::X::Y\n", False),
        ("", False),
    ],
)
def test_a_template_is_known_by_its_text_even_when_it_is_broken(text: str, is_one: bool) -> None:
    write("t.yaml", text)
    assert looks_like_template(Path("t.yaml")) is is_one
