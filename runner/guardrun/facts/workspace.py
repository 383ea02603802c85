"""What the files around a template do for it, told by what they are: tests, checks and documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any

from guardrun.workspace import File, Workspace

TEST_NAME = re.compile(
    r"(^|/)(test_[^/]*|[^/]*([_.-]tests?|[_.-]spec|Tests?)\.[a-z0-9]+|[^/]*\.(bats|robot|feature))$"
    r"|(^|/)(tests?|spec|__tests__)/([^/]*/)*[^/]+\.(py|js|mjs|ts|go|java|kt|cs|rb|sh|ps1)$"
    r"|(^|/)(integration|smoke|e2e)[^/]*\.(sh|ps1)$"
)
DATA = (".guard", ".json", ".md", ".txt", ".rst", ".toml", ".cfg")
"""Files that are no tests, wherever they lie; rule tests of cfn-guard are YAML."""
ASSERTS = ("assert", "expect", "should", "check", "[[", "test -", "validate", "fail")
TASKCAT = re.compile(r"(^|/)\.?taskcat\.ya?ml$")

AT_AWS = (
    "boto3", "@aws-sdk/", "aws-sdk", "aws_sdk", "software.amazon.awssdk", "modules/aws", "flat-outputs", "cfn-outputs",
    "supertest", "describestacks", "describe-stacks", "sam deploy", "cdk deploy", "rain deploy",
)  # fmt: skip
"""What a test calls or reads that looks at what is deployed."""
AWS_COMMAND = re.compile(r"(?m)(^|[\s$(`\"'])aws [a-z0-9]+ [a-z-]+")
STUBS = ("moto", "mock_aws", "aws-sdk-client-mock", "localstack", "mockclient")

CHECKS = {
    "SecurityChecks": (
        ("access-analyzer", "cdk-nag", "cdk_nag", "cfn-guard", "cfn-nag", "cfn_nag", "cfn-policy-validator",
         "checkov", "cloudformation-guard", "cloudsploit", "conftest", "gitleaks", "guardrun", "kics", "prisma",
         "prowler", "regula", "sast-scan", "semgrep", "snyk", "tfsec", "trivy", "trufflehog"),
        r"(^|/)(\.?cfn_nag[^/]*|\.checkov\.ya?ml|[^/]*\.guard|\.guardrun\.ya?ml|\.snyk)$",
    ),
    "CostChecks": (
        ("cloud-custodian", "estimate-template-cost", "get-price-list", "infracost"), r"(^|/)infracost[^/]*\.ya?ml$"
    ),
    "PerformanceTests": (
        ("artillery", "from 'k6", 'from "k6', "gatling", "jmeter", "k6 run", "locust", "vegeta attack"),
        r"(^|/)(locustfile\.py|artillery[^/]*\.ya?ml|[^/]*\.jmx)$",
    ),
}  # fmt: skip
"""Per fact: what a pipeline, script or test calls, and files that the tools themselves are set up by."""

RUNS_TOOLS = re.compile(
    r"(^|/)(\.github/workflows/[^/]+|\.gitlab-ci\.yml|\.pre-commit-config\.yaml|buildspec[^/]*|Jenkinsfile|Makefile|justfile|"
    r"package\.json|tox\.ini|noxfile\.py|azure-pipelines\.yml|\.circleci/[^/]+|[^/]*\.(sh|ps1)|bitbucket-pipelines\.yml|"
    r"Taskfile\.yml|lefthook\.yml|\.husky/[^/]+|\.travis\.yml|\.drone\.yml|cloudbuild\.yaml)$"
)
README = re.compile(r"^readme(\.(md|rst|txt|adoc))?$", re.IGNORECASE)
PAGE = re.compile(r"^(docs?|documentation)/.+\.(md|rst|adoc)$")
CHANGELOG = re.compile(r"^(changelog|changes|history|news|release[-_]?notes)(\.[a-z]+)?$", re.IGNORECASE)
TOPICS = {
    "Deployment": r"deploy|install|set ?up|getting started|quick ?start|usage|release|launch",
    "Troubleshooting": r"troubleshoot|known (issues|limitations)|faq|roll ?back|recover|error|problem|debug|runbook",
    "Parameters": r"parameter|configuration|settings|variables|inputs",
}
"""What a heading, or the name of a page, is about."""

COMMON = {"app", "cloudformation", "cfn", "index", "infra", "infrastructure", "main", "stack", "template", "test"}
"""Names of templates that are words of any text."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test: its path, its text in lower case, and whether it looks at what is deployed."""

    path: str
    text: str
    at_aws: bool


