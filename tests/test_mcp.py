"""The MCP server, driven by the client of the SDK over standard input and output."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from guardrun import __version__
from guardrun.errors import GuardrunError
from guardrun.mcp_server.workers import Workers

COMMAND = [sys.executable, "-m", "guardrun", "mcp"]
TOOLS = ["check_template", "explain_rule", "list_rules", "score_answer"]
BUCKET = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead\n"
ACCEPTED = BUCKET.replace("Read\n", "Read  # guardrun: ignore S3_BUCKET_ACL_PROHIBITED -- a public download\n")
REGION = "Parameters: {Region: {Type: String}}\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
ACL = "S3_BUCKET_ACL_PROHIBITED"

Call = Callable[..., CallToolResult]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the server runs."""
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def client(portal: BlockingPortal, project: Path) -> Iterator[Client]:
    with portal.wrap_async_context_manager(Client(started(project))) as client:
        yield client


def started(folder: Path) -> Any:
    """A server that a client starts in a folder."""
    return stdio_client(StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], cwd=folder, env=dict(os.environ)))


@pytest.fixture
def call(portal: BlockingPortal, client: Client) -> Call:
    return lambda tool, **arguments: portal.call(client.call_tool, tool, arguments)


def values(result: CallToolResult) -> dict[str, Any]:
    """The structured result, which the text says, too."""
    assert not result.is_error, text(result)
    assert json.loads(text(result)) == result.structured_content
    return dict(result.structured_content or {})


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert content.type == "text"
    return content.text


def test_the_server_says_who_it_is_and_what_it_is_for(client: Client) -> None:
    assert client.server_info is not None
    assert (client.server_info.name, client.server_info.version) == ("guardrun", __version__)
    assert "check_template" in (client.instructions or "")


def test_an_agent_of_the_older_protocol_is_served_alike(portal: BlockingPortal, project: Path) -> None:
    with portal.wrap_async_context_manager(Client(started(project), mode="legacy")) as client:
        assert [tool.name for tool in portal.call(client.list_tools).tools] == TOOLS


def test_every_tool_is_described_with_its_input_and_output_and_harmless(portal: BlockingPortal, client: Client) -> None:
    tools = {tool.name: tool for tool in portal.call(client.list_tools).tools}
    assert list(tools) == TOOLS
    for tool in tools.values():
        assert "Call it" in (tool.description or "")
        assert tool.output_schema
        assert tool.annotations
        assert (tool.annotations.read_only_hint, tool.annotations.idempotent_hint) == (True, True)
        assert (tool.annotations.destructive_hint, tool.annotations.open_world_hint) == (False, False)


@pytest.mark.engine
def test_a_template_is_checked_most_severe_first(call: Call) -> None:
    found = values(call("check_template", template=BUCKET, name="logs.yaml"))
    assert (found["name"], found["status"], found["problems"], found["left_out"]) == ("logs.yaml", "fail", [], 0)
    first = found["findings"][0]
    assert first.pop("fix").startswith("Leave AccessControl out")
    assert first == {
        "rule": ACL,
        "severity": "high",
        "category": "security",
        "resource": "Logs",
        "path": "/Resources/Logs/Properties/AccessControl",
        "line": 5,
        "message": "the ACL opens the bucket to everyone",
        "found": '"PublicRead"',
        "expected": None,
    }
    assert found["counts"]["high"] == 1
    assert found["counts"]["findings"] == len(found["findings"])


@pytest.mark.engine
def test_what_is_not_listed_is_counted(call: Call) -> None:
    found = values(call("check_template", template=BUCKET, limit=1))
    assert [finding["rule"] for finding in found["findings"]] == [ACL]
    assert found["left_out"] == found["counts"]["findings"] - 1


@pytest.mark.engine
def test_a_suppression_counts_and_is_listed_with_its_reason(call: Call) -> None:
    found = values(call("check_template", template=ACCEPTED))
    assert ACL not in {finding["rule"] for finding in found["findings"]}
    (accepted,) = found["suppressed"]
    assert (accepted["rule"], accepted["line"], accepted["reason"]) == (ACL, 5, "a public download")


