"""The inside of a companion's process: a template's text a question, the remarks an answer."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from typing import Any

from guardrun.companions.remark import Answer, Check
from guardrun.partner import answer_questions, open_streams


def serve(module: str) -> None:
    """Answer until the questions end."""
    streams = open_streams()  # before the companion is imported, whatever it does to them
    check = _checker(module)
    answer_questions(streams, lambda question: _answer(check, question))


def _checker(module: str) -> Check:
    """The companion, or what says to every question why it is not there."""
    try:
        check: Check = import_module(module).checker()
    except (Exception, SystemExit) as error:  # noqa: BLE001  theirs
        fault = f"it does not start: {type(error).__name__}: {error}"
        return lambda *_: Answer((), (fault,))
    return check


def _answer(check: Check, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return asdict(check(question["text"], question["informational"]))
    except (Exception, SystemExit) as error:  # noqa: BLE001  theirs, and the next template may do better
        return {"remarks": [], "faults": [f"{type(error).__name__}: {error}"]}