@lru_cache(maxsize=8)
def _tests(workspace: Workspace) -> tuple[Test, ...]:
    named = [file for file in workspace.files if TEST_NAME.search(file.path) and not file.path.endswith(DATA)]
    tests = [Test(file.path, file.lower, _looks_at_aws(file.lower)) for file in named if _is_test(file)]
    tests += [Test(file.path, file.lower, True) for file in workspace.files if TASKCAT.search(file.path)]
    return tuple(tests)


@lru_cache(maxsize=8)
def _of_project(workspace: Workspace) -> dict[str, Any]:
    """What does not depend on the template."""
    tested = {test.path for test in _tests(workspace)}
    scripts = [
        (file.path, file.lower) for file in workspace.files if file.path in tested or RUNS_TOOLS.search(file.path)
    ]
    checks = {}
    for fact, (calls, own) in CHECKS.items():
        called = [path for path, text in scripts if any(call in text for call in calls)]
        checks[fact] = sorted({*called, *(file.path for file in workspace.files if re.search(own, file.path))})
    return {
        **checks,
        "Changelog": [file.path for file in workspace.files if CHANGELOG.search(file.path)],
        "VersionControl": workspace.versioned,
        "Complete": workspace.complete,
    }


def workspace_facts(workspace: Workspace, path: str) -> dict[str, Any]:
    """What there is for the template at this path of its project."""
    about = _about(workspace, path)
    readmes = [file for file in workspace.files if _explains(file.path, path)]
    told = "\n".join(line for file in readmes for line in (file.path, *_headings(file.text))).lower()
    return {
        "Exists": True,
        "UnitTests": [test.path for test in about if not test.at_aws],
        "IntegrationTests": [test.path for test in about if test.at_aws],
        "Readme": [file.path for file in readmes],
        "Topics": [topic for topic, words in TOPICS.items() if re.search(words, told)],
        **_of_project(workspace),
    }


def _is_test(file: File) -> bool:
    if file.path.endswith((".yaml", ".yml")):
        return "expectations:" in file.lower
    return any(word in file.lower for word in ASSERTS)


def _about(workspace: Workspace, path: str) -> list[Test]:
    """The tests that name the template; where several templates have its name, those that are nearer to it."""
    name = path.rpartition("/")[2]
    stem = name.partition(".")[0]
    namesakes = [file.path for file in workspace.files if file.path.rpartition("/")[2] == name]
    word = re.compile(rf"\b{re.escape(stem.lower())}\b") if stem.lower() not in COMMON else None
    return [
        test
        for test in _tests(workspace)
        if (
            name.lower() in test.text
            or (word and word.search(test.text))
            or ("cloudformation" in test.text and _has_one_template(workspace))
        )
        and _nearest(test.path, namesakes or [path]) == path
    ]


@lru_cache(maxsize=8)
def _has_one_template(workspace: Workspace) -> bool:
    """Whether the project has no more than one CloudFormation template, by its looks."""
    kinds = (".yaml", ".yml", ".json")
    files = (file for file in workspace.files if file.path.endswith(kinds))
    found = (file for file in files if "AWS::" in file.text and "expectations:" not in file.text)
    return len(list(islice(found, 2))) <= 1


def _nearest(test: str, paths: Iterable[str]) -> str:
    """The path that shares the most folders with a test; of several the first."""
    folders = test.split("/")[:-1]

    def shared(path: str) -> int:
        pairs = zip(folders, path.split("/")[:-1], strict=False)
        return next((number for number, (one, other) in enumerate(pairs) if one != other), len(folders))

    return max(paths, key=shared)


def _looks_at_aws(text: str) -> bool:
    calls = any(word in text for word in AT_AWS) or AWS_COMMAND.search(text)
    return bool(calls) and not any(word in text for word in STUBS)


def _explains(path: str, template: str) -> bool:
    """A README at the top, beside the template or in between, or a page of the documentation."""
    folder, _, name = path.rpartition("/")
    return bool(README.search(name) and f"{template}".startswith(f"{folder}/" if folder else "")) or bool(
        PAGE.search(path)
    )


def _headings(text: str) -> list[str]:
    """Headings of Markdown, AsciiDoc and reStructuredText."""
    lines = text.splitlines()
    rule = re.compile(r"[=\-~]{3,}\s*")
    underlined = [one for one, below in pairwise(lines) if rule.fullmatch(below)]
    return [line.lstrip("#= ") for line in lines if re.match(r"#{1,6} |={1,6} ", line)] + underlined
