"""The one place that starts other programs: list arguments, never a shell, always a timeout."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
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


@dataclass(frozen=True, slots=True)
class Partner:
    """A program that answers a line to each line that it is given, for as long as it is asked."""

    process: subprocess.Popen[bytes]
    stderr: IO[bytes]

    def ask(self, question: bytes, timeout: float) -> bytes:
        """The answer. Raises `TimeoutError` after `timeout` seconds, `EOFError` or `OSError` when the program ended."""
        deadline, left, answer = monotonic() + timeout, memoryview(question), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._pipes[1], selectors.EVENT_READ)
            selector.register(self._pipes[0], selectors.EVENT_WRITE)
            while not answer.endswith(b"\n"):
                ready = [key.fd for key, _ in selector.select(max(deadline - monotonic(), 0))]
                if not ready:
                    raise TimeoutError
                if self._pipes[0] in ready:
                    left = left[os.write(self._pipes[0], left) :]
                    if not left:
                        selector.unregister(self._pipes[0])
                if self._pipes[1] in ready:
                    answer += self._read()
        return bytes(answer)

    def stop(self) -> str:
        """End the program, if it has not; the last line of what it wrote to standard error."""
        self.process.kill()
        self.process.communicate()
        self.stderr.seek(0)
        lines = self.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def _pipes(self) -> tuple[int, int]:
        stdin, stdout = self.process.stdin, self.process.stdout
        return (stdin.fileno() if stdin else -1), (stdout.fileno() if stdout else -1)

    def _read(self) -> bytes:
        part = os.read(self._pipes[1], 1 << 16)
        if not part:
            raise EOFError
        return part


def start(command: Sequence[str]) -> Partner:
    """Start a program to talk with. It ends when we do, as its standard input ends then. Raises `OSError`."""
    stderr = _memory_file()
    process = subprocess.Popen(  # noqa: S603
        list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, bufsize=0
    )
    os.set_blocking(process.stdin.fileno() if process.stdin else -1, False)
    return Partner(process, stderr)
