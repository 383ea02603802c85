"""`guardrun init`: what it writes, what it keeps, and that its settings are all that there are."""

import os
import re
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from guardrun.cli import cli
from guardrun.config import Accepted, Config, Override, Policy, load_config
from guardrun.errors import GuardrunError
from guardrun.init import CI, PRE_COMMIT, SETTINGS, recognised_ci, write

EXAMPLE = re.compile(r"^#     (.*)$", re.MULTILINE)
SETTING = re.compile(r"^#(?=\w|  \w)", re.MULTILINE)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def init(*arguments: str) -> list[str]:
    done = CliRunner().invoke(cli, ["init", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return [line for line in done.output.splitlines() if line != "guardrun: next: guardrun check ."]


def repository_with_remote(url: str) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "remote", "add", "origin", url], check=True)


def test_settings_a_hook_and_a_script_are_written_where_no_ci_is_known() -> None:
    assert init() == ["wrote .guardrun.yml", "wrote .pre-commit-config.yaml", "wrote guardrun-ci.sh"]
    assert os.access("guardrun-ci.sh", os.X_OK)


def test_a_second_time_everything_is_kept() -> None:
    init()
    assert init() == [
        "kept .guardrun.yml (exists)",
        "kept .pre-commit-config.yaml (exists, with guardrun in it)",
        "kept guardrun-ci.sh (exists)",
    ]


def test_a_file_that_exists_is_not_touched_and_the_lines_to_add_are_shown() -> None:
    Path(".gitlab-ci.yml").write_text("build:\n  script: make\n", encoding="utf-8")
    Path(".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    told = init()
    assert "kept .pre-commit-config.yaml (exists): add these lines below repos:" in told
    assert "  - repo: local" in told
    assert "repos:" not in told
    assert "kept .gitlab-ci.yml (exists): add these lines at the end:" in told
    assert "guardrun:" in told
    assert Path(".gitlab-ci.yml").read_text(encoding="utf-8") == "build:\n  script: make\n"
    assert Path(".pre-commit-config.yaml").read_text(encoding="utf-8") == "repos: []\n"


def test_settings_and_workflows_under_their_other_names_count_as_there() -> None:
    Path(".guardrun.yaml").write_text("fail_on: high\n", encoding="utf-8")
    Path(".github/workflows").mkdir(parents=True)
    Path(".github/workflows/guardrun.yaml").write_text("on: push\n", encoding="utf-8")
    told = init("--no-pre-commit")
    assert told == ["kept .guardrun.yaml (exists)", "kept .github/workflows/guardrun.yaml (exists)"]


def test_a_link_that_leads_nowhere_is_kept() -> None:
    Path(".guardrun.yml").symlink_to("missing")
    assert "kept .guardrun.yml (exists)" in init()
    assert not Path("missing").exists()


def test_a_dry_run_writes_nothing() -> None:
    assert init("--dry-run", "--ci", "github") == [
        "would write .guardrun.yml",
        "would write .pre-commit-config.yaml",
        "would write .github/workflows/guardrun.yml",
    ]
    assert list(Path().iterdir()) == []


def test_the_ci_and_the_hook_can_be_left_out() -> None:
    assert init("--ci", "none", "--no-pre-commit") == ["wrote .guardrun.yml"]


def test_another_folder_can_be_named() -> None:
    Path("app").mkdir()
    assert init("app", "--ci", "gitlab")[2] == "wrote app/.gitlab-ci.yml"


def test_a_folder_within_a_repository_gets_settings_only_and_a_hint() -> None:
    repository_with_remote("https://github.com/someone/something.git")
    Path("app").mkdir()
    told = init("app")
    assert told[0] == "wrote app/.guardrun.yml"
    assert told[1].endswith(f"for those, run guardrun init {Path.cwd()}")
    assert [path.name for path in Path("app").iterdir()] == [".guardrun.yml"]


def test_what_cannot_be_written_is_an_error_with_its_path() -> None:
    Path(".github").write_text("", encoding="utf-8")
    with pytest.raises(GuardrunError) as caught:
        write(CI["github"], Path())
    assert (caught.value.path, caught.value.message) == (
        ".github/workflows/guardrun.yml",
        "cannot write the file: Not a directory",
    )


def test_a_file_that_appears_in_the_meantime_is_not_overwritten() -> None:
    Path(".guardrun.yml").write_text("fail_on: high\n", encoding="utf-8")
    with pytest.raises(GuardrunError, match="File exists"):
        write(SETTINGS, Path())
    assert Path(".guardrun.yml").read_text(encoding="utf-8") == "fail_on: high\n"


def test_the_ci_is_recognised_by_its_files() -> None:
    Path(".gitlab-ci.yml").write_text("", encoding="utf-8")
    repository_with_remote("https://github.com/someone/something.git")
    assert recognised_ci(Path()) == ("gitlab",)
    Path(".github").mkdir()
    assert recognised_ci(Path()) == ("github", "gitlab")


@pytest.mark.parametrize(
    ("url", "kinds"),
    [
        ("git@github.com:someone/something.git", ("github",)),
        ("https://github.com/someone/gitlab.git", ("github",)),
        ("https://user:secret@gitlab.example.com:8443/group/something", ("gitlab",)),
        ("ssh://git@gitlab.example.com:2222/github/something.git", ("gitlab",)),
        ("https://git.example.com/github/something.git", ("generic",)),
        ("../gitlab", ("generic",)),
    ],
)
def test_the_ci_is_recognised_by_the_host_of_a_remote(url: str, kinds: tuple[str, ...]) -> None:
    repository_with_remote(url)
    assert recognised_ci(Path()) == kinds


def test_without_git_the_ci_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    repository_with_remote("git@github.com:someone/something.git")
    monkeypatch.setenv("PATH", "")
    assert recognised_ci(Path()) == ("generic",)


def test_the_settings_that_are_written_change_nothing() -> None:
    init()
    assert load_config(Path(".guardrun.yml")) == replace(Config(), path=Path(".guardrun.yml"))


def test_the_settings_that_are_written_name_every_one_with_its_default() -> None:
    text = SETTING.sub("", SETTINGS.text())
    Path("all.yml").write_text(text, encoding="utf-8")
    assert load_config(Path("all.yml")) == replace(Config(), path=Path("all.yml"))
    named = re.findall(r"^ *(\w+):", text, re.MULTILINE)
    assert named == [
        *(field.name for field in fields(Config) if field.name not in {"policy", "path"}),
        "policy",
        *(field.name for field in fields(Policy)),
    ]


def test_the_examples_in_the_settings_are_right_and_whole() -> None:
    Path("examples.yml").write_text("\n".join(EXAMPLE.findall(SETTINGS.text())), encoding="utf-8")
    config = load_config(Path("examples.yml"))
    assert config.overrides == (Override(("legacy/*", "sandbox/*"), ("teardown",), ("sizing",), "high"),)
    assert config.suppress == (
        Accepted("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "websites are public", "sites/*", "Website", "2030-12-31"),
    )
    assert None not in [getattr(config.overrides[0], field.name) for field in fields(Override)]
    assert None not in [getattr(config.suppress[0], field.name) for field in fields(Accepted)]


def test_the_lines_to_add_to_a_hooks_file_fit_below_its_repos() -> None:
    assert PRE_COMMIT.lines().startswith("  - repo: local\n")
    assert PRE_COMMIT.text() == "repos:\n" + PRE_COMMIT.lines()
