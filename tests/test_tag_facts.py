"""Tags that contradict each other, and what a template's text says beside its document."""

from typing import Any

from guardrun.facts.labels import all_tags
from guardrun.facts.source import source_facts
from guardrun.facts.tag_clashes import tag_clashes
from guardrun.read import parse_template


def topic(*tags: tuple[str, Any], **properties: Any) -> dict[str, Any]:
    listed = [{"Key": key, "Value": value} for key, value in tags]
    return {"Type": "AWS::SNS::Topic", "Properties": {**properties, "Tags": listed}}


def clashes(parameters: dict[str, Any] | None = None, **resources: Any) -> list[tuple[str, str]]:
    found = tag_clashes({"Resources": resources, "Parameters": parameters or {}}, all_tags(resources))
    return [(clash["Text"], clash["At"]) for clash in found]


def test_a_rarer_spelling_of_a_key_is_told_once_at_its_first_place() -> None:
    one, other = topic(("cost-center", "x")), topic(("CostCenter", "x"))
    text = "the tag cost-center is called CostCenter on 2 resources"
    assert clashes(A=one, B=other, C=other) == [(text, "/Resources/A/Properties/Tags/0")]
    assert clashes(A=other, B=one, C=other, D=one)[0][1] == "/Resources/B/Properties/Tags/0"


def test_two_fixed_environments_in_one_stack_contradict_each_other() -> None:
    text = "the tag Environment says staging here and Production on 2 resources"
    found = clashes(
        A=topic(("Environment", "Production")),
        B=topic(("Environment", "staging")),
        C=topic(("Environment", "prod")),
        D=topic(("Environment", {"Ref": "Environment"})),
    )
    assert found == [(text, "/Resources/B/Properties/Tags/0")]


def test_the_sides_of_a_pair_are_no_environments() -> None:
    assert clashes(A=topic(("Environment", "Primary")), B=topic(("Environment", "Standby"))) == []


def test_names_that_say_another_environment_than_the_tag_are_told_together() -> None:
    name, tag = {"Fn::Sub": "prod-${Environment}"}, ("Environment", {"Ref": "Environment"})
    text = "the names of 2 resources say prod, whereas the tag Environment is ${Environment}"
    found = clashes({"Environment": {"Default": "dev"}}, A=topic(tag, TopicName=name), B=topic(tag, TopicName=name))
    assert found == [(text, "/Resources/A/Properties/TopicName")]


def test_a_name_tag_counts_as_a_name() -> None:
    text = "the name says staging, whereas the tag env is prod"
    assert clashes(A=topic(("env", "prod"), ("Name", "staging-a"))) == [(text, "/Resources/A/Properties/Tags/1")]


def test_a_name_agrees_with_the_only_value_of_the_tags_parameter() -> None:
    resource = topic(("Environment", {"Ref": "Stage"}), TopicName="orders-production")
    assert clashes({"Stage": {"AllowedValues": ["prod"]}}, A=resource) == []
    assert clashes({"Stage": {"Default": "prod"}}, A=resource) == []
    assert clashes({"Stage": {"AllowedValues": ["prod", "dev"]}}, A=resource) != []


def test_a_name_with_two_environments_or_within_a_longer_word_says_none() -> None:
    assert clashes(A=topic(("Environment", "qa"), TopicName="dev-to-prod"), B=topic(TopicName="products")) == []


def test_comments_count_when_they_say_something_and_are_no_part_of_a_script() -> None:
    text = """# Orders outlive an outage of the database.
# --- Network ---
Resources:
  A:
    Type: AWS::EC2::Instance
    Properties:
      UserData: |
        # this line belongs to the script
        # and so does this other line
      # Large enough for the nightly import
      InstanceType: m7g.large
"""
    template = parse_template(text.encode(), "t.yaml")
    assert source_facts(template.source, template.root) == {"Bytes": len(text), "Comments": 2}
