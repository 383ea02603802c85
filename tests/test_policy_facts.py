"""What an organisation's settings make of names, tags and sizes."""

from typing import Any

import pytest

from guardrun.config import Policy
from guardrun.facts import FACTS, Context, document_views


def on_resource(policy: Policy, kind: str, **properties: Any) -> Any:
    resources = {"A": {"Type": kind, "Properties": properties}}
    (document,) = document_views(Context({"Resources": resources}, policy=policy), {"source": FACTS}).values()
    return document["Resources"]["A"]["GuardRun"]


OWNED = Policy(required_tags=("Owner", "Stage"))


def test_a_required_tag_that_a_resource_lacks_is_told() -> None:
    tags = [{"Key": "Owner", "Value": "me"}]
    assert on_resource(OWNED, "AWS::S3::Bucket", Tags=tags)["MissingTags"] == [{"Key": "Stage", "At": "/Resources/A"}]
    assert on_resource(Policy(), "AWS::S3::Bucket")["MissingTags"] == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::KMS::Alias", {}),
        ("Custom::Thing", {}),
        ("AWS::S3::Bucket", {"Tags": {"Ref": "AllTags"}}),
        ("AWS::S3::Bucket", {"Tags": [{"Fn::Transform": {"Name": "Tags"}}]}),
    ],
)
def test_what_takes_no_tags_or_gets_them_from_elsewhere_lacks_none(kind: str, properties: Any) -> None:
    assert on_resource(OWNED, kind, **properties)["MissingTags"] == []


def test_a_known_name_is_held_against_the_pattern() -> None:
    policy = Policy(name_pattern="acme-[a-z-]+")
    assert len(on_resource(policy, "AWS::S3::Bucket", BucketName="data")["Misnamed"]) == 1
    assert on_resource(policy, "AWS::S3::Bucket", BucketName="acme-data")["Misnamed"] == []
    assert on_resource(policy, "AWS::S3::Bucket", BucketName={"Fn::Sub": "${Any}-data"})["Misnamed"] == []


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("AWS::EC2::Instance", {"InstanceType": "m7g.16xlarge"}, [("m7g", "16xlarge", 21)]),
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.t4g.micro"}, [("t4g", "micro", 1)]),
        ("AWS::EMR::Step", {"Deep": [{"InstanceType": "r6g.large.search"}]}, [("r6g", "large", 4)]),
        ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.r7g.xlarge"}, [("r7g", "xlarge", 5)]),
        ("AWS::EC2::Instance", {"InstanceType": "u-6tb1.metal"}, [("u-6tb1", "metal", 1000)]),
        (
            "AWS::EC2::Instance",
            {"InstanceType": {"Fn::If": ["P", "m5.large", "t3.small"]}},
            [("m5", "large", 4), ("t3", "small", 2)],
        ),
        ("AWS::EC2::Instance", {"InstanceType": {"Ref": "Type"}}, []),
        ("AWS::EC2::Instance", {"InstanceType": "huge"}, []),
    ],
)
def test_instance_types_are_found_with_their_size(kind: str, properties: Any, found: list[Any]) -> None:
    types = on_resource(Policy(), kind, **properties)["InstanceTypes"]
    assert [(one["Family"], one["Size"], one["Rank"]) for one in types] == found


def test_only_without_settings_may_a_document_bring_its_own() -> None:
    document = {"Resources": {}, "GuardRun": {"Policy": {"RequiredTags": ["Owner"]}}}
    assert Context(document).policy.required_tags == ("Owner",)
    assert Context(document, policy=Policy()).policy.required_tags == ()
