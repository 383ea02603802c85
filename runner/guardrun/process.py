"""The one place that starts other programs: list arguments, never a shell, always a timeout."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from guardrun.errors import EngineStopped


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended: exit code (negative: killed by that signal) and its two outputs."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str


def run(command: Sequence[str], *, stdin: str = "", timeout: float = 60.0, cwd: str | None = None) -> Completed:
    """Run a program to its end. Raises `EngineStopped` when it cannot start or takes longer than `timeout` seconds."""
    try:
        # A file, since cfn-guard writes word by word: through a pipe, each word would wake the reader.
        with _memory_file() as stdout:
            done = subprocess.run(  # noqa: S603
                list(command),
                input=stdin.encode("utf-8", "surrogateescape"),
                stdout=stdout,
                stderr=subprocess.PIPE,
                timeout=timeout,
                cwd=cwd,
                check=False,
            )
            stdout.seek(0)
            output = stdout.read().decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        raise EngineStopped(
            f"{command[0]} took longer than {timeout:g} s", hint="raise --timeout, or split the template"
        ) from None
    except OSError as error:
        raise EngineStopped(f"cannot start {command[0]}: {error.strerror or error}") from error
    return Completed(tuple(command), done.returncode, output, done.stderr.decode("utf-8", "replace"))


def _memory_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("cfn-guard"), "w+b")
    from tempfile import TemporaryFile  # noqa: PLC0415  slow to import

    return TemporaryFile()


def run_live(command: Sequence[str]) -> int:
    """Run a program with its output shown as it comes; returns its exit code."""
    from subprocess_tee import run as tee  # noqa: PLC0415  asyncio is slow to import and only --verbose needs it

    return int(tee(list(command), check=False, stdin=subprocess.DEVNULL).returncode)
