"""The settings of a project: found, read, checked."""

from pathlib import Path

import pytest

from guardrun.config import Config, Policy, find_config, load_config, policy_of, settings_read
from guardrun.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    path = folder / ".guardrun.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    path = written(tmp_path, "policy: {}\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_config(inner) == path


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
