"""From failed clauses to findings."""

from pathlib import Path

import pytest

from guardrun.engine import Failure
from guardrun.findings import to_findings
from guardrun.model import Finding, Place
from guardrun.pack import Rule
from guardrun.read import parse_template

TEMPLATE = parse_template(
    b"Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Password: hunter2\n      Size: 5\n",
    "t.yaml",
)
RULE = Rule(
    id="R",
    category="naming",
    title="Queues are sound",
    severity="high",
    profile="core",
    resources=(),
    view="source",
    analysis=(),
    controls=(),
    why="w",
    fix="Mend it.\n\n    Example: 1",
    references=(),
    as_of=None,
    path=Path("r.guard"),
    shown="r.guard",
    lets={},
    body="",
)


def findings(*failures: Failure) -> tuple[Finding, ...]:
    return to_findings(failures, {"R": RULE}, TEMPLATE)


def test_a_failure_becomes_a_finding_with_its_rule_and_place() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties/Size", " too\n  small ", 5, 10))
    assert finding == Finding(
        rule="R",
        category="naming",
        severity="high",
        template="t.yaml",
        logical_id="Queue",
        path="/Resources/Queue/Properties/Size",
        place=Place(6, 13, 6, 14),
        message="too small",
        fix="Mend it.",
        found="5",
        expected="10",
    )


def test_a_failure_without_a_message_tells_what_should_hold() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue", "", None, None, missing=True))
    assert (finding.message, finding.found) == ("does not hold: Queues are sound", None)


def test_a_list_of_facts_is_one_finding_each_at_its_own_place_with_its_own_words() -> None:
    facts = [
        {"Name": "A", "At": "/Resources/Queue/Properties/Size"},
        {"Name": "B", "At": "/Resources/Queue/Properties/Password"},
    ]
    found = findings(Failure("R", "/GuardRun/Graph/Undefined", "{Name} is {Unknown}", facts, None))
    assert [(finding.place.line, finding.message) for finding in found] == [
        (5, "B is {Unknown}"),
        (6, "A is {Unknown}"),
    ]


def test_a_fact_on_a_resource_is_placed_at_the_resource() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/GuardRun/InOutputs", "m", found=False, expected=True))
    assert (finding.path, finding.place.line, finding.found) == ("/Resources/Queue", 2, None)


def test_the_same_finding_twice_is_one() -> None:
    failure = Failure("R", "/Resources/Queue", "m", None, None)
    assert len(findings(failure, failure)) == 1


def test_what_may_be_a_secret_is_not_repeated() -> None:
    paths = (
        "/Resources/Queue/Properties/Password",
        "/Resources/Queue/Properties/Password/Fn::If/1",
        "/Parameters/Token/X",
    )
    found = findings(*(Failure("R", path, "literal", 12345, None) for path in paths))
    assert {finding.found for finding in found} == {"(not shown)"}


def test_a_resource_may_be_named_after_a_secret() -> None:
    (finding,) = findings(Failure("R", "/Resources/SecretQueue/Properties/Size", "m", 5, None))
    assert finding.found == "5"


def test_a_long_value_is_cut() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties/Size", "m", "x" * 500, None))
    assert len(str(finding.found)) == 120


@pytest.mark.parametrize("path", ["/Parameters", "/Parameters/Stage", "/Resources/Queue"])
def test_all_of_a_section_or_resource_is_no_value_to_show(path: str) -> None:
    (finding,) = findings(Failure("R", path, "m", {"Type": "String"}, None))
    assert finding.found is None


def test_our_facts_are_in_no_value_that_is_shown() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties", "m", {"A": [{"B": 1, "GuardRun": {}}]}, None))
    assert finding.found == '{"A": [{"B": 1}]}'


def test_an_empty_list_in_a_template_is_a_finding_as_any_other_value() -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties/Size", "m", [], None))
    assert (finding.message, finding.found) == ("m", "[]")


def test_a_secret_inside_a_value_is_not_repeated() -> None:
    value = {"prod": {"Ami": "ami-1", "DbPassword": "hunter2", "ApiKey": ["k"]}}
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties/Size", "m", value, None))
    assert finding.found == '{"prod": {"Ami": "ami-1", "DbPassword": "(not shown)", "ApiKey": "(not shown)"}}'


@pytest.mark.parametrize(
    "text",
    [
        "mysql://root:hunter2@db:3306/x",
        "export AWS_ACCESS_KEY_ID=AKIAABCDEFGHIJKLMNOP",
        "-----BEGIN RSA PRIVATE KEY-----",
        "app --db-password=hunter2",
    ],
)
def test_a_text_with_a_secret_in_it_is_not_repeated(text: str) -> None:
    (finding,) = findings(Failure("R", "/Resources/Queue/Properties/Size", "m", {"Url": text}, None))
    assert finding.found == '{"Url": "(not shown)"}'


def test_a_key_with_a_slash_is_found_although_the_engine_does_not_escape_it() -> None:
    template = parse_template(b"Resources:\n  a/b~c:\n    Type: X\n    Properties: {P: 1}\n", "t.yaml")
    (finding,) = to_findings([Failure("R", "/Resources/a/b~c/Properties/P", "m", 1, None)], {"R": RULE}, template)
    assert (finding.path, finding.logical_id) == ("/Resources/a~1b~0c/Properties/P", "a/b~c")
    assert finding.place == Place(4, 21, 4, 22)
