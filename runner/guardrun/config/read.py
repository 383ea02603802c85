"""One file of settings: read, each value checked, every fault told with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guardrun.config.settings import Accepted, Config, Override, Policy
from guardrun.errors import ConfigError, TemplateError
from guardrun.model import PROFILES, SEVERITIES

if TYPE_CHECKING:
    from yaml.nodes import Node

Key = str | int
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file sets: values by key, those of `policy` by their own keys."""

    path: Path
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file of settings: its name, its nodes, and the keys on the way to the place."""

    name: str
    root: Node | None
    way: tuple[Key, ...] = ()

    def at(self, *keys: Key) -> Where:
        """A place further down."""
        return Where(self.name, self.root, (*self.way, *keys))

    def error(self, message: str, hint: str | None = None) -> ConfigError:
        """An error at this place."""
        from guardrun.read.places import locate  # noqa: PLC0415  only a fault needs it

        line = locate(self.root, [str(key) for key in self.way]).line if self.root else 1
        return ConfigError(message, path=self.name, line=line, hint=hint)


def read_layer(path: Path) -> Layer:
    """The settings of a file. Raises `ConfigError` with line and hint."""
    content, where = _read(path)
    _require_known(content, Config, where, ("path",))
    return Layer(path, {key: _value(key, value, where.at(key)) for key, value in content.items()})


def _read(path: Path) -> tuple[dict[str, Any], Where]:
    from guardrun.read.compose import compose, decode  # noqa: PLC0415  most runs have no config file
    from guardrun.read.values import to_value  # noqa: PLC0415

    name = path.as_posix()
    try:
        text = decode(path.read_bytes())
        root = compose(text) if re.sub(r"(?m)^\s*#.*", "", text).strip() else None
        content = to_value(root) if root else {}
    except OSError as error:
        raise ConfigError(f"cannot read the settings: {error.strerror}", path=name) from error
    except TemplateError as error:
        raise ConfigError(error.message, path=name, line=error.line, column=error.column, hint=error.hint) from error
    where = Where(name, root)
    if not isinstance(content, dict):
        raise where.error("the settings are a mapping", "start with policy:")
    return content, where


def _value(key: str, value: Any, where: Where) -> Any:
    if key == "policy":
        return _policy(value, where)
    if key == "foreign":
        return _foreign(value, where)
    if key in {"suppress", "overrides"}:
        return tuple(_entries(key, value, where))
    if key == "fail_on":
        return _choice("fail_on", value, (*SEVERITIES, "never"), where)
    checked = _typed(key, value, getattr(Config(), key), where)
    if key == "profiles":
        _require_profiles(checked, where)
    return checked


def _policy(content: Any, where: Where) -> dict[str, Any]:
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise where.error("policy is a mapping of settings")
    _require_known(content, Policy, where)
    checked = {name: _typed(name, value, getattr(Policy(), name), where.at(name)) for name, value in content.items()}
    for name, value in checked.items():
        if name in POLICY_CHECKS:
            POLICY_CHECKS[name](value, where.at(name))
    return checked


def _foreign(content: Any, where: Where) -> Any:
    from guardrun.pack.mapping import mapping_of  # noqa: PLC0415  few settings say so

    mapping_of(content, lambda keys, message, hint: where.at(*keys).error(message, hint))
    return content


def _entries(key: str, content: Any, where: Where) -> Any:
    kind, build = {"suppress": (Accepted, _accepted), "overrides": (Override, _override)}[key]
    content = [] if content is None else content
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        hint = ", ".join(field.name for field in fields(kind))
        raise where.error(f"{key} is a list of mappings", f"each has {hint}")
    for number, entry in enumerate(content):
        _require_known(entry, kind, where.at(number))
        yield build(entry, where.at(number))


def _accepted(entry: dict[str, Any], where: Where) -> Accepted:
    if not all(isinstance(value, str) and value.strip() for value in entry.values()):
        raise where.error("what is suppressed is told in texts")
    if not {"rule", "reason"} <= entry.keys():
        raise where.error("a suppression has a rule and a reason")
    if "until" in entry and not _is_day(entry["until"]):
        raise where.at("until").error(f"until is a day, and {entry['until']!r} is none", "write YYYY-MM-DD")
    return Accepted(**entry)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _override(entry: dict[str, Any], where: Where) -> Override:
    if not entry.get("paths"):
        raise where.error("an override says for which paths it is", "paths: [legacy/*]")
    lists = {name: _typed(name, value, (), where.at(name)) for name, value in entry.items() if name != "fail_on"}
    _require_profiles(lists.get("profiles", ()), where.at("profiles"))
    if "fail_on" not in entry:
        return Override(**lists)
    return Override(**lists, fail_on=_choice("fail_on", entry["fail_on"], (*SEVERITIES, "never"), where.at("fail_on")))


def _require_known(content: dict[str, Any], kind: type[Any], where: Where, but: Sequence[str] = ()) -> None:
    known = [field.name for field in fields(kind) if field.name not in but]
    for key in content:
        if key not in known:
            from guardrun.facts.near import near  # noqa: PLC0415  only a fault needs it

            hint = near(key, known).removeprefix("; ") or f"there are {', '.join(known)}"
            raise where.at(key).error(f"there is no setting {key}", hint)


def _typed(name: str, value: Any, default: Any, where: Where) -> Any:
    """A value of the type that its default has."""
    if isinstance(default, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if not isinstance(default, tuple) and type(value) is type(default):
        return value
    wanted = {tuple: "a list of texts", str: "a text", int: "a whole number"}[type(default)]
    raise where.error(f"{name} is {wanted}")


def _choice(name: str, value: Any, choices: Sequence[str], where: Where) -> str:
    if value not in choices:
        raise where.error(f"{name} is one of {', '.join(choices[:-1])} and {choices[-1]}")
    return str(value)


def _require_profiles(profiles: Sequence[str], where: Where) -> None:
    for profile in profiles:
        if profile not in PROFILES:
            raise where.error(f"profile {profile!r} is none of {', '.join(PROFILES)}")


def _require_pattern(value: str, where: Where) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise where.error(f"this is no regular expression: {error}") from error


def _require_regions(value: Sequence[str], where: Where) -> None:
    for region in value:
        if not REGION.fullmatch(region):
            raise where.error(f"{region!r} is no region", "write it as in eu-west-1")


def _require_size(value: str, where: Where) -> None:
    from guardrun.facts.sizes import size_rank  # noqa: PLC0415  only settings that name a size need it

    if value and size_rank(value) is None:
        raise where.error(f"{value!r} is no size of an instance", "write it as in 2xlarge")


def _require_days(value: int, where: Where) -> None:
    if value < 0:
        raise where.error("a number of days is not below 0")


POLICY_CHECKS: dict[str, Callable[[Any, Where], None]] = {
    "name_pattern": _require_pattern,
    "allowed_regions": _require_regions,
    "largest_instance_size": _require_size,
    "minimum_log_retention_days": _require_days,
    "minimum_backup_retention_days": _require_days,
}
