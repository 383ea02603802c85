"""What surrounds a template, and what of it tests, checks or explains the template."""

from pathlib import Path
from typing import Any

import pytest

from guardrun.facts.workspace import workspace_facts
from guardrun.workspace import File, Workspace, workspace_of


def facts(*files: tuple[str, str], versioned: bool = True) -> Any:
    return workspace_facts(Workspace(tuple(File(*file) for file in files), versioned), "network.yaml")


def test_a_folder_that_nothing_marks_as_a_project_is_none(tmp_path: Path) -> None:
    template = tmp_path / "network.yaml"
    template.write_text("Resources: {}")
    assert workspace_of(template) is None
    assert workspace_facts(None, "network.yaml") == {"Exists": False}


def test_a_project_is_found_from_its_top_folder_without_what_others_installed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "readme.md").write_text("# other")
    (tmp_path / "README.md").write_text("# mine")
    template = tmp_path / "stacks" / "network.yaml"
    template.write_text("Resources: {}")
    workspace = workspace_of(template)
    assert workspace is not None
    assert workspace.versioned
    assert [file.path for file in workspace.files] == ["README.md", "stacks/network.yaml"]


@pytest.mark.parametrize(
    ("path", "text", "fact"),
    [
        ("tests/test_network.py", "import yaml\nt = yaml.safe_load(open('network.yaml'))", "UnitTests"),
        ("test/network.test.ts", "describe('network', () => {})", "UnitTests"),
        ("rule-tests/network_tests.yaml", "- name: network\n  expectations:", "UnitTests"),
        ("tests/test_moto.py", "from moto import mock_aws\nimport boto3  # network.yaml", "UnitTests"),
        ("tests/test_stack.py", "import boto3\nboto3.client('cloudformation')", "IntegrationTests"),
        ("test/network.int.test.ts", "import { S3Client } from '@aws-sdk/client-s3'  // network", "IntegrationTests"),
        ("tests/deploy.bats", "aws cloudformation deploy --template network.yaml", "IntegrationTests"),
    ],
)
def test_a_test_is_told_by_what_it_is_and_looks_at(path: str, text: str, fact: str) -> None:
    found = facts((path, text))
    other = {"UnitTests": "IntegrationTests", "IntegrationTests": "UnitTests"}[fact]
    assert (found[fact], found[other]) == ([path], [])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_parser.py", "import pytest\nfrom app import parse"),
        ("src/network.py", "import boto3"),
        ("tests/data.json", '{"network": 1}'),
    ],
)
def test_what_has_nothing_to_do_with_the_template_is_no_test_of_it(path: str, text: str) -> None:
    found = facts((path, text))
    assert (found["UnitTests"], found["IntegrationTests"]) == ([], [])


@pytest.mark.parametrize(
    ("path", "text", "fact"),
    [
        (".github/workflows/ci.yml", "run: checkov -f network.yaml", "SecurityChecks"),
        (".pre-commit-config.yaml", "- id: cfn-nag", "SecurityChecks"),
        ("rules/s3.guard", "rule X {}", "SecurityChecks"),
        (".gitlab-ci.yml", "script: infracost diff", "CostChecks"),
        ("load/locustfile.py", "", "PerformanceTests"),
        ("Makefile", "load:\n\tartillery run load.yml", "PerformanceTests"),
    ],
)
def test_a_check_is_told_by_a_tools_own_file_or_a_pipeline_that_calls_it(path: str, text: str, fact: str) -> None:
    assert facts((path, text))[fact] == [path]


def test_a_tool_that_is_only_written_about_is_no_check() -> None:
    found = facts(("README.md", "# about\nWe considered checkov and infracost."))
    assert (found["SecurityChecks"], found["CostChecks"]) == ([], [])


def test_a_readme_is_read_by_its_headings() -> None:
    found = facts(("README.md", "# Network\n## How to deploy\ntext\nTroubleshooting\n---------------\n"))
    assert (found["Readme"], found["Topics"]) == (["README.md"], ["Deployment", "Troubleshooting"])
    assert facts(("README.md", "How to deploy it is not told."))["Topics"] == []


def test_a_changelog_and_version_control_are_seen() -> None:
    found = facts(("CHANGELOG.md", ""), versioned=False)
    assert (found["Changelog"], found["VersionControl"]) == (["CHANGELOG.md"], False)
