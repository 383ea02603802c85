"""A companion at work: one warm process of its own for each of ours, so that whatever it does costs only it."""

from __future__ import annotations

import atexit
import os
from threading import Lock

from guardrun.companions import COMPANIONS
from guardrun.companions.remark import Answer, Remark
from guardrun.partner import ask_partner, start_python
from guardrun.process import Partner

_partners: dict[tuple[int, str], Partner] = {}
"""By our process and the companion's name: a forked process must not talk to its parent's companions."""
_turn = Lock()


def ask(name: str, text: str, *, informational: bool, timeout: float) -> Answer:
    """What a companion says of a template's text; what goes wrong with it is a fault in the answer."""
    question = {"text": text, "informational": informational}
    with _turn:
        try:
            answer = ask_partner(_partner(name), question, timeout)
        except TimeoutError:
            _stop(name)
            return Answer((), (f"it took longer than {timeout:g} s",))
        except (OSError, EOFError, ValueError):
            return Answer((), (f"its process ended: {_stop(name) or 'it left no word'}",))
    return Answer(
        tuple(Remark(**{**remark, "path": tuple(remark["path"])}) for remark in answer["remarks"]),
        tuple(answer["faults"]),
    )


def _partner(name: str) -> Partner:
    """The companion's process, started at the first question and after a failure."""
    key = (os.getpid(), name)
    if key not in _partners:
        _partners[key] = start_python("guardrun.companions.serve", COMPANIONS[name].module)
    return _partners[key]


def _stop(name: str) -> str:
    partner = _partners.pop((os.getpid(), name), None)
    return partner.stop() if partner else ""


@atexit.register
def _stop_all() -> None:
    for _, name in [key for key in _partners if key[0] == os.getpid()]:
        _stop(name)
