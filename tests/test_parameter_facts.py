"""What parameters, names, tags and mappings are like."""

from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views


def document(**sections: Any) -> Any:
    return document_views(Context({"Resources": {}, **sections}), {"source": FACTS})["source"]


def parameter(body: dict[str, Any], **sections: Any) -> Any:
    return document(Parameters={"P": body}, **sections)["Parameters"]["P"]["GuardRun"]


def on_resource(kind: str, **properties: Any) -> Any:
    return document(Resources={"A": {"Type": kind, "Properties": properties}})["Resources"]["A"]["GuardRun"]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ({"Type": "String", "Default": "x", "AllowedValues": ["a", "b"]}, ["it is none of the allowed values"]),
        ({"Type": "String", "Default": 1, "AllowedValues": ["1"]}, []),
        ({"Type": "String", "Default": True, "AllowedValues": ["true", "false"]}, []),
        ({"Type": "String", "Default": "", "AllowedPattern": "^[a-z]+$"}, ["it does not match AllowedPattern"]),
        ({"Type": "String", "Default": "abc", "AllowedPattern": "[a-z]+"}, []),
        ({"Type": "String", "Default": "abc", "AllowedPattern": "^[[:alpha:]$("}, []),
        ({"Type": "String", "Default": "a" * 40 + "!", "AllowedPattern": "^(a+)+$"}, []),
        ({"Type": "String", "Default": "short", "MinLength": "8"}, ["it is shorter than MinLength, 8"]),
        ({"Type": "String", "Default": "long", "MaxLength": 3}, ["it is longer than MaxLength, 3"]),
        ({"Type": "Number", "Default": 3, "MinValue": 5}, ["it is below MinValue, 5"]),
        ({"Type": "Number", "Default": "7", "MaxValue": "5"}, ["it is above MaxValue, 5"]),
        ({"Type": "Number", "Default": "many"}, ["it is no number"]),
        ({"Type": "Number", "Default": 5, "MinValue": 5, "MaxValue": 5}, []),
        ({"Type": "List<Number>", "Default": "1, 2", "AllowedValues": [1]}, ["it is none of the allowed values"]),
        ({"Type": "CommaDelimitedList", "Default": "a, b", "AllowedValues": ["a", "b"]}, []),
        ({"Type": "String", "MinLength": 3}, []),
    ],
)
def test_a_default_is_held_against_its_own_constraints(body: dict[str, Any], texts: list[str]) -> None:
    found = parameter(body)["DefaultViolations"]
    assert [entry["Text"] for entry in found] == texts
    assert all(entry["At"] == "/Parameters/P/Default" for entry in found)


def test_a_parameter_knows_the_properties_that_take_it_whole() -> None:
    resources = {
        "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Ref": "P"}}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"SecurityGroupIngress": [{"CidrIp": {"Fn::If": ["C", {"Ref": "P"}, "10.0.0.0/8"]}}]},
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Join": ["-", [{"Ref": "P"}, "x"]]}}},
    }
    assert parameter({"Type": "String"}, Resources=resources)["UsedIn"] == [
        "AWS::EC2::SecurityGroup.SecurityGroupIngress.CidrIp",
        "AWS::EC2::VPC.CidrBlock",
    ]


def test_a_parameter_is_in_the_interface_when_a_group_names_it() -> None:
    groups = [{"Label": {"default": "Network"}, "Parameters": ["P"]}]
    shown = {"AWS::CloudFormation::Interface": {"ParameterGroups": groups}}
    assert parameter({"Type": "String"}, Metadata=shown)["InInterface"] is True
    assert parameter({"Type": "String"})["InInterface"] is False


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("AWS::S3::Bucket", {"BucketName": "data"}, [("BucketName", "data")]),
        ("AWS::SQS::Queue", {"QueueName": {"Fn::Sub": "${AWS::StackName}-x"}}, [("QueueName", "${AWS::StackName}-x")]),
        (
            "AWS::IAM::Role",
            {"RoleName": {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}},
            [("RoleName", "a")],
        ),
        ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, []),
        ("AWS::Lambda::Permission", {"FunctionName": "worker"}, []),
        ("AWS::Logs::MetricFilter", {"LogGroupName": "logs"}, []),
        ("AWS::WAFv2::WebACL", {"Name": "site"}, [("Name", "site")]),
        ("Custom::Thing", {"Name": "x"}, []),
    ],
)
def test_a_resources_own_name_is_found_by_its_type(kind: str, properties: Any, found: list[tuple[str, str]]) -> None:
    assert [(entry["Property"], entry["Value"]) for entry in on_resource(kind, **properties)["Names"]] == found


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        ("AWS::S3::Bucket", {"Tags": [{"Key": "Owner", "Value": {"Ref": "Team"}}]}, [("Owner", "${Team}")]),
        ("AWS::Route53::HostedZone", {"HostedZoneTags": [{"Key": "Owner", "Value": "a"}]}, [("Owner", "a")]),
        ("AWS::SSM::Parameter", {"Tags": {"Owner": "a"}}, [("Owner", "a")]),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"TagSpecifications": [{"Tags": [{"Key": "Owner", "Value": "a"}]}]}},
            [("Owner", "a")],
        ),
        ("AWS::S3::Bucket", {"Tags": [{"Fn::If": ["C", {"Key": "A", "Value": "1"}, {"Ref": "P"}]}]}, [("A", "1")]),
        ("AWS::S3::Bucket", {"Tags": {"Fn::FindInMap": ["M", "a", "b"]}}, []),
    ],
)
def test_tags_are_found_wherever_the_type_has_them(kind: str, properties: Any, found: list[tuple[str, str]]) -> None:
    assert [(entry["Key"], entry["Value"]) for entry in on_resource(kind, **properties)["Tags"]] == found


