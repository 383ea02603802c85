"""`guardrun doctor`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from guardrun.cli.doctor import doctor

pytestmark = pytest.mark.engine


def test_it_tells_versions_and_the_age_of_what_ages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(doctor, standalone_mode=False)
    assert done.return_value == 0
    assert "cfn-guard 3.1.1" in done.output
    assert "settings none: the defaults hold" in done.output
    assert "2026-11-23 LAMBDA_RUNTIME_NOT_DEPRECATED" in done.output
    assert "resource types (cfn_lint-" in done.output


def test_broken_settings_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".guardrun.yml").write_text("polcy: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(doctor, standalone_mode=False)
    assert done.return_value == 2
    assert "there is no setting polcy" in done.output + done.stderr
