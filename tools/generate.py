"""Templates for measuring: of any size, with the mix of resource types and references that real ones have."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Properties = Callable[[str], dict[str, Any]]


def template(generator: random.Random, resources: int) -> dict[str, Any]:
    """A template of this many resources; each refers to one before it."""
    kinds = generator.choices(list(KINDS), [weight for weight, _ in KINDS.values()], k=resources)
    made = {}
    for number, kind in enumerate(kinds):
        target = f"Resource{generator.randrange(number)}" if number else "Environment"
        made[f"Resource{number}"] = {"Type": kind, "Properties": KINDS[kind][1](target)}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Generated",
        "Parameters": {
            "Environment": {
                "Type": "String",
                "Default": "dev",
                "AllowedValues": ["dev", "prod"],
                "Description": "Stage",
            },
            "VpcCidr": {"Type": "String", "Default": "10.0.0.0/16", "Description": "Addresses of the network"},
        },
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
        "Resources": made,
        "Outputs": {"First": {"Description": "The first", "Value": {"Ref": "Resource0"}}},
    }


def tags(name: str) -> list[dict[str, Any]]:
    """Two tags, one of them partly known."""
    value = {"Fn::Sub": "${AWS::StackName}-${Environment}-" + name}
    return [{"Key": "Name", "Value": value}, {"Key": "Environment", "Value": {"Ref": "Environment"}}]


def policy(target: str) -> dict[str, Any]:
    """A policy document of two statements, one of which names a resource."""
    objects = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::${{{target}}}/*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"},
        ],
    }


def trust(service: str) -> dict[str, Any]:
    """A trust policy for a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


KINDS: dict[str, tuple[float, Properties]] = {
    "AWS::EC2::Subnet": (
        8.6,
        lambda ref: {
            "VpcId": {"Ref": ref},
            "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
            "Tags": tags("subnet"),
        },
    ),
    "AWS::EC2::SubnetRouteTableAssociation": (
        7.8,
        lambda ref: {"SubnetId": {"Ref": ref}, "RouteTableId": {"Ref": ref}},
    ),
    "AWS::IAM::Role": (
        6.0,
        lambda ref: {
            "AssumeRolePolicyDocument": trust("lambda"),
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
            "Policies": [{"PolicyName": "access", "PolicyDocument": policy(ref)}],
            "Tags": tags("role"),
        },
    ),
    "AWS::EC2::SecurityGroup": (
        5.1,
        lambda ref: {
            "GroupDescription": "web",
            "VpcId": {"Ref": ref},
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": {"Ref": "VpcCidr"}}
            ],
            "Tags": tags("web"),
        },
    ),
    "AWS::EC2::RouteTable": (4.5, lambda ref: {"VpcId": {"Ref": ref}, "Tags": tags("routes")}),
    "AWS::CloudWatch::Alarm": (
        4.4,
        lambda ref: {
            "AlarmDescription": "Too many errors",
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": ref}}],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [{"Ref": ref}],
        },
    ),
    "AWS::EC2::Route": (4.1, lambda ref: {"RouteTableId": {"Ref": ref}, "DestinationCidrBlock": "0.0.0.0/0"}),
    "AWS::S3::Bucket": (
        3.9,
        lambda _: {
            "BucketName": {"Fn::Sub": "${Environment}-data-${AWS::AccountId}"},
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
            "Tags": tags("data"),
        },
    ),
    "AWS::Logs::LogGroup": (2.4, lambda ref: {"LogGroupName": {"Fn::Sub": f"/app/${{{ref}}}"}, "RetentionInDays": 30}),
    "AWS::EC2::EIP": (2.3, lambda _: {"Domain": "vpc", "Tags": tags("address")}),
    "AWS::EC2::NatGateway": (2.3, lambda ref: {"AllocationId": {"Fn::GetAtt": [ref, "AllocationId"]}}),
    "AWS::EC2::VPC": (
        2.1,
        lambda _: {"CidrBlock": {"Ref": "VpcCidr"}, "EnableDnsHostnames": True, "Tags": tags("vpc")},
    ),
    "AWS::S3::BucketPolicy": (1.9, lambda ref: {"Bucket": {"Ref": ref}, "PolicyDocument": policy(ref)}),
    "AWS::EC2::InternetGateway": (1.8, lambda _: {"Tags": tags("gateway")}),
    "AWS::EC2::VPCGatewayAttachment": (1.8, lambda ref: {"VpcId": {"Ref": ref}, "InternetGatewayId": {"Ref": ref}}),
    "AWS::KMS::Key": (1.8, lambda _: {"EnableKeyRotation": True, "KeyPolicy": policy("Environment")}),
    "AWS::Lambda::Function": (
        1.7,
        lambda ref: {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Timeout": 30,
            "Role": {"Fn::GetAtt": [ref, "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return event\n" * 10},
            "Environment": {"Variables": {"TARGET": {"Ref": ref}, "STAGE": {"Ref": "Environment"}}},
        },
    ),
    "AWS::KMS::Alias": (1.6, lambda ref: {"AliasName": "alias/data", "TargetKeyId": {"Ref": ref}}),
    "AWS::RDS::DBInstance": (
        1.6,
        lambda ref: {
            "Engine": "postgres",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": 20,
            "StorageEncrypted": True,
            "MultiAZ": {"Fn::If": ["IsProd", True, False]},
            "MasterUserPassword": {"Fn::Sub": f"{{{{resolve:secretsmanager:${{{ref}}}:SecretString:password}}}}"},
            "Tags": tags("db"),
        },
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (1.4, lambda ref: {"LoadBalancerArn": {"Ref": ref}, "Port": 443}),
    "AWS::SNS::Topic": (1.3, lambda _: {"Tags": tags("alarms")}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (1.1, lambda ref: {"Subnets": [{"Ref": ref}, {"Ref": ref}]}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (1.1, lambda ref: {"VpcId": {"Ref": ref}, "Port": 80}),
    "AWS::DynamoDB::Table": (
        1.0,
        lambda _: {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        },
    ),
}
"""Types with their share among resources, in percent, as counted in 208 real templates, and their properties."""
