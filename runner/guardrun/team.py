"""Several warm processes of one kind, for programs with threads: whoever is idle answers.

They are programs that we talk with through pipes, so nothing is forked: that is safe in trainers and notebooks.
"""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any
from weakref import WeakSet

from guardrun.partner import ask_partner, start_python
from guardrun.process import Partner

_teams: WeakSet[Team] = WeakSet()


class Team:
    """Processes that run `serve(argument)` of a module, by default one a core; they start when they are first needed.

    Any number of threads may ask at the same time. A process that fails or is too slow is ended, with all that it
    started, and another one takes its place.
    """

    def __init__(self, module: str, argument: str, jobs: int | None = None) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self._kind = (module, argument)
        self._lock, self._owner = Lock(), 0
        self._idle: LifoQueue[Partner | None] = LifoQueue()
        self._running: dict[int, Partner] = {}
        _teams.add(self)

    def ask(self, question: Any, timeout: float) -> Any:
        """The answer to a question, both JSON values.

        Raises `TimeoutError` after `timeout` seconds, and when the process ended `EOFError`, `OSError` or `ValueError`.
        """
        idle = self._members()
        partner = idle.get()
        try:
            partner = partner or self._start()
            return ask_partner(partner, question, timeout)
        except BaseException:
            if partner:
                self._running.pop(partner.process.pid, None)
                _end(partner)
            partner = None
            raise
        finally:
            idle.put(partner)

    def close(self) -> None:
        """End the processes, and with them what they are at; asking again starts new ones."""
        with self._lock:
            running = self._running if self._owner == os.getpid() else {}
            idle, self._running, self._owner = self._idle, {}, 0
        for partner in running.values():
            _kill(partner)
        with suppress(Empty):
            while True:  # the others are cleared away by whoever asks them
                if (waiting := idle.get_nowait()) and waiting.process.pid in running:
                    waiting.stop()

    def _members(self) -> LifoQueue[Partner | None]:
        """Those that have nothing to do; a forked process must not talk to those of its parent."""
        with self._lock:
            if self._owner != os.getpid():
                self._idle, self._running, self._owner = LifoQueue(), {}, os.getpid()
                for _ in range(self.jobs):
                    self._idle.put(None)
            return self._idle

    def _start(self) -> Partner:
        with self._lock:
            partner = start_python(*self._kind)
            self._running[partner.process.pid] = partner
            return partner


def _end(partner: Partner) -> None:
    """End a process and the programs that it has started, which are in a group of its number."""
    _kill(partner)
    with suppress(OSError):
        partner.stop()


def _kill(partner: Partner) -> None:
    with suppress(OSError):
        os.killpg(partner.process.pid, signal.SIGKILL)
    partner.process.kill()


@atexit.register
def _close_all() -> None:
    for team in list(_teams):
        team.close()
