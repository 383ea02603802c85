"""Findings that a template or a config file accepts."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from guardrun.config import Accepted, load_config
from guardrun.errors import ConfigError
from guardrun.model import Finding, Place, RuleInfo
from guardrun.read import Template, parse_template
from guardrun.suppress import apply, find_suppressions, from_config
from sample import OPEN, rule

TODAY = date(2026, 11, 23)
RULES: dict[str, RuleInfo] = {
    "BUCKET_PRIVATE": rule("BUCKET_PRIVATE", "security", "high", "f"),
    "BUCKET_TAGGED": replace(
        rule("BUCKET_TAGGED", "naming", "low", "f"), controls=("cfn-nag/W35", "aws-config/bucket-tagged-check")
    ),
}


def parsed(text: str) -> Template:
    return parse_template(text.encode(), "t.yaml")


def finding(name: str, line: int, logical_id: str = "Site") -> Finding:
    return Finding(
        name, "security", "high", "t.yaml", logical_id, f"/Resources/{logical_id}", Place(line, 1, line, 2), "m", "f"
    )


def applied(text: str, *findings: Finding) -> tuple[list[str], list[str], list[str]]:
    """Rules whose findings stand, the reasons of those that do not, and the warnings."""
    suppressions, faults = find_suppressions(parsed(text))
    standing, accepted, warnings = apply(findings, suppressions, RULES, TODAY)
    return (
        [one.rule for one in standing],
        [one.reason for one in accepted],
        [one.message for one in (*faults, *warnings)],
    )


SITE = """\
Resources:
  Site:
    Type: AWS::S3::Bucket
    Metadata:
      guardrun:
        suppress:
          - rule: {rule}
            reason: {reason}
            {more}
    Properties:
      BucketName: site
"""


def test_a_resource_accepts_a_rule_for_itself_alone() -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason="the site is public", more="")
    private, tagged, other = (
        finding("BUCKET_PRIVATE", 2),
        finding("BUCKET_TAGGED", 2),
        finding("BUCKET_PRIVATE", 9, "Log"),
    )
    assert applied(text, private, tagged, other) == (["BUCKET_TAGGED", "BUCKET_PRIVATE"], ["the site is public"], [])


def test_a_rule_may_be_a_glob_or_a_control() -> None:
    text = SITE.format(rule="bucket_*", reason="r", more="")
    assert applied(text, finding("BUCKET_PRIVATE", 2), finding("BUCKET_TAGGED", 2))[0] == []
    text = SITE.format(rule="cis-aws-3.0/5.2", reason="r", more="")
    assert applied(text, finding("BUCKET_PRIVATE", 2))[0] == []


def test_a_suppression_ends_after_its_day() -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason="r", more="until: 2026-11-23")
    assert applied(text, finding("BUCKET_PRIVATE", 2))[0] == []
    text = SITE.format(rule="BUCKET_PRIVATE", reason="r", more="until: 2026-11-22")
    message = "the suppression of BUCKET_PRIVATE expired on 2026-11-22"
    assert applied(text, finding("BUCKET_PRIVATE", 2)) == (["BUCKET_PRIVATE"], [], [message])


def test_what_is_not_needed_any_more_is_told() -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason="r", more="")
    message = "the suppression of BUCKET_PRIVATE accepts nothing: no such finding is left"
    assert applied(text) == ([], [], [message])


@pytest.mark.parametrize("reason", ["''", "' '", "[]"])
def test_without_a_reason_nothing_is_accepted(reason: str) -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason=reason, more="")
    standing, accepted, (message,) = applied(text, finding("BUCKET_PRIVATE", 2))
    assert (standing, accepted) == (["BUCKET_PRIVATE"], [])
    assert message.endswith("has no reason, so it accepts nothing")


def test_a_day_that_is_none_accepts_nothing() -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason="r", more="until: soon")
    assert applied(text, finding("BUCKET_PRIVATE", 2)) == (["BUCKET_PRIVATE"], [], ["'soon' is no day"])


def test_the_template_accepts_for_all_of_its_resources() -> None:
    text = (
        "Metadata:\n  guardrun:\n    suppress:\n      - {rule: BUCKET_TAGGED, reason: r}\nResources:\n  A: {Type: X}\n"
    )
    assert applied(text, finding("BUCKET_TAGGED", 6, "A"), finding("BUCKET_TAGGED", 6, "B"))[0] == []


COMMENTED = """\
Resources:
  # guardrun: ignore BUCKET_TAGGED -- tagged by the pipeline
  Site:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead  # guardrun: ignore BUCKET_PRIVATE, NO_SUCH -- the site is public
