"""What the files around a template do for it, told by what they are: tests, checks and documentation."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import pairwise
from typing import Any

from guardrun.facts.template_tests import all_tests, tests_of, unknown_outputs
from guardrun.workspace import Workspace

CHECKS = {
    "LintChecks": (
        ("cfn-lint", "cfn_lint", "cfn-validate", "cloudformation-validate", "rain fmt", "sam validate",
         "validate-template"),
        r"(^|/)\.?cfnlintrc(\.ya?ml)?$",
    ),
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


@lru_cache(maxsize=8)
def _of_project(workspace: Workspace) -> dict[str, Any]:
    """What does not depend on the template."""
    tested = {test.path for test in all_tests(workspace)}
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
    }


def workspace_facts(
    workspace: Workspace, path: str, outputs: Collection[str] | None = None, *, first: bool = True
) -> dict[str, Any]:
    """What there is for the template at this path of its project.

    `outputs` are the names that it declares, None when they cannot be known; `first` says whether it speaks for its
    project.
    """
    about = tests_of(workspace, path)
    tests = [test for test in about if test.asserts]
    readmes = [file for file in workspace.files if _explains(file.path, path)]
    told = "\n".join(line for file in readmes for line in (file.path, *_headings(file.text))).lower()
    return {
        "Exists": True,
        "First": first,
        "UnitTests": [test.path for test in tests if not test.at_aws],
        "IntegrationTests": [test.path for test in tests if test.at_aws],
        "StubTests": [{"Path": test.path, "At": ""} for test in about if not test.asserts],
        "UnknownOutputs": [] if outputs is None else unknown_outputs(workspace, tests, outputs),
        "Readme": [file.path for file in readmes],
        "Topics": [topic for topic, words in TOPICS.items() if re.search(words, told)],
        **_of_project(workspace),
    }


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