def test_which_types_take_tags_is_known() -> None:
    assert on_resource("AWS::Backup::BackupVault")["Taggable"] is True
    assert on_resource("AWS::KMS::Alias")["Taggable"] is False
    assert on_resource("Custom::Thing")["Taggable"] is False


MAPS = {"Sizes": {"test": {"Small": 1, "Large": 2}, "prod": {"Small": 3}}}
STAGE = {"Type": "String", "AllowedValues": ["test", "prod", "dev"]}


def gaps(*argument: Any) -> list[str]:
    resources = {"A": {"Type": "AWS::X::Y", "Properties": {"P": {"Fn::FindInMap": list(argument)}}}}
    found = document(Mappings=MAPS, Parameters={"Stage": STAGE, "Any": {"Type": "String"}}, Resources=resources)
    return [entry["Text"] for entry in found["GuardRun"]["Graph"]["MapGaps"]]


def test_a_key_that_a_mapping_lacks_is_a_gap() -> None:
    assert gaps("Sizes", "test", "Small") == []
    assert gaps("Sizes", "stage", "Small") == ["Sizes has no entry stage"]
    assert gaps("Sizes", "prod", "Large") == ["Sizes.prod has no Large"]
    assert gaps("Sizes", {"Ref": "Stage"}, "Small") == ["Sizes has no entry dev"]
    assert gaps("Sizes", {"Ref": "Any"}, "Large") == ["Sizes.prod has no Large"]


def test_a_lookup_with_a_default_or_of_an_unknown_mapping_has_no_gap() -> None:
    assert gaps("Sizes", "stage", "Small", {"DefaultValue": 1}) == []
    assert gaps({"Ref": "Any"}, "stage", "Small") == []


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("orders", 6),
        ({"Fn::Sub": "${AWS::StackName}-orders"}, 8),
        ({"Fn::Sub": "x-${AWS::AccountId}-${AWS::Region}"}, 24),
        ({"Fn::Join": ["-", ["a", {"Ref": "B"}]]}, 3),
        ("{{resolve:ssm:/a/long/name}}", 1),
    ],
)
def test_the_shortest_that_a_name_can_be_is_known(name: Any, length: int) -> None:
    assert on_resource("AWS::SQS::Queue", QueueName=name)["Names"][0]["Shortest"] == length


def test_keys_that_stand_in_a_template_are_found_wherever_they_are() -> None:
    resources = {
        "A": {"Type": "X", "Properties": {"P": [{"Fn::If": ["C", "id ASIAQ2W3E4R5T6Y7ABCD", "AKIAIOSFODNN7EXAMPLE"]}]}},
        "B": {"Type": "X", "Metadata": {"Init": "-----BEGIN RSA PRIVATE KEY-----\nx"}},
    }
    found = document(Resources=resources)["GuardRun"]["Graph"]["AccessKeys"]
    assert [(entry["Kind"], entry["At"]) for entry in found] == [
        ("the id of an access key", "/Resources/A/Properties/P/0/Fn::If/1"),
        ("a private key", "/Resources/B/Metadata/Init"),
    ]


def test_logical_ids_of_other_characters_are_odd() -> None:
    resources = {name: {"Type": "X"} for name in ("Good1", "bad-name", "Fn::ForEach::X", "Müll")}
    found = document(Resources=resources)["GuardRun"]["Graph"]["OddNames"]
    assert [entry["Name"] for entry in found] == ["bad-name", "Müll"]


def test_a_sub_of_no_text_is_still_a_name() -> None:
    names = on_resource("AWS::SNS::Topic", TopicName={"Fn::Sub": 5})["Names"]
    assert [name["Value"] for name in names] == ["5"]
