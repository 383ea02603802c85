"""The `--output` option: which format goes where."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from guardrun.report.links import without_links
from guardrun.report.write import write_file

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Output:
    """One report: a format, and a file or None for standard output."""

    format: str
    path: Path | None


class OutputType(click.ParamType[Any]):
    """`FORMAT` for standard output or `FORMAT:PATH` for a file."""

    name = "FORMAT[:PATH]"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self.formats = formats

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """Parse the option's value."""
        if isinstance(value, Output):
            return value
        name, colon, path = str(value).partition(":")
        if name not in self.formats:
            self.fail(f"{name!r} is no format; the formats are {', '.join(self.formats)}", param, ctx)
        if colon and not path:
            self.fail(f"{value!r} names no file", param, ctx)
        return Output(name, Path(path) if path and path != "-" else None)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:  # noqa: ARG002
        """The formats that begin so."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  only a shell that completes needs it

        return [CompletionItem(name) for name in self.formats if name.startswith(incomplete)]


def output_option(formats: Iterable[str]) -> Callable[[Command], Command]:
    """The option of a command that can write these formats, the first of them by default."""
    kind = OutputType(tuple(formats))
    told = f"A report: {', '.join(kind.formats)}; repeat for more. Default: {kind.formats[0]}."
    return click.option("-o", "--output", "outputs", multiple=True, type=kind, help=told)


def require_one_stdout(outputs: tuple[Output, ...]) -> None:
    """Two reports on standard output could not be told apart."""
    if sum(output.path is None for output in outputs) > 1:
        raise click.UsageError("only one report can go to standard output; give the others a path, as in junit:out.xml")


def emit(output: Output, text: str, colour: bool | None) -> None:
    """Write a rendered report to where it goes."""
    styled = output.format in {"console", "summary"}
    if output.path is not None:
        write_file(output.path, click.unstyle(without_links(text)) if styled else text)
    elif styled and not _has_links(colour):
        click.echo(without_links(text), nl=False, color=colour)
    else:
        click.echo(text, nl=False, color=colour)


def _has_links(colour: bool | None) -> bool:
    """Whether standard output is a terminal that is likely to know links."""
    return colour is not False and bool(sys.stdout and sys.stdout.isatty()) and "CI" not in os.environ


def wants_colour(choice: str) -> bool | None:
    """True or False as chosen or as NO_COLOR and TERM say, None to let the terminal decide."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return None
