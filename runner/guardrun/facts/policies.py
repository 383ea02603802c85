"""Policy statements in one plain form, and the resources that each policy holds for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from guardrun.facts.links import Link
from guardrun.facts.plain import each, text
from guardrun.read.places import pointer

Statement = dict[str, Any]
"""One statement: docs/facts.md has its keys."""

DOCUMENTS = {
    "AWS::ECR::Repository": ("", "RepositoryPolicyText"),
    "AWS::EFS::FileSystem": ("", "FileSystemPolicy"),
    "AWS::IAM::GroupPolicy": ("GroupName", "PolicyDocument"),
    "AWS::IAM::ManagedPolicy": ("Roles Users Groups", "PolicyDocument"),
    "AWS::IAM::Policy": ("Roles Users Groups", "PolicyDocument"),
    "AWS::IAM::RolePolicy": ("RoleName", "PolicyDocument"),
    "AWS::IAM::UserPolicy": ("UserName", "PolicyDocument"),
    "AWS::KMS::Key": ("", "KeyPolicy"),
    "AWS::KMS::ReplicaKey": ("", "KeyPolicy"),
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn", "PolicyDocument"),
    "AWS::SNS::TopicPolicy": ("Topics", "PolicyDocument"),
    "AWS::SQS::QueueInlinePolicy": ("Queue", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("Queues", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId", "ResourcePolicy"),
}
"""Types with a policy document: the properties that name whom it holds for, none where that is the resource itself."""

NAMES = {"AWS::S3::BucketPolicy": ("AWS::S3::Bucket", "BucketName")}
"""Policies that may also name their resource by the same name as the resource gives itself."""

IDENTITIES = {"AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User"}
REGION = re.compile(r"\.(\$\{AWS::Region\}|[a-z]{2}(-[a-z]+)+-\d)(?=\.|$)")


def statements_by_resource(resources: dict[str, Any], links: list[Link]) -> dict[str, list[Statement]]:
    """The statements of all policies in the template, by the logical id of the resource that they hold for."""
    found: dict[str, list[Statement]] = {}
    for logical_id, body in resources.items():
        properties = body.get("Properties") if isinstance(body, dict) else None
        if not isinstance(properties, dict):
            continue
        kind = str(body.get("Type"))
        for index, policy in each(properties.get("Policies")) if kind in IDENTITIES else ():
            path = ("Resources", logical_id, "Properties", "Policies", *index, "PolicyDocument")
            document = policy.get("PolicyDocument") if isinstance(policy, dict) else None
            found.setdefault(logical_id, []).extend(_statements(document, path, logical_id))
        if kind in DOCUMENTS:
            _, key = DOCUMENTS[kind]
            own = list(_statements(properties.get(key), ("Resources", logical_id, "Properties", key), logical_id))
            for target in _targets(logical_id, kind, properties, resources, links):
                found.setdefault(target, []).extend(own)
    return found


def _targets(
    logical_id: str, kind: str, properties: dict[str, Any], resources: dict[str, Any], links: list[Link]
) -> list[str]:
    """Whom a policy holds for: what it names, what attaches it, and what calls itself what it names."""
    keys, _ = DOCUMENTS[kind]
    if not keys:
        return [logical_id]
    named = [link.name for link in links if link.owner == logical_id and link.property in keys.split()]
    attached = [link.owner for link in links if link.name == logical_id and link.property == "ManagedPolicyArns"]
    by_name = []
    if kind in NAMES and not named:
        other, name = NAMES[kind]
        wanted = properties.get(keys)
        by_name = [one for one, body in resources.items() if wanted and _name(body, other, name) == wanted]
    return [*dict.fromkeys([*named, *attached, *by_name])]


def _name(body: Any, kind: str, name: str) -> Any:
    matches = isinstance(body, dict) and body.get("Type") == kind and isinstance(body.get("Properties"), dict)
    return body["Properties"].get(name) if matches else None


def _statements(document: Any, path: tuple[str | int, ...], policy: str) -> Iterator[Statement]:
    for inner, body in each(document):
        if isinstance(body, dict):
            for index, statement in each(body.get("Statement")):
                if isinstance(statement, dict):
                    yield _statement(statement, pointer(*path, *inner, "Statement", *index), policy)


def _statement(body: dict[str, Any], at: str, policy: str) -> Statement:
    principal = body.get("Principal")
    services = _texts(principal.get("Service")) if isinstance(principal, dict) else []
    accounts = _texts(principal.get("AWS")) if isinstance(principal, dict) else _texts(principal)
    condition = body.get("Condition")
    tests = condition.values() if isinstance(condition, dict) else ()
    return {
        "Effect": body.get("Effect", ""),
        "Actions": [action.lower() for action in _texts(body.get("Action"))],
        "NotActions": [action.lower() for action in _texts(body.get("NotAction"))],
        "Resources": _texts(body.get("Resource")),
        "Services": [service_name(service) for service in services],
        "Principals": accounts,
        "Conditions": sorted({key.lower() for test in tests if isinstance(test, dict) for key in test}),
        "Conditional": condition is not None,
        "Policy": policy,
        "At": at,
    }


def service_name(principal: str) -> str:
    """A service principal without its domain and region: `logs` for `logs.${AWS::Region}.amazonaws.com`."""
    name = re.sub(r"\.(amazonaws\.com(\.cn)?|\$\{AWS::URLSuffix\}|amazon\.com)$", "", principal)
    return REGION.sub("", name)


def _texts(value: Any) -> list[str]:
    return [text(one) for _, one in each(value)]
