"""What surrounds a template, and what of it tests, checks or explains the template."""

from pathlib import Path
from typing import Any

import pytest

from guardrun.facts.workspace import workspace_facts
from guardrun.workspace import File, Workspace, first_of_projects, workspace_of


def facts(*files: tuple[str, str], versioned: bool = True) -> Any:
    workspace = Workspace(tuple(File(*file) for file in files), versioned=versioned)
    return workspace_facts(workspace, "stacks/network.yaml")


def test_a_folder_that_nothing_marks_as_a_project_is_none(tmp_path: Path) -> None:
    template = tmp_path / "network.yaml"
    template.write_text("Resources: {}")
    assert workspace_of(template) is None


def test_a_project_is_found_from_its_top_folder_without_what_others_installed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "stacks").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "readme.md").write_text("# other")
    (tmp_path / "README.md").write_text("# mine")
    template = tmp_path / "stacks" / "network.yaml"
    template.write_text("Resources: {}")
    found = workspace_of(template)
    assert found is not None
    workspace, path = found
    assert (workspace.versioned, path) == (True, "stacks/network.yaml")
    assert [file.path for file in workspace.files] == ["README.md", "stacks/network.yaml"]


def test_the_repository_counts_more_than_a_marker_below_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "package.json").write_text("{}")
    found = workspace_of(tmp_path / "infra" / "network.yaml")
    assert found is not None
    assert found[1] == "infra/network.yaml"


def test_a_marker_far_above_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    assert workspace_of(deep / "network.yaml") is None


