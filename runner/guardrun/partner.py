"""Warm Python processes of our own: started once, then a question and an answer a line, each a JSON value."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from guardrun.process import Partner, start

PROGRAM = """\
import sys
sys.path[:] = sys.argv[3:]
from importlib import import_module
import_module(sys.argv[1]).serve(sys.argv[2])"""
"""With our folders of modules: Python's own first one for -c would be the working directory, where anything may lie."""


def start_python(module: str, argument: str) -> Partner:
    """Start a process that runs `serve(argument)` of a module, which should end in `answer_questions`."""
    folders = [folder for folder in sys.path if folder]
    return start([sys.executable, "-c", PROGRAM, module, argument, *folders])


def ask_partner(partner: Partner, question: Any, timeout: float) -> Any:
    """The answer to a question.

    Raises `TimeoutError`, and when the process ended `EOFError`, `OSError` or `ValueError`.
    """
    return json.loads(partner.ask(json.dumps(question).encode() + b"\n", timeout))


def open_streams() -> tuple[io.BufferedReader, io.BufferedWriter]:
    """For questions and answers: whatever is printed from now on goes to standard error.

    The process leads a group, so that it can be ended with all that it started.
    """
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when it ends
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return questions, answers


def answer_questions(streams: tuple[io.BufferedReader, io.BufferedWriter], answer: Callable[[Any], Any]) -> None:
    """Answer until the questions end, and the process with them."""
    questions, answers = streams
    for question in questions:
        answers.write(json.dumps(answer(json.loads(question))).encode() + b"\n")
        answers.flush()
    os._exit(0)  # nothing is left to clear away, and some libraries take their time