@pytest.mark.engine
def test_a_template_in_json_stays_the_text_that_it_is(call: Call) -> None:
    template = json.dumps({"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}})
    assert values(call("check_template", template=template))["status"] == "fail"


@pytest.mark.engine
def test_profiles_and_parameters_are_heeded(call: Call) -> None:
    template = BUCKET.replace("PublicRead", "!Ref Acl") + "Parameters: {Acl: {Type: String, Default: Private}}\n"
    core = values(call("check_template", template=template))
    strict = values(call("check_template", template=template, profiles=["strict"]))
    assert strict["counts"]["rules_passed"] > core["counts"]["rules_passed"]
    given = values(call("check_template", template=template, parameters={"Acl": "PublicRead"}))
    assert ACL not in {finding["rule"] for finding in core["findings"]}
    assert given["findings"][0]["rule"] == ACL


@pytest.mark.engine
def test_the_settings_of_the_project_hold_as_they_are_at_the_time(call: Call, project: Path) -> None:
    settings = project / ".guardrun.yml"
    try:
        settings.write_text(f"ignore: [{ACL}]\n", encoding="utf-8")
        found = values(call("check_template", template=BUCKET))
        settings.write_text("ignore: 3\n", encoding="utf-8")
        wrong = call("check_template", template=BUCKET)
    finally:
        settings.unlink()
    assert ACL not in {finding["rule"] for finding in found["findings"]}
    assert wrong.is_error
    assert ".guardrun.yml:1: ignore is a list of texts" in text(wrong)


@pytest.mark.engine
def test_what_is_no_template_is_a_problem_with_its_line(call: Call) -> None:
    found = values(call("check_template", template="Resources:\n  Logs: [\n"))
    (problem,) = found["problems"]
    assert (found["status"], problem["line"]) == ("error", 3)
    assert problem["hint"] == "the file ends too early: is it truncated?"


@pytest.mark.engine
@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("", "the template is empty"),
        ("x" * 5_000_001, "the file is larger than 5 MB"),
        ("[" * 100_000, "the template is nested too deeply"),
    ],
)
def test_a_hostile_template_does_no_harm(call: Call, template: str, message: str) -> None:
    (problem,) = values(call("check_template", template=template))["problems"]
    assert problem["message"] == message


@pytest.mark.engine
def test_an_unknown_profile_is_an_error_with_a_hint(call: Call) -> None:
    wrong = call("check_template", template=BUCKET, profiles=["strickt"])
    assert wrong.is_error
    assert "there is no profile 'strickt'\n  hint: there are core, strict, teardown" in text(wrong)


@pytest.mark.engine
def test_calls_at_the_same_time_each_get_their_own_answer(portal: BlockingPortal, client: Client) -> None:
    templates = [BUCKET, REGION, BUCKET.replace("Logs", "Other")]
    asked = [portal.start_task_soon(client.call_tool, "check_template", {"template": one}) for one in templates]
    found = [values(one.result()) for one in asked]
    assert [one["findings"][0]["resource"] for one in found if one["counts"]["high"]] == ["Logs", "Other"]


def test_a_rule_is_explained_with_the_settings_that_it_reads(call: Call) -> None:
    found = values(call("explain_rule", rule="s3-bucket-versioning-enabled"))
    assert (found["id"], found["severity"], found["category"]) == (
        "S3_BUCKET_VERSIONING_ENABLED",
        "medium",
        "compliance",
    )
    assert "VersioningConfiguration:" in found["example"]
    retention = values(call("explain_rule", rule="LOG_GROUP_RETENTION_MEETS_POLICY"))
    assert retention["settings"] == {"minimum_log_retention_days": 1}


def test_an_unknown_rule_is_an_error_with_the_nearest(call: Call) -> None:
    wrong = call("explain_rule", rule="S3_BUCKET_VERSIONS_ENABLED")
    assert wrong.is_error
    assert "did you mean S3_BUCKET_VERSIONING_ENABLED?" in text(wrong)


def test_rules_are_listed_core_only_and_a_hundred_at_a_time(call: Call) -> None:
    found = values(call("list_rules"))
    assert {rule["profile"] for rule in found["rules"]} == {"core"}
    assert len(found["rules"]) + found["left_out"] == found["count"] == found["by_profile"]["core"]
    assert len(text(call("list_rules"))) < 30_000
    rest = values(call("list_rules", offset=100))
    assert {rule["id"] for rule in rest["rules"]}.isdisjoint(rule["id"] for rule in found["rules"])


