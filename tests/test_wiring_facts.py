"""Links, siblings, policies, subnets: how the resources of a template are wired."""

from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views


def facts(resources: dict[str, Any], name: str, **sections: Any) -> Any:
    document = {"Resources": resources, **sections}
    return document_views(Context(document), {"source": FACTS})["source"]["Resources"][name]["GuardRun"]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def key(*statements: Any) -> dict[str, Any]:
    return resource("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": list(statements)})


ALLOW_LOGS = {
    "Effect": "Allow",
    "Principal": {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}},
    "Action": ["kms:Encrypt*", "kms:GenerateDataKey*"],
    "Resource": "*",
}
ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}


def test_a_link_names_the_property_and_what_the_targets_policy_allows() -> None:
    resources = {
        "Logs": resource("AWS::Logs::LogGroup", KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]}),
        "Key": key(ROOT, ALLOW_LOGS),
    }
    assert facts(resources, "Logs")["Links"] == [
        {
            "Property": "KmsKeyId",
            "Id": "Key",
            "Type": "AWS::KMS::Key",
            "Kind": "GetAtt",
            "Attribute": "Arn",
            "Services": ["logs"],
            "Principals": ["arn:aws:iam::${AWS::AccountId}:root"],
            "Policies": ["Key"],
            "At": "/Resources/Logs/Properties/KmsKeyId/Fn::GetAtt/0",
        }
    ]


def test_positions_and_conditions_are_no_part_of_a_links_property() -> None:
    subnets = [{"Fn::If": ["Two", {"Ref": "B"}, {"Ref": "AWS::NoValue"}]}, {"Fn::Join": ["", [{"Ref": "B"}]]}]
    resources = {"A": resource("AWS::X::Y", Config={"Subnets": subnets}), "B": {"Type": "AWS::EC2::Subnet"}}
    assert [link["Property"] for link in facts(resources, "A")["Links"]] == ["Config.Subnets", "Config.Subnets"]


def test_a_resource_knows_who_links_to_it() -> None:
    resources = {
        "Rule": resource("AWS::Events::Rule", Targets=[{"Arn": {"Fn::GetAtt": ["Work", "Arn"]}}]),
        "Work": {"Type": "AWS::Lambda::Function", "DependsOn": "Log"},
        "Log": {"Type": "AWS::Logs::LogGroup"},
    }
    assert [(link["Id"], link["Type"], link["Property"]) for link in facts(resources, "Work")["LinkedBy"]] == [
        ("Rule", "AWS::Events::Rule", "Targets.Arn")
    ]
    assert [link["Property"] for link in facts(resources, "Log")["LinkedBy"]] == ["DependsOn"]


def test_siblings_refer_to_the_same_resource_and_may_be_waited_for() -> None:
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi"},
        "Get": resource("AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}),
        "Put": resource("AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}),
        "Deployment": {**resource("AWS::ApiGateway::Deployment", RestApiId={"Ref": "Api"}), "DependsOn": "Get"},
    }
    found = facts(resources, "Deployment")["Siblings"]
    assert [(one["Id"], one["Through"], one["ThroughType"], one["Reached"], one["At"]) for one in found] == [
        ("Get", "Api", "AWS::ApiGateway::RestApi", True, "/Resources/Deployment/Properties/RestApiId/Ref"),
        ("Put", "Api", "AWS::ApiGateway::RestApi", False, "/Resources/Deployment/Properties/RestApiId/Ref"),
    ]


def test_a_siblings_property_is_the_one_that_says_more_than_depends_on() -> None:
    resources = {
        "Logs": {"Type": "AWS::S3::Bucket"},
        "Trail": {**resource("AWS::CloudTrail::Trail", S3BucketName={"Ref": "Logs"}), "DependsOn": "Logs"},
        "Policy": resource(
            "AWS::S3::BucketPolicy",
            Bucket={"Ref": "Logs"},
            PolicyDocument={"Resource": {"Fn::GetAtt": ["Logs", "Arn"]}},
        ),
    }
    (sibling,) = facts(resources, "Trail")["Siblings"]
    assert (sibling["ThroughProperty"], sibling["Property"]) == ("S3BucketName", "Bucket")


def test_statements_are_lists_whatever_they_were_written_as() -> None:
    role = resource(
        "AWS::IAM::Role",
        Policies=[
            {
                "PolicyName": "p",
                "PolicyDocument": {
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "S3:GetObject",
                        "Resource": {"Fn::If": ["Open", "*", {"Fn::GetAtt": ["Data", "Arn"]}]},
                        "Condition": {"Bool": {"aws:SecureTransport": True}},
                    }
                },
            }
        ],
    )
    assert facts({"Role": role}, "Role")["Statements"] == [
        {
            "Effect": "Allow",
            "Actions": ["s3:getobject"],
            "NotActions": [],
            "Resources": ["*", "${Data.Arn}"],
            "Services": [],
            "Principals": [],
            "Conditions": ["aws:securetransport"],
            "Conditional": True,
            "Policy": "Role",
            "At": "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement",
        }
    ]


def policy(kind: str, **properties: Any) -> dict[str, Any]:
    return resource(kind, PolicyDocument={"Statement": [{"Effect": "Deny", "Action": "*"}]}, **properties)


