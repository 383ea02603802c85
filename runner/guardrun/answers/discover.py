"""Which files hold answers: files as named, folders and globs searched for Markdown, JSON lines and templates."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from guardrun.answers.answer import Answer
from guardrun.answers.records import MANY, Fields, read_answers
from guardrun.discover import LEFT_OUT, discover
from guardrun.errors import GuardrunError
from guardrun.model import Problem

TEXTS = (".md", ".markdown", *MANY)
NO_ANSWERS = ("changelog", "code_of_conduct", "contributing", "license", "readme", "security")
"""What lies in a folder besides, by the beginnings of names."""


def find_answers(paths: Iterable[str], names: Fields) -> Iterator[Answer | Problem]:
    """The answers of all paths in order, each file once, and what could not be read."""
    seen: set[str] = set()
    for argument in paths:
        files = [Path(path) for path in _files(argument)]
        if not files:
            yield Problem("there are no answers here", argument, hint="name files, or folders with .md or .jsonl files")
        for file in files:
            if os.path.realpath(file) not in seen:
                seen.add(os.path.realpath(file))
                yield from _read(file, names)


def _read(file: Path, names: Fields) -> Iterator[Answer | Problem]:
    try:
        yield from read_answers(file, file.as_posix(), names)
    except GuardrunError as error:
        yield error.as_problem()


def _files(argument: str) -> Iterable[str]:
    path = Path(argument)
    if path.is_dir():
        texts = [file for file in _texts(path) if not file.stem.lower().startswith(NO_ANSWERS)]
        return sorted({*map(str, texts), *map(str, discover([argument]).templates.values())})
    if path.exists() or not glob.has_magic(argument):
        return [argument]
    return sorted(str(found) for found in Path(path.anchor).glob(argument.removeprefix(path.anchor)) if found.is_file())


def _texts(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(root, name) for name in names if name.lower().endswith(TEXTS))
