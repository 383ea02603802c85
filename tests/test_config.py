"""The settings of a project: found, read, checked, put together from layers."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from guardrun.cli import cli
from guardrun.config import (
    Accepted,
    Config,
    Override,
    Policy,
    find_config,
    load_config,
    policy_of,
    settings_read,
)
from guardrun.errors import ConfigError

PROFILES = "core, strict, teardown"
THRESHOLDS = "critical, high, medium, low and never"
BRACKET = "unterminated character set at position 0"
SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "config.schema.json").read_text(encoding="utf-8"))


def written(folder: Path, text: str) -> Path:
    path = folder / ".guardrun.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    path = written(tmp_path, "policy: {}\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_config(inner) == path


def test_settings_that_are_a_link_to_nowhere_are_an_error(tmp_path: Path) -> None:
    (tmp_path / ".guardrun.yml").symlink_to("nowhere.yml")
    with pytest.raises(ConfigError, match="cannot read the settings"):
        load_config(find_config(tmp_path))


def test_without_a_file_the_defaults_hold() -> None:
    assert load_config(None) == Config()


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "# nothing yet\n")).policy == Policy()


def test_settings_replace_their_defaults_and_leave_the_others(tmp_path: Path) -> None:
    text = "policy:\n  required_tags: [Owner, CostCenter]\n  minimum_log_retention_days: 90\n"
    policy = load_config(written(tmp_path, text)).policy
    assert policy.required_tags == ("Owner", "CostCenter")
    assert policy.minimum_log_retention_days == 90
    assert policy.largest_instance_size == Policy().largest_instance_size


def test_what_is_checked_can_be_set(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "profiles: [strict]\nignore: [NO_*]\nfail_on: high\n"))
    assert (config.profiles, config.ignore, config.fail_on) == (("strict",), ("NO_*",), "high")


def test_rules_see_the_settings_under_names_in_capitals() -> None:
    facts = Policy(required_tags=("Owner",)).as_facts()
    assert facts["RequiredTags"] == ["Owner"]
    assert facts["LargestInstanceSize"] == "4xlarge"


@pytest.mark.parametrize(
    ("text", "message", "line", "hint"),
    [
        ("polcy: {}\n", "there is no setting polcy", 1, "did you mean policy?"),
        ("policy:\n  required_tag: [a]\n", "there is no setting required_tag", 2, "did you mean required_tags?"),
        ("policy:\n\n  required_tags: Owner\n", "required_tags is a list of texts", 3, None),
        ("policy:\n  minimum_log_retention_days: '90'\n", "minimum_log_retention_days is a whole number", 2, None),
        ("policy: [a]\n", "policy is a mapping of settings", 1, None),
        ("- a\n", "the settings are a mapping", 1, "start with policy:"),
        ("profiles: [hard]\n", "profile 'hard' is none of core, strict, teardown", 1, None),
        ("\nfail_on: bad\n", "fail_on is one of critical, high, medium, low and never", 2, None),
        ("ignore: X\n", "ignore is a list of texts", 1, None),
        ("overrides:\n  - ignore: [X]\n", "an override says for which paths it is", 2, "paths: [legacy/*]"),
        ("overrides:\n  - paths: [a]\n    fail_on: bad\n", f"fail_on is one of {THRESHOLDS}", 3, None),
        ("overrides:\n  - paths: [a]\n    profiles: [x]\n", f"profile 'x' is none of {PROFILES}", 3, None),
        ("overrides:\n  - path: [a]\n    paths: [a]\n", "there is no setting path", 2, "did you mean paths?"),
        ("suppress:\n  - rule: A\n    reason: b\n  - rule: A\n", "a suppression has a rule and a reason", 4, None),
        ("policy:\n  name_pattern: '['\n", "this is no regular expression: " + BRACKET, 2, None),
        ("policy:\n  allowed_regions: [Ireland]\n", "'Ireland' is no region", 2, "write it as in eu-west-1"),
        ("policy:\n  largest_instance_size: big\n", "'big' is no size of an instance", 2, "write it as in 2xlarge"),
        ("policy:\n  minimum_log_retention_days: -1\n", "a number of days is not below 0", 2, None),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(
    tmp_path: Path, text: str, message: str, line: int, hint: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    assert (caught.value.message, caught.value.line, caught.value.hint) == (message, line, hint)


def test_a_file_that_is_not_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, "policy: [\n"))
    assert caught.value.line


def test_settings_survive_the_way_through_facts() -> None:
    policy = Policy(required_tags=("Owner",), minimum_log_retention_days=30)
    assert policy_of(policy.as_facts()) == policy
    assert policy_of({"RequiredTags": ["Owner"]}) == Policy(required_tags=("Owner",))


def test_the_settings_that_a_rule_reads_are_known_by_the_facts_that_it_names() -> None:
    policy = Policy(required_tags=("Owner",))
    assert settings_read("%tagged.GuardRun.MissingTags empty", policy) == {"required_tags": ["Owner"]}
    assert settings_read("let p = GuardRun.Policy\n x >= %p.MinimumLogRetentionDays", policy) == {
        "minimum_log_retention_days": 1
    }
    assert settings_read("Properties.Tags exists", policy) == {}


def test_what_is_different_for_some_paths_and_what_is_accepted_is_read(tmp_path: Path) -> None:
    text = """
