"""Stopping a run."""

import signal
import subprocess
import sys
import time
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


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
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
    time.sleep(2.5)
    process.send_signal(number)
    _, messages = process.communicate(timeout=20)
    assert process.returncode == code
    assert messages.strip() == message
    started = (tmp_path / "pids").read_text(encoding="utf-8").split()
    assert len(started) == 2
    assert [pid for pid in started if alive(pid)] == []