@pytest.mark.parametrize(
    ("kind", "policies"),
    [
        ("AWS::IAM::Role", {"P": policy("AWS::IAM::Policy", Roles=[{"Ref": "A"}])}),
        ("AWS::IAM::Role", {"P": policy("AWS::IAM::RolePolicy", RoleName={"Ref": "A"})}),
        ("AWS::S3::Bucket", {"P": policy("AWS::S3::BucketPolicy", Bucket={"Ref": "A"})}),
        ("AWS::SQS::Queue", {"P": policy("AWS::SQS::QueuePolicy", Queues=[{"Ref": "A"}])}),
    ],
)
def test_a_policy_of_its_own_holds_for_what_it_names(kind: str, policies: dict[str, Any]) -> None:
    (statement,) = facts({"A": resource(kind), **policies}, "A")["Statements"]
    assert statement["Policy"] == "P"


def test_a_managed_policy_holds_for_the_role_that_attaches_it() -> None:
    role = resource("AWS::IAM::Role", ManagedPolicyArns=[{"Ref": "P"}])
    (statement,) = facts({"A": role, "P": policy("AWS::IAM::ManagedPolicy")}, "A")["Statements"]
    assert statement["Effect"] == "Deny"


def test_a_bucket_policy_may_name_its_bucket_by_the_name_that_the_bucket_gives_itself() -> None:
    name = {"Fn::Sub": "logs-${AWS::AccountId}"}
    resources = {
        "Logs": resource("AWS::S3::Bucket", BucketName=name),
        "Other": resource("AWS::S3::Bucket", BucketName="other"),
        "P": policy("AWS::S3::BucketPolicy", Bucket=name),
    }
    assert [statement["Policy"] for statement in facts(resources, "Logs")["Statements"]] == ["P"]
    assert facts(resources, "Other")["Statements"] == []


@pytest.mark.parametrize(
    ("principal", "service"),
    [
        ("logs.amazonaws.com", "logs"),
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("delivery.logs.amazonaws.com", "delivery.logs"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("codedeploy.${AWS::Region}.amazonaws.com", "codedeploy"),
        ("ec2.${AWS::URLSuffix}", "ec2"),
    ],
)
def test_a_service_is_known_by_its_name_alone(principal: str, service: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "kms:Decrypt", "Resource": "*"}
    assert facts({"Key": key(statement)}, "Key")["Statements"][0]["Services"] == [service]


def network(**resources: Any) -> dict[str, Any]:
    return {
        "Group": resource("AWS::RDS::DBSubnetGroup", SubnetIds=[{"Ref": "One"}, {"Ref": "Two"}]),
        "Gateway": {"Type": "AWS::EC2::InternetGateway"},
        "Table": {"Type": "AWS::EC2::RouteTable"},
        "Out": resource("AWS::EC2::Route", RouteTableId={"Ref": "Table"}, GatewayId={"Ref": "Gateway"}),
        **resources,
    }


def test_a_subnet_is_public_by_its_route_to_an_internet_gateway() -> None:
    resources = network(
        One={"Type": "AWS::EC2::Subnet"},
        Two={"Type": "AWS::EC2::Subnet"},
        Link=resource("AWS::EC2::SubnetRouteTableAssociation", SubnetId={"Ref": "One"}, RouteTableId={"Ref": "Table"}),
    )
    assert facts(resources, "Group")["PublicSubnets"] == [
        {"Id": "One", "At": "/Resources/Group/Properties/SubnetIds/0/Ref"}
    ]


def test_without_a_route_table_a_subnet_is_public_by_the_addresses_that_it_hands_out() -> None:
    resources = network(
        One=resource("AWS::EC2::Subnet", MapPublicIpOnLaunch="true"),
        Two=resource("AWS::EC2::Subnet", MapPublicIpOnLaunch=False),
    )
    assert [entry["Id"] for entry in facts(resources, "Group")["PublicSubnets"]] == ["One"]


def blocks(*subnets: Any, vpc: Any = "10.0.0.0/16", **others: Any) -> list[str]:
    resources = {"Vpc": resource("AWS::EC2::VPC", CidrBlock=vpc), **others}
    for number, block in enumerate(subnets):
        resources[f"S{number}"] = resource("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock=block)
    document = document_views(Context({"Resources": resources}), {"source": FACTS})["source"]
    return [entry["Text"] for entry in document["GuardRun"]["Graph"]["SubnetBlocks"]]


def test_a_subnet_must_lie_in_its_network_and_beside_the_others() -> None:
    assert blocks("10.0.1.0/24", "10.0.2.0/24") == []
    assert blocks("10.1.1.0/24") == ["10.1.1.0/24 lies outside of 10.0.0.0/16, the block of Vpc"]
    assert blocks("10.0.0.0/20", "10.0.8.0/24") == ["10.0.8.0/24 overlaps 10.0.0.0/20, the block of S0"]


def test_blocks_that_are_not_known_or_come_from_a_second_range_are_left_alone() -> None:
    second = resource("AWS::EC2::VPCCidrBlock", VpcId={"Ref": "Vpc"}, CidrBlock="10.1.0.0/16")
    assert blocks({"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 4, 8]}]}, {"Ref": "P"}, "no block") == []
    assert blocks("10.1.1.0/24", Second=second) == []
