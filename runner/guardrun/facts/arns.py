"""Which properties take an ARN and which a name, and what a reference gives them."""

from __future__ import annotations

from typing import Any

from guardrun.facts.resource_types import resource_type

ARN = ("Arn", "ARN", "Arns", "ARNs")

WANT_ARN = {
    "AWS::Events::Rule.Targets.Arn",
    "AWS::Lambda::EventInvokeConfig.DestinationConfig.OnFailure.Destination",
    "AWS::Lambda::EventInvokeConfig.DestinationConfig.OnSuccess.Destination",
    "AWS::Lambda::Function.Role",
    "AWS::EC2::FlowLog.LogDestination",
    "AWS::Logs::LogGroup.KmsKeyId",
    "AWS::S3::Bucket.NotificationConfiguration.LambdaConfigurations.Function",
    "AWS::S3::Bucket.NotificationConfiguration.QueueConfigurations.Queue",
    "AWS::S3::Bucket.ReplicationConfiguration.Role",
    "AWS::S3::Bucket.ReplicationConfiguration.Rules.Destination.Bucket",
    "AWS::SNS::Subscription.Endpoint",
    "AWS::SQS::Queue.RedrivePolicy.deadLetterTargetArn",
    "AWS::WAFv2::LoggingConfiguration.LogDestinationConfigs",
}
"""Properties that take an ARN although neither their name nor their schema says so."""

TAKE_BOTH = {"AWS::ECS::TaskDefinition.ExecutionRoleArn", "AWS::ECS::TaskDefinition.TaskRoleArn"}
"""Properties that take a name, too, although they are called otherwise."""

WANT_NAME = {
    "AWS::AutoScaling::LaunchConfiguration.KeyName",
    "AWS::Config::DeliveryChannel.S3BucketName",
    "AWS::EC2::Instance.IamInstanceProfile",
    "AWS::IAM::Group.GroupName",
    "AWS::IAM::InstanceProfile.Roles",
    "AWS::IAM::ManagedPolicy.Groups",
    "AWS::IAM::ManagedPolicy.Roles",
    "AWS::IAM::ManagedPolicy.Users",
    "AWS::IAM::Policy.Groups",
    "AWS::IAM::Policy.Roles",
    "AWS::IAM::Policy.Users",
    "AWS::IAM::RolePolicy.RoleName",
    "AWS::Logs::MetricFilter.LogGroupName",
    "AWS::Logs::SubscriptionFilter.LogGroupName",
    "AWS::S3::Bucket.LoggingConfiguration.DestinationBucketName",
    "AWS::S3::BucketPolicy.Bucket",
}
"""Properties that take a name or an id alone."""

REF_IS_ARN = {"AWS::SecretsManager::Secret", "AWS::SecretsManager::SecretTargetAttachment"}
"""Types whose identifier does not say that it is an ARN."""
REF_IS_NAME = {"AWS::Events::Rule"}
"""Types whose identifier is an ARN although Ref gives the name."""

Node = dict[str, Any]


def wrong_reference(name: str, node: Node, target_type: str, attribute: str) -> tuple[str, str] | None:
    """What a property does with a reference to a resource of this type that it should not do, if anything.

    `name` is the property (`AWS::Lambda::Function.Role`), `attribute` empty for a Ref. Gives the key of the fact, and
    the attribute that would be right (`NamesAsArns`) or is wrong (`ArnsAsNames`).
    """
    has = resource_type(target_type)
    if not has:
        return None
    arn = next((one for one in has["attributes"] if one in ARN), None)
    if not attribute and arn and not _ref_is_arn(target_type, has) and _wants_arn(name, node):
        return "NamesAsArns", arn
    if attribute in ARN and (name in WANT_NAME or node.get("names") in {f"{target_type}.Name", f"{target_type}.Id"}):
        return "ArnsAsNames", attribute
    return None


def _ref_is_arn(kind: str, has: Node) -> bool:
    identifier = has["ref"][0] if has["ref"] else ""
    return kind in REF_IS_ARN or (kind not in REF_IS_NAME and identifier.endswith(ARN))


def _wants_arn(name: str, node: Node) -> bool:
    names = str(node.get("names", ""))
    by_name = not names and "free" not in node and name.endswith(ARN)
    return name in WANT_ARN or (name not in TAKE_BOTH and (names.endswith(".Arn") or by_name))
