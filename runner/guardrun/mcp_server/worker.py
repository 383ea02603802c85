"""The inside of a worker: answers a question, does what one tool asks for."""

from __future__ import annotations

import gc
import json
import resource
from contextlib import suppress
from typing import Any

from guardrun.errors import GuardrunError
from guardrun.mcp_server.work import WORK, Options
from guardrun.partner import answer_questions, open_streams

MEMORY = 4 << 30
"""Bytes of address space for a worker, and for each program that it starts: many times what real templates need."""


def serve(options: str) -> None:
    """Work until the questions end."""
    streams = open_streams()
    with suppress(OSError, ValueError):  # a system that knows no such limit, or has a lower one
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    gc.set_threshold(50_000)
    chosen = Options(**json.loads(options))
    answer_questions(streams, lambda question: _answer(question, chosen))


def _answer(question: list[Any], options: Options) -> dict[str, Any]:
    """The result of a tool with arguments, or why there is none."""
    tool, arguments = question
    try:
        return {"result": WORK[tool](**arguments, options=options)}
    except GuardrunError as error:
        return {"error": error.as_values()}
    except Exception:  # noqa: BLE001  one question must not cost the worker
        import traceback  # noqa: PLC0415  only a bug needs it

        return {"bug": traceback.format_exc()}
