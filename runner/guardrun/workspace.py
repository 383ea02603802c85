"""What surrounds a template: the files of its project, as far as they may test, check or explain it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from guardrun.discover import LEFT_OUT

REPOSITORIES = (".git", ".hg", ".svn")
MARKERS = (
    "Cargo.toml", "Gemfile", "Makefile", "Pipfile", "Taskfile.yml", "build.gradle", "cdk.json", "composer.json",
    "go.mod", "justfile", "package.json", "pom.xml", "pyproject.toml", "requirements.txt", "samconfig.toml", "setup.py",
    ".taskcat.yml",
)  # fmt: skip
"""What lies in the top folder of a project that is no repository."""

FEW = 3
"""Folders upwards in which a marker counts; a repository counts at any height."""

FOREIGN = LEFT_OUT | {"vendor", "third_party", "build", "dist", "target"}
"""Folders with what is made or others made, beside those that begin with a dot."""
OWN_HIDDEN = {".circleci", ".github", ".gitlab", ".husky"}

MOST_FILES = 2000
MOST_BYTES = 200_000
"""Of a larger project, and of a larger file, only a part is looked at."""

NAMES = {"Jenkinsfile", "Makefile", "README", "CHANGELOG", "CHANGES", "HISTORY", "NEWS", "justfile"}
TEXT = {
    ".adoc", ".bats", ".cfg", ".cs", ".feature", ".go", ".guard", ".java", ".jmx", ".js", ".json", ".kt", ".md", ".mjs",
    ".ps1", ".py", ".rb", ".rego", ".robot", ".rst", ".sh", ".toml", ".ts", ".txt", ".yaml", ".yml",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class File:
    """A file of the project: its path from the top with forward slashes, and its text, read when it is asked for."""

    path: str
    source: Path | str

    @cached_property
    def text(self) -> str:
        """The text, or its beginning; of a file that cannot be read none."""
        return self.source if isinstance(self.source, str) else _text(self.source)

    @cached_property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()


@dataclass(frozen=True, eq=False)
class Workspace:
    """A project: its files in order of their paths, whether these are all, and whether it is under version control."""

    files: tuple[File, ...]
    complete: bool
    versioned: bool


def workspace_of(template: Path) -> tuple[Workspace, str] | None:
    """The project that a template lies in and its path there, or None where nothing says that its folder is one."""
    path = template.resolve()
    folders = list(path.parents)
    repository = next((folder for folder in folders if _has(folder, REPOSITORIES)), None)
    top = repository or next((folder for folder in folders[:FEW] if _has(folder, MARKERS)), None)
    return (_read(top, repository is not None), path.relative_to(top).as_posix()) if top else None


def _has(folder: Path, names: tuple[str, ...]) -> bool:
    return any((folder / name).exists() for name in names)


@lru_cache(maxsize=8)
def _read(top: Path, versioned: bool) -> Workspace:
    files: list[File] = []
    for path in _files(top):
        if len(files) == MOST_FILES:
            return Workspace(tuple(files), complete=False, versioned=versioned)
        files.append(File(path.relative_to(top).as_posix(), path))
    return Workspace(tuple(files), complete=True, versioned=versioned)


def _files(top: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if _is_own(Path(root, name)))
        for name in sorted(names):
            if name in NAMES or Path(name).suffix.lower() in TEXT:
                yield Path(root, name)


def _is_own(folder: Path) -> bool:
    if folder.name.startswith("."):
        return folder.name in OWN_HIDDEN
    return folder.name not in FOREIGN and not (folder / "pyvenv.cfg").exists()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
