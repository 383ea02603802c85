"""The command line: the only place that prints and exits."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import click

from guardrun.cli.lazy import LazyGroup
from guardrun.errors import GuardrunError
from guardrun.model import Problem
from guardrun.report.visible import visible

FINDINGS, FAILED, INTERRUPTED = 1, 2, 130
"""Exit codes: findings at or above the threshold; the job could not be done; stopped by the user."""

COMMANDS = {
    "baseline": "guardrun.cli.baseline",
    "check": "guardrun.cli.check",
    "completions": "guardrun.cli.completions",
    "config": "guardrun.cli.config",
    "doctor": "guardrun.cli.doctor",
    "explain": "guardrun.cli.rules",
    "feedback": "guardrun.cli.feedback",
    "init": "guardrun.cli.init",
    "mcp": "guardrun.cli.mcp",
    "packs": "guardrun.cli.packs",
    "report": "guardrun.cli.report",
    "rules": "guardrun.cli.rules",
    "score": "guardrun.cli.score",
    "scorecard": "guardrun.cli.scorecard",
    "test": "guardrun.cli.test",
}


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from guardrun.cli.version import version_text  # noqa: PLC0415

        click.echo(version_text())
        context.exit()


@click.group(cls=LazyGroup, commands_in=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the versions."
)
def cli() -> None:
    """Find what model-written CloudFormation templates get wrong.

    \b
    guardrun check template.yaml             check one template
    guardrun check infra/ -o junit:out.xml   check a folder, write JUnit for CI
    guardrun report diff old.json new.json   what changed
    guardrun score answers.jsonl             score a model's answers
    guardrun rules --category security       list rules
    guardrun explain S3_POLICY_RESOURCE_IS_ARN
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code; errors go to standard error, one message each."""
    gc.set_threshold(50_000)  # nearly all that is made lives to the end, and looking through it costs time
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminate)
    try:
        sys.exit(_run(arguments))
    except (KeyboardInterrupt, click.exceptions.Abort):
        _fail("interrupted", INTERRUPTED)
    except GuardrunError as error:
        with suppress(OSError):
            tell(error.as_problem())
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        _fail(f"error: {error}", FAILED)
    except Exception:  # noqa: BLE001  a bug is no finding
        import traceback  # noqa: PLC0415  only a bug needs it

        traceback.print_exc()
        sys.exit(FAILED)


def tell(problem: Problem, path: str | None = None) -> None:
    """A problem on standard error: its place, or at least this path, what it is, and what to do."""
    error = GuardrunError(
        problem.message, path=problem.path or path, line=problem.line, column=problem.column, hint=problem.hint
    )
    click.echo("\n".join(map(visible, f"guardrun: error: {error}".split("\n"))), err=True)


def _run(arguments: list[str] | None) -> int:
    try:
        code: Any = cli.main(args=arguments, prog_name="guardrun", standalone_mode=False)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return FAILED
    if sys.stdout:
        sys.stdout.flush()
    gc.freeze()  # nothing is left to collect at the exit
    return int(code or 0)


def _terminate(number: int, _: object) -> None:
    sys.exit(128 + number)


def _fail(message: str, code: int) -> None:
    with suppress(OSError):
        click.echo(f"guardrun: {message}", err=True)
    sys.exit(code)
