"""Properties, values, attributes and references held against what a resource type has."""

from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views
from guardrun.facts.resource_types import resource_type, source, type_names


def schema_facts(resources: dict[str, Any], **sections: Any) -> Any:
    return document_views(Context({"Resources": resources, **sections}), {"source": FACTS})["source"]["GuardRun"][
        "Schema"
    ]


def faults(key: str, kind: str, properties: Any, **others: Any) -> list[Any]:
    found: list[Any] = schema_facts({"A": {"Type": kind, "Properties": properties}, **others})[key]
    return [entry for entry in found if entry["At"].startswith("/Resources/A/")]


def test_a_type_is_found_by_its_whole_name_only() -> None:
    assert resource_type("AWS::S3::Bucket") is not None
    assert resource_type("AWS::S3::Buck") is None
    assert resource_type("") is None
    assert resource_type("source") is None
    assert "AWS::S3::Bucket" in type_names()


def test_the_facts_about_types_say_where_they_are_from_and_of_when() -> None:
    assert source()["source"].startswith("cfn_lint-")
    assert source()["as_of"] >= "2026-10-20"


def test_an_unknown_type_comes_with_the_nearest_one() -> None:
    assert schema_facts({"A": {"Type": "AWS::EC2::RouteTableAssociation"}})["UnknownTypes"] == [
        {
            "Name": "AWS::EC2::RouteTableAssociation",
            "Near": "; did you mean AWS::EC2::SubnetRouteTableAssociation?",
            "At": "/Resources/A/Type",
        }
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::S3::Bucket",
        "AWS::CloudFormation::CustomResource",
        "AWS::Serverless::Function",
        "Custom::Thing",
        "Org::Team::Thing",
        "AWS::S3::Bucket::MODULE",
    ],
)
def test_types_of_others_are_not_unknown(kind: str) -> None:
    assert schema_facts({"A": {"Type": kind, "Properties": {"Any": 1}}})["UnknownTypes"] == []


def test_an_invented_property_is_found_at_any_depth() -> None:
    properties = {"NotificationConfiguration": {"CloudWatchConfigurations": []}, "BucketNam": "x"}
    assert faults("UnknownProperties", "AWS::S3::Bucket", properties) == [
        {
            "Property": "AWS::S3::Bucket.NotificationConfiguration.CloudWatchConfigurations",
            "Name": "CloudWatchConfigurations",
            "Near": "; did you mean TopicConfigurations?",
            "At": "/Resources/A/Properties/NotificationConfiguration/CloudWatchConfigurations",
        },
        {
            "Property": "AWS::S3::Bucket.BucketNam",
            "Name": "BucketNam",
            "Near": "; did you mean BucketName?",
            "At": "/Resources/A/Properties/BucketNam",
        },
    ]


def test_both_branches_of_an_if_are_looked_at_and_lists_item_by_item() -> None:
    properties = {"Tags": [{"Fn::If": ["Prod", {"Key": "a", "Valu": "b"}, {"Ref": "AWS::NoValue"}]}]}
    (fault,) = faults("UnknownProperties", "AWS::S3::Bucket", properties)
    assert fault["At"] == "/Resources/A/Properties/Tags/0/Fn::If/1/Valu"


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": {"Anything": {"Goes": 1}}}),
        ("AWS::Lambda::Function", {"Environment": {"Variables": {"ANY_NAME": "x"}}}),
        ("AWS::S3::Bucket", {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {}}, "Surprise": 1}),
        ("AWS::S3::Bucket", {"Tags": {"Fn::FindInMap": ["M", {"Ref": "P"}, "k"]}}),
        ("Custom::Thing", {"ServiceToken": "x", "Whatever": 1}),
    ],
)
def test_where_any_name_may_stand_none_is_invented(kind: str, properties: Any) -> None:
    assert faults("UnknownProperties", kind, properties) == []


def test_a_missing_property_is_told_where_it_should_be() -> None:
    assert faults("MissingProperties", "AWS::Config::ConfigurationRecorder", {"Name": "x"}) == [
        {"Property": "AWS::Config::ConfigurationRecorder.RoleARN", "Name": "RoleARN", "At": "/Resources/A/Properties"}
    ]
    found = schema_facts({"A": {"Type": "AWS::Config::ConfigurationRecorder"}})["MissingProperties"]
    assert [entry["Name"] for entry in found] == ["RoleARN"]


def test_a_property_without_value_is_missing_and_one_that_a_condition_decides_is_not() -> None:
    gone = {"RoleARN": {"Ref": "AWS::NoValue"}}
    perhaps = {"RoleARN": {"Fn::If": ["C", "arn", {"Ref": "AWS::NoValue"}]}}
    assert len(faults("MissingProperties", "AWS::Config::ConfigurationRecorder", gone)) == 1
    assert faults("MissingProperties", "AWS::Config::ConfigurationRecorder", perhaps) == []


@pytest.mark.parametrize(
    ("days", "wrong"), [(2555, ["2555"]), ("2555", ["2555"]), (365, []), ("365", []), ({"Ref": "Days"}, [])]
)
def test_a_value_must_be_one_of_an_enumeration_as_number_or_text(days: Any, wrong: list[str]) -> None:
    found = faults("InvalidValues", "AWS::Logs::LogGroup", {"RetentionInDays": days})
    assert [entry["Value"] for entry in found] == wrong


