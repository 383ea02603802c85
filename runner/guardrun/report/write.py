"""Where reports go: standard output, or a file that is complete or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

from guardrun.errors import GuardrunError


def write_file(path: Path, text: str) -> None:
    """Write a file atomically, its folder made if need be. Raises `GuardrunError` when that fails."""
    import tempfile  # noqa: PLC0415  slow to import, and the console report needs no file

    try:
        if path.exists() and (not path.is_file() or path.is_relative_to("/dev")):
            path.write_text(text, encoding="utf-8", errors="replace", newline="\n")  # a device or pipe is written to
            return
        path = path.resolve()  # a link stays a link
        if str(path) == os.environ.get("GITHUB_STEP_SUMMARY"):
            with path.open("a", encoding="utf-8", errors="replace") as summary:
                summary.write(text)  # steps share this file
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
                stream.write(text)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GuardrunError(f"cannot write the report: {error.strerror}", path=str(path)) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