def test_rules_are_narrowed_by_what_they_are_about(call: Call) -> None:
    found = values(call("list_rules", category="security", severity="high", select=["S3_*"]))
    assert ACL in {rule["id"] for rule in found["rules"]}
    assert list(found["by_category"]) == ["security"]
    strict = values(call("list_rules", profile="strict", limit=3))
    assert {rule["profile"] for rule in strict["rules"]} == {"strict"}


def test_a_rule_that_is_named_is_listed_whatever_its_profile(call: Call) -> None:
    named = values(call("list_rules", profile="strict", limit=1))["rules"][0]["id"]
    assert [rule["id"] for rule in values(call("list_rules", select=[named]))["rules"]] == [named]


def test_an_unknown_category_is_an_error_with_the_nearest(call: Call) -> None:
    wrong = call("list_rules", category="securty")
    assert wrong.is_error
    assert "did you mean security?" in text(wrong)


@pytest.mark.engine
def test_an_answer_is_scored_with_a_prompt_to_repair_it(call: Call) -> None:
    answer = f"Here you are:\n\n```yaml\n{BUCKET}```\n"
    found = values(call("score_answer", answer=answer, expected_resources=["AWS::S3::Bucket", "AWS::SNS::Topic"]))
    assert 0 < found["score"] < found["share"] < 1
    assert (found["missing"], found["coverage"]) == (["AWS::SNS::Topic"], 0.5)
    assert (found["findings"][0]["rule"], found["findings"][0]["line"]) == (ACL, 8)
    assert ACL in found["repair_prompt"]
    assert "applied_rules" not in found


@pytest.mark.engine
def test_the_repair_prompt_keeps_to_its_budget(call: Call) -> None:
    long, short = (values(call("score_answer", answer=BUCKET, tokens=tokens)) for tokens in (5000, 200))
    assert len(short["repair_prompt"]) <= 800 < len(long["repair_prompt"])


@pytest.mark.engine
def test_an_empty_answer_is_worth_nothing(call: Call) -> None:
    found = values(call("score_answer", answer=""))
    assert (found["score"], found["extraction"]["status"], found["findings"]) == (0.0, "none", [])
    assert found["repair_prompt"].startswith("Your answer has no CloudFormation template.")


def test_a_call_without_what_it_needs_is_an_error_and_the_server_lives_on(call: Call) -> None:
    assert call("explain_rule").is_error
    assert call("list_rules", limit=-1).is_error
    assert call("mend_template").is_error
    assert values(call("explain_rule", rule=ACL))["id"] == ACL


def test_nothing_is_printed_before_a_client_speaks_and_the_end_of_input_ends_the_server() -> None:
    done = subprocess.run(COMMAND, input="", capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_signal_ends_the_server_while_its_input_is_open() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["id"] == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 128 + signal.SIGTERM


def test_without_the_sdk_the_command_says_what_to_install() -> None:
    program = "import sys; sys.modules['mcp'] = None; from guardrun.cli import main; main(['mcp'])"
    done = subprocess.run([sys.executable, "-c", program], input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "hint: pip install 'guardrun[mcp]'" in done.stderr


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(jobs=1)
    yield workers
    workers.team.close()


def test_work_that_takes_too_long_is_given_up_and_the_next_is_done(workers: Workers) -> None:
    patient, workers.timeout = workers.timeout, 0.01
    with pytest.raises(GuardrunError, match=r"it took longer than 0\.01 s"):
        workers.ask("explain_rule", {"rule": ACL})
    workers.timeout = patient
    assert workers.ask("explain_rule", {"rule": ACL})["id"] == ACL


def test_a_bug_and_a_worker_that_dies_cost_one_answer(workers: Workers) -> None:
    with pytest.raises(GuardrunError, match="guardrun failed: TypeError"):
        workers.ask("explain_rule", {"rules": ACL})
    for number in workers.team._running:  # noqa: SLF001  there is no other way to hurt it
        os.kill(number, signal.SIGKILL)
    with pytest.raises(GuardrunError, match="the process that did the work died"):
        workers.ask("explain_rule", {"rule": ACL})
    assert workers.ask("explain_rule", {"rule": ACL})["id"] == ACL
