"""The package from Python."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import guardrun
from guardrun.model import PROFILES
from project import BAD, GOOD, small_project

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def _in_a_folder_with_rules_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small_project()


def test_paths_give_a_report() -> None:
    report = guardrun.check(["good.yaml", Path("bad.yaml")], rules=["rules"])
    assert [(one.path, one.status) for one in report.templates] == [("good.yaml", "pass"), ("bad.yaml", "fail")]
    assert [(one.rule, one.logical_id) for one in report.findings] == [("BUCKET_NAMED", "Logs")]


def test_one_path_needs_no_list() -> None:
    assert len(guardrun.check("bad.yaml", rules=["rules"]).findings) == 1


def test_a_text_gives_a_report_under_the_name_that_it_is_given() -> None:
    report = guardrun.check_text(BAD, name="answer 7", rules=["rules"])
    assert [one.template for one in report.findings] == ["answer 7"]
    assert guardrun.check_text(GOOD.encode(), rules=["rules"]).findings == ()


def test_what_is_no_template_is_a_result() -> None:
    (result,) = guardrun.check_text("nonsense", rules=["rules"]).templates
    assert result.error is not None
    assert result.error.message == "a template is a mapping with a Resources section"


def test_the_settings_around_count_unless_others_are_given() -> None:
    Path(".guardrun.yml").write_text("suppress: [{rule: BUCKET_NAMED, reason: scratch}]\n", encoding="utf-8")
    assert guardrun.check("bad.yaml", rules=["rules"]).findings == ()
    assert len(guardrun.check("bad.yaml", rules=["rules"], suppress=False).findings) == 1
    assert len(guardrun.check("bad.yaml", rules=["rules"], config=guardrun.Config()).findings) == 1


def test_what_became_of_the_project_since_the_last_check_is_seen() -> None:
    def missing() -> list[str]:
        rules = ["PROJECT_IN_VERSION_CONTROL", "PROJECT_HAS_README", "TEMPLATE_HAS_TESTS"]
        return [one.rule for one in guardrun.check("good.yaml", profiles=PROFILES, select=rules).findings]

    Path("Makefile").touch()
    assert missing() == ["PROJECT_HAS_README", "PROJECT_IN_VERSION_CONTROL", "TEMPLATE_HAS_TESTS"]
    Path(".git").mkdir()
    assert missing() == ["PROJECT_HAS_README", "TEMPLATE_HAS_TESTS"]
    Path("README.md").touch()
    Path("tests").mkdir()
    Path("tests/test_good.py").write_text("assert open('good.yaml')", encoding="utf-8")
    assert missing() == []


def test_a_fault_of_the_run_is_raised() -> None:
    with pytest.raises(guardrun.GuardrunError, match="nix names no rule"):
        guardrun.check("bad.yaml", rules=["rules"], select=["nix"])


def test_threads_may_check_at_the_same_time() -> None:
    with ThreadPoolExecutor(4) as threads:
        reports = list(threads.map(lambda name: guardrun.check_text(BAD, name=name, rules=["rules"]), "abcdefgh"))
    assert [report.findings[0].template for report in reports] == list("abcdefgh")


def test_importing_the_package_imports_nothing_of_weight() -> None:
    code = "import guardrun, sys; print([name for name in ('yaml', 'click', 'guardrun.api') if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_a_profile_that_there_is_not_is_an_error() -> None:
    with pytest.raises(guardrun.GuardrunError, match="there is no profile 'stict'"):
        guardrun.check("bad.yaml", rules=["rules"], profiles=["stict"])


def test_one_text_will_do_where_several_may_be() -> None:
    Path("own.yml").write_text("suppress: [{rule: BUCKET_NAMED, reason: scratch}]\n", encoding="utf-8")
    assert guardrun.check("bad.yaml", rules="rules", select="naming", config="own.yml").findings == ()
