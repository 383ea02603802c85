"""What the files around a template do for it, told by what they are: tests, checks and documentation."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from guardrun.workspace import File, Workspace

TEST_NAME = re.compile(r"(^|/)(test_[^/]*|[^/]*(_test|_tests|\.test|\.spec|_spec)\.[a-z]+|[^/]*\.bats)$", re.IGNORECASE)
TEST_FRAMEWORK = re.compile(
    r"\b(import (pytest|unittest)|from (pytest|unittest)|describe\(|@Test\b|testing\.T\b|RSpec\.|expectations:)"
)
DEPLOYED = re.compile(
    r"\bboto3\b|@aws-sdk/|\baws[-_]sdk\b|software\.amazon\.awssdk|\baws (cloudformation|s3|s3api|ec2|lambda|rds|iam) "
)
"""Calls to AWS: such a test looks at what is deployed."""
STUBBED = re.compile(r"\bmoto\b|mock_aws|aws-sdk-client-mock|\blocalstack\b", re.IGNORECASE)

CHECKS = {
    "SecurityChecks": (
        r"\b(cfn[-_]nag|checkov|cfn-guard|guardrun|kics|semgrep|trivy|snyk|prowler|cloudsploit|cdk-nag)\b",
        r"(^|/)(\.cfn_nag[^/]*|\.checkov\.ya?ml|[^/]*\.guard|\.guardrun\.ya?ml|\.snyk)$",
    ),
    "CostChecks": (
        r"\b(infracost|get-price-list|estimate-template-cost|cloud-custodian)\b",
        r"(^|/)infracost[^/]*\.ya?ml$",
    ),
    "PerformanceTests": (
        r"from ['\"]k6|\b(locust|artillery|gatling|jmeter|vegeta|wrk2?)\b",
        r"(^|/)(locustfile\.py|artillery[^/]*\.ya?ml|[^/]*\.jmx)$",
    ),
}
"""Per fact: what a pipeline, script or test calls, and files that the tools themselves are set up by."""

RUNS_TOOLS = re.compile(
    r"(^|/)(\.github/workflows/[^/]+|\.gitlab-ci\.yml|\.pre-commit-config\.yaml|buildspec[^/]*|Jenkinsfile|Makefile|"
    r"package\.json|tox\.ini|noxfile\.py|azure-pipelines\.yml|\.circleci/[^/]+|[^/]*\.sh|bitbucket-pipelines\.yml)$"
)
README = re.compile(r"(^|/)(readme|index)\.(md|rst|txt)$|^docs/[^/]+\.(md|rst)$", re.IGNORECASE)
CHANGELOG = re.compile(r"(^|/)(changelog|changes|history|news|release[-_]?notes)(\.[a-z]+)?$", re.IGNORECASE)
TOPICS = {
    "Deployment": r"deploy|install|set ?up|getting started|quick ?start|usage|aws cloudformation",
    "Troubleshooting": r"troubleshoot|known issues|faq|rollback|roll back|recover|if it fails|common (errors|problems)",
    "Parameters": r"parameter|configuration|settings",
}
"""What a heading of a README is about."""


def workspace_facts(workspace: Workspace | None, name: str) -> dict[str, Any]:
    """What there is for the template of this file name; without a project only that there is none."""
    if workspace is None:
        return {"Exists": False}
    tests = [file for file in workspace.files if _is_test(file)]
    about = [file for file in tests if _is_about(file, name)]
    readmes = [file for file in workspace.files if README.search(file.path)]
    headings = "\n".join(line for file in readmes for line in _headings(file.text)).lower()
    return {
        "Exists": True,
        "UnitTests": [file.path for file in about if not _looks_at_aws(file)],
        "IntegrationTests": [file.path for file in about if _looks_at_aws(file)],
        **{fact: _checks(workspace, fact) for fact in CHECKS},
        "Readme": [file.path for file in readmes],
        "Topics": [topic for topic, words in TOPICS.items() if re.search(words, headings)],
        "Changelog": [file.path for file in workspace.files if CHANGELOG.search(file.path)],
        "VersionControl": workspace.versioned,
    }


def _is_test(file: File) -> bool:
    return bool(TEST_NAME.search(file.path)) or ("/test" in f"/{file.path}" and bool(TEST_FRAMEWORK.search(file.text)))


def _is_about(file: File, name: str) -> bool:
    """Whether a test names the template, or templates in general."""
    stem = name.partition(".")[0]
    return name in file.text or bool(
        re.search(rf"\b{re.escape(stem)}\b|cloudformation|\bStackName\b", file.text, re.IGNORECASE)
    )


def _looks_at_aws(file: File) -> bool:
    return bool(DEPLOYED.search(file.text)) and not STUBBED.search(file.text)


def _checks(workspace: Workspace, fact: str) -> list[str]:
    calls, own = CHECKS[fact]
    return [
        file.path
        for file in workspace.files
        if re.search(own, file.path)
        or ((RUNS_TOOLS.search(file.path) or _is_test(file)) and re.search(calls, file.text, re.IGNORECASE))
    ]


def _headings(text: str) -> list[str]:
    """Headings of Markdown and reStructuredText."""
    lines = text.splitlines()
    rules = re.compile(r"[=\-~]{3,}\s*")
    underlined = [one for one, below in pairwise(lines) if rules.fullmatch(below)]
    return [line.lstrip("# ") for line in lines if line.startswith("#")] + underlined
