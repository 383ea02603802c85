"""The formats: each a function from a scorecard to text, in a module that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from guardrun.scorecard.card import Card

Format = Callable[[Card], str]


def _format(module: str) -> Format:
    def render(card: Card) -> str:
        text: str = import_module(f"guardrun.scorecard.formats.{module}").render(card)
        return text

    return render


FORMATS: dict[str, Format] = {
    "console": _format("console"),
    "json": _format("json"),
    "csv": _format("csv"),
    "markdown": _format("markdown"),
    "html": _format("html"),
}
