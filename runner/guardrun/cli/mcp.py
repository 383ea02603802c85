"""`guardrun mcp`: the tools of guardrun for coding agents."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from guardrun.cli.options import config_option
from guardrun.errors import GuardrunError


@click.command()
@config_option
@click.option(
    "--timeout",
    type=click.IntRange(min=1, max=3600),
    default=40,
    show_default=True,
    help="Seconds that cfn-guard may take for one template; all else has 10 more.",
)
def mcp(config_path: Path | None, timeout: int) -> None:
    """Serve coding agents: an MCP server on standard input and output, which an agent starts.

    Its tools check templates, explain and list rules, and score answers. It reads the settings (.guardrun.yml upwards
    from the working directory) and no other files.
    """
    try:
        from guardrun.mcp_server.server import serve  # noqa: PLC0415  the SDK is an extra, and slow to import
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "anyio", "pydantic"}:
            raise
        hint = "pip install 'guardrun[mcp]'"
        raise GuardrunError("the MCP server needs version 2 of the package mcp", hint=hint) from error
    if not sys.stdin or not sys.stdout:
        raise click.UsageError("an MCP server talks on standard input and output, and one of them is closed")
    if sys.stdin.isatty():
        click.echo("guardrun: waiting for an MCP client on standard input; a client should start this", err=True)
    serve(str(config_path) if config_path else None, timeout)
