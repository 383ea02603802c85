"""Which rules are applied."""

from dataclasses import replace
from pathlib import Path

import pytest

from guardrun.config import Override
from guardrun.errors import ConfigError
from guardrun.pack import Rule
from guardrun.select import select_rules, selection


def rule(name: str, category: str = "security", severity: str = "high", profile: str = "core", *controls: str) -> Rule:
    return Rule(
        id=name,
        category=category,
        title="t",
        severity=severity,
        profile=profile,
        resources=(),
        view="resolved",
        analysis=(),
        controls=controls,
        why="w",
        fix="f",
        references=(),
        as_of=None,
        path=Path("r.guard"),
        shown="r.guard",
        lets={},
        body="",
    )


RULES = {
    one.id: one
    for one in (
        rule("S3_ENCRYPTED", "compliance", "high", "core", "cis-aws-3.0/2.1.1", "aws-config/s3-encrypted"),
        rule("S3_PRIVATE"),
        rule("NO_CYCLE", "dependency", "critical"),
        rule("EC2_IMDS", "security", "medium", "strict"),
    )
}


@pytest.mark.parametrize(
    ("select", "ignore", "chosen"),
    [
        ([], [], ["S3_ENCRYPTED", "S3_PRIVATE", "NO_CYCLE"]),
        (["security"], [], ["S3_PRIVATE"]),
        (["s3_*"], [], ["S3_ENCRYPTED", "S3_PRIVATE"]),
        (["critical", "compliance"], [], ["S3_ENCRYPTED", "NO_CYCLE"]),
        (["cis-aws-3.0"], [], ["S3_ENCRYPTED"]),
        (["aws-config/*"], [], ["S3_ENCRYPTED"]),
        (["ec2_imds"], [], ["EC2_IMDS"]),
        ([], ["S3_*", "dependency"], []),
        (["s3_*"], ["compliance"], ["S3_PRIVATE"]),
    ],
)
def test_rules_are_chosen_by_what_they_are(select: list[str], ignore: list[str], chosen: list[str]) -> None:
    if not chosen:
        with pytest.raises(ConfigError, match="no rule is selected"):
            select_rules(RULES, ["core"], select, ignore)
    else:
        assert [one.id for one in select_rules(RULES, ["core"], select, ignore)] == chosen


def test_profiles_add_their_rules() -> None:
    assert [one.id for one in select_rules(RULES, ["core", "strict"], ["security"])] == ["S3_PRIVATE", "EC2_IMDS"]


def test_a_pattern_that_names_nothing_is_an_error_with_the_nearest_rule() -> None:
    with pytest.raises(ConfigError, match="S3_PRIVAT names no rule") as caught:
        select_rules(RULES, ["core"], ["S3_PRIVAT"])
    assert caught.value.hint == "did you mean S3_PRIVATE?"


def test_a_rule_of_a_profile_that_is_off_is_not_chosen_by_its_category() -> None:
    only_strict = {"EC2_IMDS": replace(RULES["EC2_IMDS"])}
    with pytest.raises(ConfigError, match="no rule is selected"):
        select_rules(only_strict, ["core"], ["security"])


@pytest.mark.parametrize("pattern", ["Sizing", "low", "teardown"])
def test_every_category_severity_and_profile_can_be_ignored_in_any_pack(pattern: str) -> None:
    assert len(select_rules(RULES, ["core"], [], [pattern])) == 3
    chosen = selection(RULES, ["core"], overrides=[Override(("a/*",), ignore=(pattern,))])
    assert chosen.of("a/b.yaml") == {"S3_ENCRYPTED", "S3_PRIVATE", "NO_CYCLE"}
    with pytest.raises(ConfigError, match="names no rule"):
        select_rules(RULES, ["core"], [pattern])


def test_a_rule_in_small_letters_is_taken_by_its_id_whatever_its_profile() -> None:
    own = {"buckets": rule("buckets", profile="strict")}
    assert [one.id for one in select_rules(own, ["core"], ["Buckets"])] == ["buckets"]