@pytest.mark.parametrize(
    ("path", "text", "fact"),
    [
        ("tests/test_network.py", "t = yaml.safe_load(open('network.yaml'))\nassert t", "UnitTests"),
        ("test/network.test.ts", "describe('network', () => { expect(vpc).toBeDefined() })", "UnitTests"),
        ("rule-tests/network_tests.yaml", "- name: network\n  expectations:", "UnitTests"),
        ("tests/test_moto.py", "from moto import mock_aws\nimport boto3  # network.yaml\nassert vpc", "UnitTests"),
        ("tests/test_stack.py", "import boto3\nassert boto3.client('cloudformation')", "IntegrationTests"),
        (
            "test/network.int.test.ts",
            "import { S3Client } from '@aws-sdk/client-s3'  // network\nexpect(vpc)",
            "IntegrationTests",
        ),
        (".taskcat.yml", "tests:\n  default:\n    template: ./stacks/network.yaml", "IntegrationTests"),
        ("scripts/smoke-test.sh", "aws ec2 describe-vpcs  # network.yaml\ntest -n x", "IntegrationTests"),
        (
            "test/outputs.int.test.ts",
            "require('../cfn-outputs/flat-outputs.json') // network\nexpect(vpc)",
            "IntegrationTests",
        ),
        ("tests/deploy.bats", "aws cloudformation deploy --template network.yaml || fail", "IntegrationTests"),
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
        ("tests/rules/network.guard", "rule NETWORK { a exists }"),
        ("tests/test_stub.py", "# the network stack"),
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
        ("Makefile", "scan:\n\tcfn_nag_scan -i stacks", "SecurityChecks"),
        ("rules/s3.guard", "rule X {}", "SecurityChecks"),
        (".cfnlintrc", "", "LintChecks"),
        ("Makefile", "lint:\n\tsam validate", "LintChecks"),
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


def test_a_readme_explains_the_templates_below_it_and_pages_of_the_documentation_all() -> None:
    found = facts(("README", ""), ("stacks/README.adoc", ""), ("other/README.md", ""), ("docs/guide/runbook.adoc", ""))
    assert found["Readme"] == ["README", "stacks/README.adoc", "docs/guide/runbook.adoc"]
    assert found["Topics"] == ["Troubleshooting"]


def test_a_test_belongs_to_the_nearest_template_of_its_name() -> None:
    files = [
        ("a/infra/template.yaml", "AWS::S3::Bucket"),
        ("a/tests/test_stack.py", "open('template.yaml')\nassert stack"),
        ("b/infra/template.yaml", "AWS::S3::Bucket"),
    ]
    workspace = Workspace(tuple(File(*file) for file in files), versioned=True)
    tests = {path: workspace_facts(workspace, path)["UnitTests"] for path, _ in files if path.endswith("yaml")}
    assert tests == {"a/infra/template.yaml": ["a/tests/test_stack.py"], "b/infra/template.yaml": []}


def test_a_template_with_a_common_name_is_meant_only_by_its_file_name() -> None:
    files = (
        File("tests/test_views.py", "render('template')\nassert page"),
        File("app/template.yaml", "AWS::S3::Bucket"),
    )
    workspace = Workspace(files, versioned=True)
    assert workspace_facts(workspace, "app/template.yaml")["UnitTests"] == []


def test_a_changelog_and_version_control_are_seen() -> None:
    found = facts(("CHANGELOG.md", ""), versioned=False)
    assert (found["Changelog"], found["VersionControl"]) == (["CHANGELOG.md"], False)


@pytest.mark.parametrize(
    "text",
    [
        "describe('network', () => { test('should work', async () => { expect(false).toBe(true); }); });",
        "def test_network():\n    assert True",
        "class NetworkTest(TestCase):\n    def test_it(self):\n        self.assertTrue(True)",
        "it('deploys network', () => { expect(true).to.be.true })",
    ],
)
def test_a_test_that_asserts_only_fixed_values_is_a_stub(text: str) -> None:
    found = facts(("test/network.test.ts", text))
    assert (found["StubTests"], found["UnitTests"]) == ([{"Path": "test/network.test.ts", "At": ""}], [])


@pytest.mark.parametrize(
    "text", ["expect(true).toBe(network.encrypted)", "assert True\nassert network", "assert 1 < len(network)"]
)
def test_a_test_with_one_real_assertion_is_no_stub(text: str) -> None:
    found = facts(("test/network.test.ts", text))
    assert (found["StubTests"], found["UnitTests"]) == ([], ["test/network.test.ts"])


def outputs_read(text: str, *others: tuple[str, str]) -> list[str]:
    files = (File("test/network.int.test.ts", f"// network, boto3, assert x\n{text}"), *(File(*one) for one in others))
    found = workspace_facts(Workspace(files, versioned=True), "stacks/network.yaml", {"VpcId"})["UnknownOutputs"]
    return [output["Name"] for output in found]


@pytest.mark.parametrize(
    "text",
    [
        "outputs.SubnetId",
        "stackOutputs['SubnetId']",
        'outputs["SubnetId"] + outputs.get("VpcId")',
        "stack.outputs.find(o => o.OutputKey === 'SubnetId')",
        "--query \"Stacks[0].Outputs[?OutputKey=='SubnetId'].OutputValue\"",
        "get_output('SubnetId')",
        "outputs.SubnetId.split(',')",
    ],
)
def test_an_output_that_a_test_of_the_deployed_stack_reads_must_be_there(text: str) -> None:
    assert outputs_read(text) == ["SubnetId"]


@pytest.mark.parametrize("text", ["outputs.VpcId", "outputs.length", "Outputs.Map(x)", "outputs[key]", "o.OutputKey"])
def test_what_is_declared_or_is_no_name_of_an_output_is_not_missed(text: str) -> None:
    assert outputs_read(text) == []


def test_an_output_of_another_template_is_not_missed() -> None:
    other = ("stacks/data.yaml", "Resources: {T: {Type: AWS::DynamoDB::Table}}\nOutputs: {TableName: {}}")
    assert outputs_read("outputs.TableName", other) == []


def test_outputs_are_not_missed_where_a_macro_may_add_them() -> None:
    files = (File("test/network.int.test.ts", "network boto3 assert outputs.SubnetId"),)
    assert workspace_facts(Workspace(files, versioned=True), "stacks/network.yaml", None)["UnknownOutputs"] == []


def test_the_first_template_of_each_project_speaks_for_it(tmp_path: Path) -> None:
    templates = [tmp_path / "a" / "x.yaml", tmp_path / "a" / "y.yaml", tmp_path / "b" / "z.yaml"]
    for template in templates:
        (template.parent / ".git").mkdir(parents=True, exist_ok=True)
    assert first_of_projects(templates) == {templates[0], templates[2]}


def test_a_project_that_is_too_large_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrun.workspace.MOST_FILES", 2)
    (tmp_path / ".git").mkdir()
    for name in ("a.py", "b.py", "network.yaml"):
        (tmp_path / name).write_text("")
    assert workspace_of(tmp_path / "network.yaml") is None
