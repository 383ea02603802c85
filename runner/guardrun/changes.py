"""Which files git says have changed, and which templates that concerns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from guardrun.errors import ConfigError, EngineStopped
from guardrun.process import Completed, run

INCLUDES = re.compile(r"""["']?(?:TemplateURL|Location)["']?\s*:\s*["']?([^\s"',}]+)""")
"""What a template says of another file: a nested stack's template, or a part that `AWS::Include` puts in."""


def changed_since(revision: str, folder: Path) -> set[Path]:
    """The files, as real paths, that differ from where this branch left a revision, new ones among them.

    Raises `ConfigError` outside of a repository and for a revision that git does not know.
    """
    top = _top(folder)
    base = _base(revision, folder)
    changed = _git(
        ["diff", "--name-only", "--no-renames", "-z", base, "--"], top, "git cannot compare with the revision"
    )
    added = _git(["ls-files", "--others", "--exclude-standard", "-z"], top, "git cannot list new files")
    return {Path(os.path.realpath(top / name)) for name in f"{changed}\0{added}".split("\0") if name}


def tracked(folder: Path) -> set[Path]:
    """The files, as real paths, that git knows here: of others it cannot tell whether they have changed."""
    top = _top(folder)
    names = _git(["ls-files", "-z"], top, "git cannot list its files")
    return {Path(os.path.realpath(top / name)) for name in names.split("\0") if name}


def concerned(templates: Mapping[str, Path], changed: Iterable[Path]) -> dict[str, Path]:
    """The templates that have changed, and those that include what has, directly or through others."""
    real = {name: Path(os.path.realpath(path)) for name, path in templates.items()}
    included = {name: set(_included(path)) for name, path in real.items()}
    reached = set(changed)
    while more := {path for name, path in real.items() if path not in reached and included[name] & reached}:
        reached |= more
    return {name: path for name, path in templates.items() if real[name] in reached}


def _top(folder: Path) -> Path:
    return Path(_git(["rev-parse", "--show-toplevel"], folder, "--changed-since needs a git repository").strip())


def _base(revision: str, folder: Path) -> str:
    """Where this branch left the revision; in a history cut short the revision itself."""
    hint = "fetch it first; a CI job may have only the newest commit (fetch-depth: 0 in GitHub's checkout)"
    _git(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"],
        folder,
        f"git knows no revision {revision}",
        hint,
    )
    done = _run(["merge-base", "--end-of-options", revision, "HEAD"], folder)
    return done.stdout.strip() if done.code == 0 else revision


def _included(path: Path) -> Iterator[Path]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for name in INCLUDES.findall(text):
        yield Path(os.path.realpath(path.parent / name.removeprefix("file://")))


def _git(arguments: list[str], folder: Path, fault: str, hint: str | None = None) -> str:
    done = _run(arguments, folder)
    if done.code:
        raise ConfigError(fault, hint=hint or done.stderr.strip().partition("\n")[0] or None)
    return done.stdout


def _run(arguments: list[str], folder: Path) -> Completed:
    try:
        return run(["git", *arguments], cwd=str(folder))
    except EngineStopped as error:
        raise ConfigError("--changed-since needs git", hint=error.message) from error
