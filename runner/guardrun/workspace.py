"""What surrounds a template: the files of its project, as far as they may test, check or explain it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
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

MOST_FILES = 10_000
"""A project with more texts is not looked at: in a part of it what is elsewhere would seem to be missing."""
MOST_BYTES = 200_000
"""Of a larger file only the beginning is looked at."""

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
    """A project: its files in order of their paths, and whether it is under version control."""

    files: tuple[File, ...]
    versioned: bool


def workspace_of(template: Path) -> tuple[Workspace, str] | None:
    """The project that a template lies in and its path there.

    None where nothing says that its folder is one, and for a project that is too large.
    """
    path = template.resolve()
    top = _top(path.parent)
    workspace = _read(top) if top else None
    return (workspace, path.relative_to(top).as_posix()) if top and workspace else None


def first_of_projects(templates: Iterable[Path]) -> set[Path]:
    """Of the templates of each project the first: what is said of the project is said there."""
    firsts: dict[Path | None, Path] = {}
    for template in templates:
        firsts.setdefault(_top(template.resolve().parent), template)
    return set(firsts.values())


def look_anew() -> None:
    """Forget what was seen of projects: within a run it holds, but a process may live on while files change."""
    _top.cache_clear()
    _read.cache_clear()


@lru_cache(maxsize=1024)
def _top(folder: Path) -> Path | None:
    """The top folder of the project that a folder belongs to: a repository's at any height, or a marked one nearby."""
    folders = [folder, *folder.parents]
    repository = next((one for one in folders if _has(one, REPOSITORIES)), None)
    return repository or next((one for one in folders[:FEW] if _has(one, MARKERS)), None)


def _has(folder: Path, names: tuple[str, ...]) -> bool:
    return any((folder / name).exists() for name in names)


@lru_cache(maxsize=8)
def _read(top: Path) -> Workspace | None:
    files = list(islice(_files(top), MOST_FILES + 1))
    if len(files) > MOST_FILES:
        return None
    found = (File(path.relative_to(top).as_posix(), path) for path in files)
    return Workspace(tuple(found), versioned=_has(top, REPOSITORIES))


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