def test_the_default_of_a_parameter_is_held_against_the_enumeration() -> None:
    resources = {"A": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": {"Ref": "Mode"}}}}
    parameters = {"Mode": {"Type": "String", "Default": "ON_DEMAND"}}
    (entry,) = schema_facts(resources, Parameters=parameters)["InvalidValues"]
    assert (entry["Value"], entry["Allowed"]) == ("ON_DEMAND", "PAY_PER_REQUEST, PROVISIONED")


ROLE = {"Type": "AWS::IAM::Role"}
TOPIC = {"Type": "AWS::SNS::Topic"}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Ref": "Role"}, [("Role", "Arn")]),
        ({"Fn::Sub": "${Role}"}, [("Role", "Arn")]),
        ({"Fn::If": ["C", {"Ref": "Role"}, "arn:aws:iam::123456789012:role/x"]}, [("Role", "Arn")]),
        ({"Fn::GetAtt": ["Role", "Arn"]}, []),
        ({"Fn::Sub": "${Role.Arn}"}, []),
        ({"Ref": "Unknown"}, []),
        ({"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Role}"}, []),
    ],
)
def test_a_name_where_an_arn_is_due_is_found(value: Any, found: list[tuple[str, str]]) -> None:
    entries = faults("NamesAsArns", "AWS::EC2::FlowLog", {"DeliverLogsPermissionArn": value}, Role=ROLE)
    assert [(entry["Name"], entry["Attribute"]) for entry in entries] == found


def test_a_name_where_an_arn_is_due_is_found_in_a_json_property() -> None:
    queue = {"Dead": {"Type": "AWS::SQS::Queue"}}
    policy = {"RedrivePolicy": {"deadLetterTargetArn": {"Ref": "Dead"}, "maxReceiveCount": 3}}
    (entry,) = faults("NamesAsArns", "AWS::SQS::Queue", policy, **queue)
    assert entry["Property"] == "AWS::SQS::Queue.RedrivePolicy.deadLetterTargetArn"


def test_names_in_a_map_of_the_users_own_mean_nothing() -> None:
    variables = {"Environment": {"Variables": {"RoleArn": {"Ref": "Role"}}}}
    assert faults("NamesAsArns", "AWS::Lambda::Function", variables, Role=ROLE) == []


def test_a_property_that_takes_both_takes_a_name() -> None:
    assert faults("NamesAsArns", "AWS::ECS::TaskDefinition", {"TaskRoleArn": {"Ref": "Role"}}, Role=ROLE) == []


def test_where_ref_gives_an_arn_it_may_stand_for_one() -> None:
    assert faults("NamesAsArns", "AWS::SNS::Subscription", {"TopicArn": {"Ref": "T"}}, T=TOPIC) == []
    secret = {"Type": "AWS::SecretsManager::Secret"}
    properties = {"Auth": [{"SecretArn": {"Ref": "S"}}]}
    assert faults("NamesAsArns", "AWS::RDS::DBProxy", properties, S=secret) == []


def test_an_arn_where_a_name_is_due_is_found() -> None:
    bucket = {"B": {"Type": "AWS::S3::Bucket"}}
    wrong = {"Bucket": {"Fn::GetAtt": ["B", "Arn"]}}
    (entry,) = faults("ArnsAsNames", "AWS::S3::BucketPolicy", wrong, **bucket)
    assert (entry["Name"], entry["Attribute"]) == ("B", "Arn")
    assert faults("ArnsAsNames", "AWS::S3::BucketPolicy", {"Bucket": {"Ref": "B"}}, **bucket) == []


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        ("AWS::RDS::DBCluster", {"Fn::GetAtt": ["A", "ReaderEndpoint.Address"]}, ["A.ReaderEndpoint.Address"]),
        ("AWS::RDS::DBCluster", {"Fn::Sub": "${A.ReadEndpoint.Address}"}, []),
        ("AWS::EC2::VPC", {"Fn::Sub": "x-${A.Arn}"}, ["A.Arn"]),
        ("AWS::CloudFormation::Stack", {"Fn::GetAtt": ["A", "Outputs.Any"]}, []),
        ("AWS::CloudFormation::CustomResource", {"Fn::GetAtt": ["A", "Any"]}, []),
        ("Custom::Thing", {"Fn::GetAtt": ["A", "Any"]}, []),
        ("AWS::Serverless::Function", {"Fn::GetAtt": ["A", "Version.FunctionArn"]}, []),
        ("AWS::Serverless::Function", {"Fn::GetAtt": ["A", "Any"]}, ["A.Any"]),
        ("AWS::S3::Bucket", {"Fn::GetAtt": ["A", {"Ref": "P"}]}, []),
    ],
)
def test_an_attribute_must_be_one_that_the_type_has(kind: str, value: Any, wrong: list[str]) -> None:
    facts = schema_facts({"A": {"Type": kind}}, Outputs={"O": {"Value": value}})
    assert [entry["Name"] for entry in facts["UnknownAttributes"]] == wrong


def test_attributes_among_the_properties_and_properties_beside_them_are_misplaced() -> None:
    facts = schema_facts(
        {
            "A": {"Type": "AWS::S3::Bucket", "Tags": [], "Properties": {"DeletionPolicy": "Retain", "BucketName": "x"}},
            "B": {"Type": "AWS::ECS::Cluster", "DependsOn": "A", "Metadata": {}},
            "C": {"Type": "Custom::Thing", "Extra": 1},
        }
    )
    assert facts["Misplaced"] == [
        {"Name": "DeletionPolicy", "Where": "among the properties", "At": "/Resources/A/Properties/DeletionPolicy"},
        {"Name": "Tags", "Where": "beside the properties", "At": "/Resources/A/Tags"},
    ]
    assert facts["UnknownProperties"] == []
