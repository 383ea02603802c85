"""The formats: each a function from a report to text, in a module of its own."""

from __future__ import annotations

from collections.abc import Callable

from guardrun.model import Report

Format = Callable[[Report], str]


def _json(report: Report) -> str:
    from guardrun.report.json import render  # noqa: PLC0415  a format costs its import only when it is asked for

    return render(report)


def _junit(report: Report) -> str:
    from guardrun.report.junit import render  # noqa: PLC0415

    return render(report)


def _console(report: Report) -> str:
    from guardrun.report.console import render  # noqa: PLC0415

    return render(report)


FORMATS: dict[str, Format] = {"console": _console, "json": _json, "junit": _junit}
