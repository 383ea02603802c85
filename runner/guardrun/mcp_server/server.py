"""The MCP server: its tools as models see them, each handed to a worker."""

from __future__ import annotations

import os
import signal
from inspect import getdoc
from typing import Annotated, Any

from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from guardrun import __version__
from guardrun.errors import GuardrunError
from guardrun.mcp_server.results import Checked, Explained, Listed, Scored
from guardrun.mcp_server.workers import Workers
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES

NAME = "template.yaml"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

INSTRUCTIONS = (
    "guardrun finds what is wrong with AWS CloudFormation templates: what CloudFormation would refuse, security, "
    "missing dependencies, backups, alarms, tags and more. After writing or changing a template, call check_template "
    "with its whole text, mend what it finds, most severe first, and check again. Nothing is deployed, and no file is "
    "written."
)
HARMLESS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Types = Annotated[
    list[str] | None,
    Field(
        description="Resource types that the task asks for, such as AWS::S3::Bucket: what is missing lowers the score."
    ),
]
Parameters = Annotated[
    dict[str, Any] | None,
    Field(
        description="Values of the template's parameters in a deployment, by name; pseudo parameters, too, such as "
        "AWS::Region. Without them the defaults in the template count."
    ),
]
Patterns = Annotated[
    list[str] | None,
    Field(description="Only rules that one of these names: ids, with * for anything (S3_*), frameworks (cis-aws-3.0)."),
]
Most = Annotated[int, Field(ge=0, le=1000, description="How many to list at most.")]
Tokens = Annotated[int, Field(ge=1, description="How long the repair prompt may be, in about so many tokens.")]
Profile = Annotated[str, Field(json_schema_extra={"enum": list(PROFILES)})]
Category = Annotated[str, Field(json_schema_extra={"enum": list(CATEGORIES)})]
Severity = Annotated[str, Field(json_schema_extra={"enum": list(SEVERITIES)})]


def serve(config: str | None, timeout: float) -> None:
    """Serve on standard input and output until the input ends; `config` and `timeout` are as for `Workers`."""
    workers = Workers(config, timeout)
    for number in SIGNALS:
        signal.signal(number, lambda number, _: _end(workers, 128 + number))
    server_of(workers).run("stdio")
    _end(workers, 0)


def server_of(workers: Workers) -> MCPServer[Any]:
    """The server with all of its tools."""
    server: MCPServer[Any] = MCPServer(
        "guardrun",
        title="guardrun: checks of CloudFormation templates",
        instructions=INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
    )
    tools = Tools(workers)
    for tool in (tools.check_template, tools.explain_rule, tools.list_rules, tools.score_answer):
        server.add_tool(tool, description=getdoc(tool), annotations=HARMLESS)
    return server


class Tools:
    """The tools; what they say of themselves is all that a model knows of them."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers

    async def check_template(
        self,
        template: Annotated[str, Field(description="The whole text of the template, YAML or JSON, up to 5 MB.")],
        name: Annotated[str, Field(description="Its file name, for the project's settings that are by path.")] = NAME,
        profiles: list[Profile] | None = None,
        parameters: Parameters = None,
        limit: Most = 100,
    ) -> Annotated[CallToolResult, Checked]:
        """Check one AWS CloudFormation template against hundreds of rules, offline, in about a second.

        Call it whenever you have written or changed a template, before you hand it over or deploy it, and again after
        mending. It finds what CloudFormation would refuse, security holes, wrong dependencies and what is missing:
        alarms, backups, tags, tests.

        You get findings, most severe first, each with rule, severity (critical, high, medium, low), category, logical
        id, line, what is wrong, the value found and expected, and how to fix it; explain_rule says more of a rule.
        Problems say why a template could not be read, with line and hint. Findings that the template or the project's
        settings accept are listed as suppressed, each with its reason. profiles adds opt-in rules to the core ones:
        strict is hardening, teardown is for throw-away stacks.
        """
        asked = {"template": template, "name": name, "profiles": profiles or [], "parameters": parameters}
        return await self._told(Checked, "check_template", **asked, limit=limit)

    async def explain_rule(
        self, rule: Annotated[str, Field(description="The rule's id, such as S3_BUCKET_VERSIONING_ENABLED.")]
    ) -> Annotated[CallToolResult, Explained]:
        """Explain one guardrun rule: what it asks for, why, and how to comply, with an example in YAML.

        Call it when a finding of check_template or score_answer is not clear, before you change the template or tell
        anybody why. An id that does not exist is answered with the nearest one that does.
        """
        return await self._told(Explained, "explain_rule", rule=rule)

    async def list_rules(
        self,
        category: Category | None = None,
        severity: Severity | None = None,
        profile: Profile | None = None,
        select: Patterns = None,
        limit: Most = 100,
        offset: Annotated[int, Field(ge=0, description="How many to pass over.")] = 0,
    ) -> Annotated[CallToolResult, Listed]:
        """List guardrun's rules: what it checks in CloudFormation templates.

        Call it to learn what will be asked of a template before you write it, or which rules there are on a subject;
        not before check_template, which applies them all. Narrow the question: there are hundreds.

        You get id, title, severity, category, profile and resource types of each, how many there are by category, and
        how many are left out. Only rules of the core profile, which check_template always applies, unless you name
        another profile or a rule by its id.
        """
        asked = {"category": category, "severity": severity, "profile": profile, "select": select or []}
        return await self._told(Listed, "list_rules", **asked, limit=limit, offset=offset)

    async def score_answer(
        self,
        answer: Annotated[
            str, Field(description="The whole answer as it was written, prose and code blocks, up to 5 MB.")
        ],
        expected_resources: Types = None,
        tokens: Tokens = 2000,
        limit: Most = 20,
    ) -> Annotated[CallToolResult, Scored]:
        """Score a model's answer to a request for a CloudFormation template, and say how to repair it.

        Call it to judge or compare answers, in Markdown with the template in a code block, or templates alone. To
        check a template of a project use check_template, which knows the project's settings; a score reads no settings
        and ignores suppressions, so that it means the same everywhere.

        You get a score from 0 to 1, whether the answer holds a template that CloudFormation would accept (gates), the
        score of each category, the findings with their lines in the answer, and repair_prompt: a text that tells
        whoever wrote the answer what to mend, most severe first.
        """
        asked = {"answer": answer, "expected_resources": expected_resources or []}
        return await self._told(Scored, "score_answer", **asked, tokens=tokens, limit=limit)

    async def _told(self, result: type[BaseModel], tool: str, **arguments: Any) -> CallToolResult:
        """What a worker says, as text and as values. Raises `ToolError`, which the model gets to read."""
        try:
            said = await run_sync(self.workers.ask, tool, arguments, abandon_on_cancel=True)
        except GuardrunError as error:
            raise ToolError(str(error)) from error
        told = result(**said)
        text = TextContent(type="text", text=told.model_dump_json())
        return CallToolResult(content=[text], structured_content=told.model_dump(mode="json"))


def _end(workers: Workers, code: int) -> None:
    """End at once, and the workers with it: threads that wait for an answer or for input would keep us alive."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    workers.team.close()
    os._exit(code)
