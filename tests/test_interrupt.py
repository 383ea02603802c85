"""Stopping a run."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

ENGINE = """\
#!/bin/sh
[ "$1" = --version ] && echo cfn-guard 3.1.1 && exit 0
echo $$ >> "$(dirname "$0")/pids"
exec sleep 30
"""


def alive(pid: str) -> bool:
    status = Path("/proc", pid, "status")
    return status.exists() and "State:\tZ" not in status.read_text(encoding="utf-8")


@pytest.fixture
def heeding_interrupts() -> Iterator[None]:
    """Undo what a shell does to its background jobs, whose children inherit that they ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_for_lines(path: Path, lines: int) -> None:
    for _ in range(300):
        if path.exists() and path.read_text(encoding="utf-8").count("\n") >= lines:
            return
        time.sleep(0.1)
    pytest.fail(f"{path.name} did not get {lines} lines")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.usefixtures("heeding_interrupts")
@pytest.mark.parametrize(
    ("number", "code", "message"),
    [(signal.SIGINT, 130, "guardrun: interrupted"), (signal.SIGTERM, 143, "")],
)
def test_a_signal_ends_the_run_and_its_engines_without_a_traceback(
    tmp_path: Path, number: signal.Signals, code: int, message: str
) -> None:
    engine = tmp_path / "engine.sh"
    engine.write_text(ENGINE, encoding="utf-8")
    engine.chmod(0o755)
    for name in "abcd":
        (tmp_path / f"{name}.yaml").write_text("Resources:\n  A:\n    Type: AWS::IAM::Role\n", encoding="utf-8")
    command = [sys.executable, "-m", "guardrun", "check", str(tmp_path), "-j", "2", "--cfn-guard", str(engine)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    pids = tmp_path / "pids"
    wait_for_lines(pids, 2)
    process.send_signal(number)
    _, messages = process.communicate(timeout=20)
    assert process.returncode == code
    assert messages.strip() == message
    started = pids.read_text(encoding="utf-8").split()
    assert len(started) == 2
    assert [pid for pid in started if alive(pid)] == []