overrides:
  - paths: [sandbox/*]
    profiles: [teardown]
    ignore: [recovery]
    fail_on: critical
suppress:
  - rule: S3_*
    path: sites/*
    reason: websites
    until: 2030-01-31
"""
    config = load_config(written(tmp_path, text))
    assert config.overrides == (Override(("sandbox/*",), ("teardown",), ("recovery",), "critical"),)
    assert config.suppress == (Accepted("S3_*", "websites", path="sites/*", until="2030-01-31"),)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own settings."""
    path = tmp_path / "home" / "guardrun" / "config.yml"
    path.parent.mkdir(parents=True)
    path.write_text("profiles: [strict]\nfail_on: high\npolicy:\n  required_tags: [Owner]\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return path


@pytest.mark.usefixtures("user")
def test_a_projects_settings_count_before_the_users_key_by_key(tmp_path: Path) -> None:
    text = "fail_on: medium\npolicy:\n  minimum_log_retention_days: 30\n"
    config = load_config(written(tmp_path, text))
    assert (config.profiles, config.fail_on) == (("strict",), "medium")
    assert config.policy == Policy(required_tags=("Owner",), minimum_log_retention_days=30)
    assert load_config(None).fail_on == "high"


def test_a_user_accepts_nothing_for_all_projects(user: Path) -> None:
    user.write_text("suppress: []\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="suppress belongs to a project"):
        load_config(None)


def shown(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> list[str]:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(cli, ["config", *options])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.mark.usefixtures("user")
def test_options_count_before_the_environment_and_that_before_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "ignore: [sizing]\nselect: [security]\n")
    monkeypatch.setenv("GUARDRUN_IGNORE", "naming,recovery parameters")
    monkeypatch.setenv("GUARDRUN_FAIL_ON", "critical")
    lines = shown(tmp_path, monkeypatch, "--fail-on", "never")
    assert f'select: ["security"]  # {path}' in lines
    assert 'ignore: ["naming", "recovery", "parameters"]  # the environment' in lines
    assert 'fail_on: "never"  # an option' in lines
    assert f'  required_tags: ["Owner"]  # {tmp_path}/home/guardrun/config.yml' in lines
    assert "  minimum_backup_retention_days: 7  # default" in lines


def test_the_settings_that_are_shown_are_settings_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "profiles: [strict]\noverrides:\n  - paths: [a]\n    fail_on: high\nsuppress:\n  - {rule: A, reason: b}\n"
    config = load_config(written(tmp_path, text))
    again = tmp_path / "again"
    again.mkdir()
    path = written(again, "\n".join(shown(tmp_path, monkeypatch)))
    assert [getattr(load_config(path), name) for name in ("profiles", "overrides", "suppress", "policy")] == [
        getattr(config, name) for name in ("profiles", "overrides", "suppress", "policy")
    ]
    assert json.loads("\n".join(shown(tmp_path, monkeypatch, "--json")))["profiles"] == ["strict"]


def keys(part: dict[str, Any]) -> list[str]:
    return sorted(part["properties"])


def test_the_schema_knows_every_setting_and_no_other() -> None:
    top = SCHEMA["properties"]
    assert keys(SCHEMA) == sorted(field.name for field in fields(Config) if field.name != "path")
    assert keys(top["policy"]) == sorted(field.name for field in fields(Policy))
    assert keys(top["overrides"]["items"]) == sorted(field.name for field in fields(Override))
    assert keys(top["suppress"]["items"]) == sorted(field.name for field in fields(Accepted))


def test_the_schema_has_the_defaults() -> None:
    policy, config = Policy(), Config()
    for name, part in SCHEMA["properties"]["policy"]["properties"].items():
        assert part["default"] == (list(value) if isinstance(value := getattr(policy, name), tuple) else value)
    for name, part in SCHEMA["properties"].items():
        if name != "policy":
            assert part["default"] == (list(value) if isinstance(value := getattr(config, name), tuple) else value)


@pytest.mark.parametrize(
    "settings",
    [{"polcy": {}}, {"fail_on": "bad"}, {"overrides": [{"ignore": ["X"]}]}, {"suppress": [{"rule": "X"}]}],
)
def test_the_schema_refuses_what_is_refused_here(settings: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(settings, SCHEMA)
