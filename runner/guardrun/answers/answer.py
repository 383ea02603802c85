"""One answer of a model: its text, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `id` is its name in reports, `prompt` what was asked, `tags` are words to group prompts by.

    `expected` are the resource types that the prompt asks for, if they are known. `cut_off` says that whoever generated
    the text knows it to end too early.
    """

    id: str
    text: str
    model: str | None = None
    prompt: str | None = None
    tags: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    cut_off: bool = False
