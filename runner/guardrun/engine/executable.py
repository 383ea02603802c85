"""Which cfn-guard runs: the one that was asked for, else the bundled one, never one that happens to be on PATH."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from guardrun.errors import EngineError
from guardrun.model import EngineInfo
from guardrun.process import run

VARIABLE = "GUARDRUN_CFN_GUARD"
TESTED = ("3.1.1",)
BUNDLED = Path(__file__).parent.parent / "_bin" / "cfn-guard"


@dataclass(frozen=True, slots=True)
class Engine:
    """A cfn-guard executable that answered with its version; `warning` says when that version is untested."""

    path: str
    info: EngineInfo
    warning: str | None = None


def find_engine(asked: str | None = None) -> Engine:
    """The executable to use. Raises `EngineError` when there is none or it is no cfn-guard 3."""
    path = asked or os.environ.get(VARIABLE) or str(_bundled())
    version = _version(path)
    warning = None if version in TESTED else f"cfn-guard {version} is untested; tested: {', '.join(TESTED)}"
    return Engine(path, EngineInfo(version, partial(_digest, path)), warning)


def _bundled() -> Path:
    if BUNDLED.is_file():
        return BUNDLED
    import platform  # noqa: PLC0415  only this error needs it

    raise EngineError(
        f"this installation of guardrun has no cfn-guard for {platform.system()} {platform.machine()}",
        hint=f"install cfn-guard 3.1.1 and name it with --cfn-guard or {VARIABLE}",
    )


def _version(path: str) -> str:
    if not Path(path).is_file():
        raise EngineError(f"there is no cfn-guard at {path}", hint=f"check --cfn-guard and {VARIABLE}")
    answer = run([path, "--version"], timeout=10).stdout
    match = re.match(r"cfn-guard (3\.\d+\.\d+\S*)", answer)
    if not match:
        said = answer.strip().splitlines()[0] if answer.strip() else "nothing"
        raise EngineError(f"{path} is not cfn-guard 3: asked for its version, it says {said!r}")
    return match[1]


def _digest(path: str) -> str:
    from hashlib import sha256  # noqa: PLC0415  slow to import, and not every report shows it

    return sha256(Path(path).read_bytes()).hexdigest()
