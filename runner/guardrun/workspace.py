"""What surrounds a template: the files of its project, as far as they may test, check or explain it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from guardrun.discover import LEFT_OUT

MARKERS = (".git", "Makefile", "Pipfile", "package.json", "pyproject.toml", "requirements.txt", "setup.py", "go.mod")
"""What lies in the top folder of a project."""

MOST_FILES = 2000
MOST_BYTES = 200_000
"""Of a project that is larger only a part is looked at."""

TEXT = {
    "", ".bats", ".cfg", ".feature", ".go", ".guard", ".java", ".jmx", ".js", ".json", ".md", ".mjs", ".py", ".rb",
    ".rego", ".rst", ".sh", ".tf", ".toml", ".ts", ".txt", ".yaml", ".yml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project: its path from the top with forward slashes, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """A project: its files in order of their paths, and whether it is under version control."""

    files: tuple[File, ...]
    versioned: bool


def workspace_of(template: Path) -> Workspace | None:
    """The project that a template lies in, or None where nothing says that its folder is one."""
    folder = template.resolve().parent
    for top in (folder, *folder.parents):
        if any((top / marker).exists() for marker in MARKERS):
            return _read(top)
    return None


@lru_cache(maxsize=8)
def _read(top: Path) -> Workspace:
    files = [File(path.relative_to(top).as_posix(), _text(path)) for path in _files(top)]
    return Workspace(tuple(files), (top / ".git").exists())


def _files(top: Path) -> Iterator[Path]:
    count = 0
    for root, folders, names in os.walk(top):
        folders[:] = sorted(
            name for name in folders if name not in LEFT_OUT and not Path(root, name, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            if Path(name).suffix.lower() in TEXT and count < MOST_FILES:
                count += 1
                yield Path(root, name)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
