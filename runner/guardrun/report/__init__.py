"""The formats: each a function from a report to text, in a module of its own that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from guardrun.model import Report

Format = Callable[[Report], str]


def _format(module: str, function: str = "render") -> Format:
    def render(report: Report) -> str:
        text: str = getattr(import_module(f"guardrun.report.{module}"), function)(report)
        return text

    return render


FORMATS: dict[str, Format] = {
    "console": _format("console"),
    "summary": _format("console", "summary"),
    "json": _format("json"),
    "jsonl": _format("jsonl"),
    "junit": _format("junit"),
    "junit-strict": _format("junit", "strict"),
    "sarif": _format("sarif"),
    "gitlab": _format("gitlab"),
    "github": _format("github"),
    "markdown": _format("markdown"),
    "csv": _format("csv"),
    "html": _format("html"),
}