"""


def test_a_comment_accepts_on_its_line_or_for_the_resource_that_it_stands_above() -> None:
    on_line, elsewhere = finding("BUCKET_PRIVATE", 6), finding("BUCKET_PRIVATE", 4)
    tagged = finding("BUCKET_TAGGED", 4)
    assert applied(COMMENTED, on_line, elsewhere, tagged) == (
        ["BUCKET_PRIVATE"],
        ["the site is public", "tagged by the pipeline"],
        [],
    )


def test_a_comment_without_a_reason_accepts_nothing() -> None:
    text = COMMENTED.replace(" -- the site is public", "")
    standing, _, warnings = applied(text, finding("BUCKET_PRIVATE", 6), finding("BUCKET_TAGGED", 3))
    assert standing == ["BUCKET_PRIVATE"]
    assert warnings == ["the suppression of BUCKET_PRIVATE, NO_SUCH has no reason, so it accepts nothing"]


def test_suppressions_of_other_tools_count_where_their_rules_are_known() -> None:
    text = (
        "Resources:\n  Site:\n    Type: X\n    Metadata:\n      guard: {SuppressedRules: [BUCKET_PRIVATE]}\n"
        "      cfn_nag: {rules_to_suppress: [{id: W35, reason: r}]}\n"
    )
    assert applied(text, finding("BUCKET_PRIVATE", 2)) == ([], ["accepted for guard"], [])
    assert applied(text, finding("BUCKET_TAGGED", 2)) == ([], ["accepted for cfn_nag: r"], [])


def test_a_rule_is_known_by_its_controls_however_tools_spell_them() -> None:
    text = "Resources:\n  Site:\n    Type: X\n    Metadata: {guard: {SuppressedRules: [BUCKET_TAGGED_CHECK]}}\n"
    assert applied(text, finding("BUCKET_TAGGED", 2)) == ([], ["accepted for guard"], [])


def test_what_is_accepted_for_another_tool_may_accept_nothing_here() -> None:
    text = "Resources:\n  Site:\n    Type: X\n    Metadata: {guard: {SuppressedRules: [BUCKET_PRIVATE]}}\n"
    assert applied(text) == ([], [], [])


def test_a_config_file_accepts_by_path_and_resource() -> None:
    accepted = (Accepted("BUCKET_*", "sandbox", path="sandbox/*", logical_id="S*"),)
    assert from_config(accepted, "stacks/a.yaml", ".guardrun.yml") == []
    (suppression,) = from_config(accepted, "sandbox/a.yaml", ".guardrun.yml")
    assert suppression.covers(finding("BUCKET_TAGGED", 1), RULES["BUCKET_TAGGED"])
    assert not suppression.covers(finding("BUCKET_TAGGED", 1, "Other"), RULES["BUCKET_TAGGED"])
    assert not suppression.covers(OPEN, rule("PORT_CLOSED", "security", "high", "f"))
    _, (one,), _ = apply([finding("BUCKET_TAGGED", 1)], [suppression], RULES, TODAY)
    assert (one.reason, one.in_source) == ("sandbox", False)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{rule: X}", "a suppression has a rule and a reason"),
        ("{rule: X, reason: ' '}", "what is suppressed is told in texts"),
        ("{rule: X, reason: r, until: soon}", "until is a day, and 'soon' is none"),
        ("{rule: X, reason: r, until: 2030-02-31}", "until is a day, and '2030-02-31' is none"),
        ("{rule: X, reason: r, pth: a}", "there is no setting pth"),
        ("X", "suppress is a list of mappings"),
    ],
)
def test_a_wrong_suppression_in_the_config_file_is_an_error(tmp_path: Path, entry: str, message: str) -> None:
    path = tmp_path / ".guardrun.yml"
    path.write_text(f"suppress:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_config(path)


def test_a_comment_may_name_the_last_day() -> None:
    text = COMMENTED.replace(" -- the site", " until 2026-11-22 -- the site")
    assert applied(text, finding("BUCKET_PRIVATE", 6))[0] == ["BUCKET_PRIVATE"]
    text = COMMENTED.replace(" -- the site", " until 2026-11-23 -- the site")
    assert applied(text, finding("BUCKET_PRIVATE", 6))[0] == []
    text = COMMENTED.replace(" -- the site", " until 2026-02-30 -- the site")
    assert "'2026-02-30' is no day" in applied(text, finding("BUCKET_PRIVATE", 6))[2]


def test_an_unknown_key_of_a_suppression_in_a_template_is_told() -> None:
    text = SITE.format(rule="BUCKET_PRIVATE", reason="r", more="untill: 2030-01-01")
    assert applied(text, finding("BUCKET_PRIVATE", 2))[::2] == (["BUCKET_PRIVATE"], ["a suppression has no untill"])


def test_a_folder_in_the_settings_means_all_in_it() -> None:
    (suppression,) = from_config((Accepted("BUCKET_*", "sandbox", path="sandbox"),), "sandbox/a.yaml", ".guardrun.yml")
    assert suppression.covers(finding("BUCKET_TAGGED", 1), RULES["BUCKET_TAGGED"])
