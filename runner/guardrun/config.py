"""The settings of a project or an organisation: `.guardrun.yml`, found upwards from where guardrun runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from guardrun.errors import ConfigError, TemplateError
from guardrun.model import PROFILES, SEVERITIES

NAMES = (".guardrun.yml", ".guardrun.yaml")


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
class Config:
    """All settings; `path` is the file that they are from, if any."""

    profiles: tuple[str, ...] = ("core",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "low"
    suppress: tuple[Accepted, ...] = ()
    policy: Policy = Policy()
    path: Path | None = None


def fact_name(setting: str) -> str:
    """`required_tags` as rules know it: `RequiredTags`."""
    return "".join(word.capitalize() for word in setting.split("_"))


def find_config(start: Path) -> Path | None:
    """The nearest config file from a folder upwards."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((folder / name for folder in folders for name in NAMES if (folder / name).is_file()), None)


def load_config(path: Path | None) -> Config:
    """The settings of a file, or the defaults. Raises `ConfigError` with line and hint."""
    if path is None:
        return Config()
    content, lines = _read(path)
    where = Where(path.as_posix(), lines)
    _require_known(content, [field.name for field in fields(Config) if field.name != "path"], where)
    policy = content.pop("policy", None) or {}
    accepted = _accepted(content.pop("suppress", None) or [], where)
    if not isinstance(policy, dict):
        raise where.error("policy is a mapping of settings", "policy")
    _require_known(policy, [field.name for field in fields(Policy)], where)
    own = {name: _checked(Config(), name, value, where) for name, value in content.items()}
    _require_choices(own, where)
    settings = {name: _checked(Policy(), name, value, where) for name, value in policy.items()}
    return Config(**own, suppress=accepted, policy=Policy(**settings), path=path)


def _accepted(entries: Any, where: Where) -> tuple[Accepted, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise where.error("suppress is a list of mappings", "suppress", "each has rule and reason")
    for entry in entries:
        _require_known(entry, [field.name for field in fields(Accepted)], where)
        if not all(isinstance(value, str) and value.strip() for value in entry.values()):
            raise where.error("what is suppressed is told in texts", "suppress")
        if not {"rule", "reason"} <= entry.keys():
            raise where.error("a suppression has a rule and a reason", "suppress")
        if "until" in entry and not re.fullmatch(r"\d{4}-\d\d-\d\d", entry["until"]):
            raise where.error(f"until is a day, and {entry['until']!r} is none", "suppress", "write YYYY-MM-DD")
    return tuple(Accepted(**entry) for entry in entries)


@dataclass(frozen=True, slots=True)
class Where:
    """A config file: its name, and the line of each key."""

    name: str
    lines: dict[str, int]

    def error(self, message: str, key: str, hint: str | None = None) -> ConfigError:
        """An error at a key."""
        return ConfigError(message, path=self.name, line=self.lines.get(key), hint=hint)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The content and the line of each key."""
    from guardrun.read.compose import compose, decode  # noqa: PLC0415  most runs have no config file
    from guardrun.read.values import to_value  # noqa: PLC0415

    try:
        text = decode(path.read_bytes())
        content = to_value(compose(text)) if re.sub(r"(?m)^\s*#.*", "", text).strip() else {}
    except OSError as error:
        raise ConfigError(f"cannot read the settings: {error.strerror}", path=path.as_posix()) from error
    except TemplateError as error:
        raise ConfigError(error.message, path=path.as_posix(), line=error.line, column=error.column) from error
    if not isinstance(content, dict):
        raise ConfigError("the settings are a mapping", path=path.as_posix(), line=1, hint="start with policy:")
    keys = (re.match(r"\s*([\w-]+)\s*:", line) for line in text.splitlines())
    return content, {match[1]: number for number, match in enumerate(keys, start=1) if match}


def _require_known(content: dict[str, Any], known: list[str], where: Where) -> None:
    for key in content:
        if key not in known:
            from guardrun.facts.near import near  # noqa: PLC0415  only a fault needs it

            hint = near(key, known).removeprefix("; ") or f"there are {', '.join(known)}"
            raise where.error(f"there is no setting {key}", key, hint)


def _checked(defaults: Any, name: str, value: Any, where: Where) -> Any:
    """A value of the type that its default has."""
    default = getattr(defaults, name)
    if isinstance(default, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if not isinstance(default, tuple) and type(value) is type(default):
        return value
    wanted = {tuple: "a list of texts", str: "a text", int: "a whole number"}[type(default)]
    raise where.error(f"{name} is {wanted}", name)


def _require_choices(settings: dict[str, Any], where: Where) -> None:
    for profile in settings.get("profiles", ()):
        if profile not in PROFILES:
            raise where.error(f"profile {profile!r} is none of {', '.join(PROFILES)}", "profiles")
    if settings.get("fail_on", "never") not in {*SEVERITIES, "never"}:
        raise where.error(f"fail_on is one of {', '.join(SEVERITIES)} and never", "fail_on")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
