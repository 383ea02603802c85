"""What can be set, with the defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation asks for beyond what is good for everybody; an empty value asks for nothing.

    Rules read it as `GuardRun.Policy`, its keys in capitals: `RequiredTags`.
    """

    required_tags: tuple[str, ...] = ()
    name_pattern: str = ""
    allowed_regions: tuple[str, ...] = ()
    largest_instance_size: str = "4xlarge"
    minimum_log_retention_days: int = 1
    minimum_backup_retention_days: int = 7

    def as_facts(self) -> dict[str, Any]:
        """The settings by their keys in `GuardRun.Policy`."""
        return {fact_name(field.name): _plain(getattr(self, field.name)) for field in fields(self)}


FACTS_BY_SETTING = {
    "required_tags": {"RequiredTags", "MissingTags"},
    "name_pattern": {"NamePattern", "Misnamed"},
    "largest_instance_size": {"LargestInstanceSize", "LargestInstanceRank"},
}
"""Settings that rules read under other names than their own, too."""


def settings_read(text: str, policy: Policy) -> dict[str, Any]:
    """The settings of the policy that a rule of this text reads, with their values."""
    words = set(re.findall(r"\w+", text))
    names = [field.name for field in fields(Policy)]
    read = [name for name in names if not words.isdisjoint(FACTS_BY_SETTING.get(name, {fact_name(name)}))]
    return {name: _plain(getattr(policy, name)) for name in read}


def policy_of(facts: dict[str, Any]) -> Policy:
    """The settings from what `Policy.as_facts` gave, or a part of it."""
    given: dict[str, Any] = {
        field.name: tuple(value) if isinstance(value, list) else value
        for field in fields(Policy)
        if (value := facts.get(fact_name(field.name))) is not None
    }
    return Policy(**given)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Findings that the project accepts: of a rule (id or glob), in templates and resources (globs), with a reason."""

    rule: str
    reason: str
    path: str = "*"
    logical_id: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What is different for the templates of some paths (globs): more profiles, rules left out, another threshold."""

    paths: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; `path` is the project's file that they are from, if any.

    `rules` are packs: folders and files, or names; `foreign` tells of others' rules what a pack may tell itself.
    `companions` are other linters to run beside them, `baseline` is the file of the findings that are there already.
    Paths are from the working directory, whatever they were in the file.
    """

    rules: tuple[str, ...] = ("bundled",)
    foreign: Mapping[str, Any] = field(default_factory=dict)
    companions: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ("core",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "low"
    baseline: str = ""
    overrides: tuple[Override, ...] = ()
    suppress: tuple[Accepted, ...] = ()
    policy: Policy = Policy()
    path: Path | None = None

    def relative(self, file: Path | None, shown: str) -> str:
        """The path of a template from the settings' folder, by which they name it."""
        return known_as(file, shown, self.path.parent) if self.path else shown

    @property
    def name(self) -> str:
        """The file's name as reports show it; nothing without a file."""
        return self.path.name if self.path else ""


def known_as(file: Path | None, shown: str, folder: Path) -> str:
    """The path of a template from a folder.

    A template without a file may be called as if it had one; `shown` stays what is no path, such as `<stdin>`.
    """
    return shown if file is None and shown.startswith("<") else relative(file or Path(shown), folder)


def relative(file: Path, folder: Path) -> str:
    """The path of a file from a folder, links followed, with forward slashes; bytes that are no UTF-8 are escaped."""
    path = Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether a path is meant by one of some globs, in which `*` stands for slashes, too; a folder means all in it."""
    return any(fnmatchcase(path, glob) or fnmatchcase(path, f"{glob.rstrip('/')}/*") for glob in globs)


def fact_name(setting: str) -> str:
    """`required_tags` as rules know it: `RequiredTags`."""
    return "".join(word.capitalize() for word in setting.split("_"))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
