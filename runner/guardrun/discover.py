"""Which files to check: files as named, folders and globs searched for what looks like a template."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from guardrun.errors import EngineStopped
from guardrun.model import Problem
from guardrun.process import run

SUFFIXES = {".yaml", ".yml", ".json", ".template"}
LEFT_OUT = {".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages", "cdk.out", ".aws-sam"}
OWN = ".guardrun"
"""How the names of guardrun's own files begin: settings and baseline."""
FORMAT_VERSION = re.compile(rb"AWSTemplateFormatVersion\W")
RESOURCES = re.compile(rb"""(?:^[\s{"']*|[{,]\s*["'])Resources["']?\s*:""", re.MULTILINE)
TYPE = re.compile(rb"""["']?Type["']?\s*:\s*["']?(AWS|Custom|Alexa)::""")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""Its text cannot be searched for signs of a template; reading it gives the error that helps."""

SNIFF_BYTES = 5_000_000


@dataclass
class Discovered:
    """Templates by the name that reports show, the number of other YAML and JSON files, and paths that gave none.

    `seen` are the real paths of the templates, so that each is checked once whatever it is called.
    """

    templates: dict[str, Path] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)


def discover(paths: Iterable[str], *, only_templates: bool = False) -> Discovered:
    """Find the templates that the arguments name, each once, in the order of the arguments and then of the names.

    A file that is named is a template whatever it holds, unless `only_templates` treats it as one found in a folder.
    """
    found = Discovered()
    for argument in paths:
        path = Path(argument)
        if not argument:
            found.problems.append(Problem("a path is empty", hint="is a variable unset?"))
        elif path.is_dir():
            _add_folder(found, path, argument)
        elif only_templates and path.exists():
            _add_if_meant(found, path)
        elif path.exists() or not glob.has_magic(argument):
            _add_file(found, path)
        else:
            _add_glob(found, argument)
    return found


def looks_like_template(path: Path) -> bool:
    """Whether a file is meant as a CloudFormation template, even a broken one."""
    try:
        with path.open("rb") as stream:
            data = stream.read(SNIFF_BYTES)
    except OSError:
        return True
    if data.startswith(UTF_16):
        return True
    return bool(FORMAT_VERSION.search(data) or (RESOURCES.search(data) and TYPE.search(data)))


def _add_file(found: Discovered, path: Path) -> None:
    if not path.exists():
        found.problems.append(Problem("there is no such file or folder", path.as_posix(), hint="check the path"))
    elif (real := os.path.realpath(path)) not in found.seen:
        found.seen.add(real)
        name = shown(path)
        while name in found.templates:  # as of a file whose name spells the escapes of another's out
            name += "'"
        found.templates[name] = path


def _add_glob(found: Discovered, pattern: str) -> None:
    anchor = Path(
        pattern
    ).anchor  # Path.glob follows no links into folders, so it ends; but it refuses absolute patterns
    matches = sorted(Path(anchor).glob(pattern.removeprefix(anchor)))
    for match in matches:
        if not match.is_dir():
            _add_if_template(found, match)
    if not matches:
        found.problems.append(Problem("no file matches this pattern", pattern, hint="quote it, or check the path"))


def _add_folder(found: Discovered, folder: Path, argument: str) -> None:
    candidates = list(_walk(folder, found.problems))
    ignored = _git_ignored(folder, candidates)
    for path in candidates:
        if path not in ignored:
            _add_if_template(found, path)
    if not any(os.path.realpath(path) in found.seen for path in candidates):
        hint = "templates are .yaml, .yml, .json or .template files with a Resources section that git does not ignore"
        found.problems.append(Problem("there is no CloudFormation template in this folder", argument, hint=hint))


def _add_if_template(found: Discovered, path: Path) -> None:
    if looks_like_template(path):
        _add_file(found, path)
    else:
        found.skipped += 1


def _add_if_meant(found: Discovered, path: Path) -> None:
    if _is_candidate(path.name):
        _add_if_template(found, path)
    else:
        found.skipped += 1


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        problems.append(Problem(f"cannot look into the folder: {error.strerror}", str(error.filename)))

    for root, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not _is_environment(root, name))
        yield from (Path(root, name) for name in sorted(files) if _is_candidate(name))


def _is_candidate(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith(OWN)


def _is_environment(root: str, name: str) -> bool:
    return os.path.isfile(os.path.join(root, name, "pyvenv.cfg"))  # noqa: PTH113, PTH118  is_file raises without rights


def _git_ignored(folder: Path, candidates: list[Path]) -> set[Path]:
    """What git ignores, asked of git itself; nothing where there is no git or no repository."""
    if not candidates or not any(
        (parent / ".git").exists() for parent in (folder.resolve(), *folder.resolve().parents)
    ):
        return set()
    names = "\0".join(os.path.relpath(path, folder) for path in candidates)
    try:
        done = run(["git", "check-ignore", "-z", "--stdin"], stdin=names, cwd=str(folder))
    except EngineStopped:
        return set()
    return {Path(folder, name) for name in done.stdout.split("\0") if name}


def shown(path: Path) -> str:
    """The path as reports show it: relative to the working directory where that is short, with forward slashes.

    Bytes that are no text are escaped, so that each file has a name of its own.
    """
    with suppress(ValueError, OSError):
        path = path.relative_to(Path.cwd()) if path.is_absolute() else path
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
