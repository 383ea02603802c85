"""The inside of a companion's process: a question a line on standard input, an answer a line on standard output.

What the companion itself prints goes to standard error, whatever it does to the streams, as both are put in other
places before it is imported.
"""

from __future__ import annotations

import io
import json
import os
import signal
from dataclasses import asdict
from importlib import import_module
from typing import Any

from guardrun.companions.remark import Answer, Check


def serve(module: str) -> None:
    """Answer until the questions end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when it ends
    questions, answers = _streams()
    check = _checker(module)
    for question in questions:
        answers.write(json.dumps(_answer(check, json.loads(question))).encode() + b"\n")
        answers.flush()
    os._exit(0)  # nothing is left to clear away, and some libraries take their time


def _streams() -> tuple[io.BufferedReader, io.BufferedWriter]:
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return questions, answers


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
