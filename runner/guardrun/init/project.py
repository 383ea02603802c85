"""What a folder tells about its project: the repository that it is in, and the CI that this one uses."""

from __future__ import annotations

import re
from pathlib import Path

from guardrun.errors import EngineStopped
from guardrun.process import run

MARKS = {"github": ".github", "gitlab": ".gitlab-ci.yml"}
"""What a project that uses a CI has in its root."""

HOST = re.compile(r"^\S+ (?:\w+://)?(?:[^@/\s]*@)?([^:/\s]+)", re.MULTILINE)
"""The host in a line of `git config --get-regexp`, of a URL and of git's short form."""


def repository(folder: Path) -> Path | None:
    """The root of the git repository that a folder is in."""
    folder = folder.resolve()
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def recognised_ci(root: Path) -> tuple[str, ...]:
    """The kinds of CI that a project uses, by its files, or else by where its remotes are; `generic` if unknown."""
    by_files = tuple(kind for kind, mark in MARKS.items() if (root / mark).exists())
    hosts = () if by_files else remote_hosts(root)
    by_hosts = tuple(kind for kind in MARKS if any(kind in host for host in hosts))
    return by_files or by_hosts or ("generic",)


def remote_hosts(root: Path) -> tuple[str, ...]:
    """The hosts of a repository's remotes; none where there is no git or no repository."""
    if not (root / ".git").exists():
        return ()
    try:
        done = run(["git", "config", "--local", "--get-regexp", r"^remote\..*\.url$"], cwd=str(root))
    except EngineStopped:
        return ()
    return tuple(host.lower() for host in HOST.findall(done.stdout))
