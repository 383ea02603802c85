"""The processes that do the work for the tools: whatever a template does to one of them, the server lives on."""

from __future__ import annotations

import json
import logging
from typing import Any

from guardrun.errors import GuardrunError
from guardrun.team import Team

SPARE = 10.0
"""Seconds that an answer may take beyond the engine's: to start, to read a template, to see what refers to what."""

log = logging.getLogger(__name__)


class Workers:
    """Workers for one question at a time each, by default one a core; any number of threads may ask at the same time.

    `config` names a file of settings, `timeout` is in seconds for the engine.
    """

    def __init__(self, config: str | None = None, timeout: float = 40.0, jobs: int | None = None) -> None:
        self.timeout = timeout + SPARE
        self.team = Team("guardrun.mcp_server.worker", json.dumps({"config": config, "timeout": timeout}), jobs)

    def ask(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What a tool gives. Raises `GuardrunError` for all that goes wrong."""
        try:
            said = self.team.ask([tool, arguments], self.timeout)
        except TimeoutError:
            hint = "give a part of it, or ask whoever set the server up to raise its --timeout"
            raise GuardrunError(f"it took longer than {self.timeout:g} s", hint=hint) from None
        except (EOFError, OSError, ValueError) as error:
            hint = "is the template very large, or nested very deeply?"
            raise GuardrunError("the process that did the work died", hint=hint) from error
        if trace := said.get("bug"):
            log.error(trace)
            raise GuardrunError(f"guardrun failed: {trace.splitlines()[-1]}", hint="this is a bug, please report it")
        if fault := said.get("error"):
            raise GuardrunError(**fault)
        result: dict[str, Any] = said["result"]
        return result
