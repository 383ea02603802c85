"""Only what git says has changed, and what includes it."""

from pathlib import Path

import pytest

from guardrun.changes import changed_since, concerned, tracked
from guardrun.errors import ConfigError
from project import git


@pytest.fixture(autouse=True)
def _in_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml", "nested/child.yaml"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("Resources: {}\n", encoding="utf-8")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")


def changed(revision: str = "HEAD", folder: str = ".") -> list[str]:
    top = Path.cwd().resolve()
    return sorted(path.relative_to(top).as_posix() for path in changed_since(revision, Path(folder)))


def write(name: str, text: str = "Resources: {}\n") -> None:
    Path(name).write_text(text, encoding="utf-8")


def test_what_differs_and_what_is_new_has_changed_staged_or_not() -> None:
    write("a.yaml", "# other\n")
    write("new é.yaml")
    write("nested/staged.yaml")
    git("add", "nested")
    assert changed() == ["a.yaml", "nested/staged.yaml", "new é.yaml"]
    assert changed(folder="nested") == changed()


def test_what_others_did_since_the_branch_began_does_not_count() -> None:
    git("checkout", "-q", "-b", "mine")
    write("a.yaml", "# mine\n")
    git("commit", "-a", "-m", "mine")
    git("checkout", "-q", "main")
    write("b.yaml", "# theirs\n")
    git("commit", "-a", "-m", "theirs")
    git("checkout", "-q", "mine")
    assert changed("main") == ["a.yaml"]


def test_a_template_is_concerned_by_what_it_includes_directly_or_through_others() -> None:
    write("parent.yaml", "Resources:\n  S:\n    Properties:\n      TemplateURL: ./nested/child.yaml\n")
    write("top.json", '{"Resources": {"S": {"Properties": {"TemplateURL": "parent.yaml"}}}}')
    write("part.yaml", "Fn::Transform: {Name: AWS::Include, Parameters: {Location: nested/child.yaml}}\n")
    templates = {name: Path(name) for name in ("a.yaml", "parent.yaml", "part.yaml", "top.json", "nested/child.yaml")}
    found = concerned(templates, {Path("nested/child.yaml").resolve()})
    assert list(found) == ["parent.yaml", "part.yaml", "top.json", "nested/child.yaml"]


def test_an_unknown_revision_is_an_error_that_thinks_of_ci() -> None:
    with pytest.raises(ConfigError, match="git knows no revision nope") as caught:
        changed("nope")
    assert "fetch-depth: 0" in str(caught.value.hint)


def test_a_revision_is_no_option_of_git() -> None:
    with pytest.raises(ConfigError, match="git knows no revision --output=x"):
        changed("--output=x")


def test_outside_of_a_repository_it_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path(".git").rename("away")
    with pytest.raises(ConfigError, match="--changed-since needs a git repository"):
        changed()


def test_git_tells_which_files_it_knows() -> None:
    write("new.yaml")
    top = Path.cwd().resolve()
    assert tracked(Path("nested")) == {top / "a.yaml", top / "b.yaml", top / "nested/child.yaml"}
