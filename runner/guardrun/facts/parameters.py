"""The facts on a parameter, by the key that they have in its `GuardRun`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.links import property_of
from guardrun.read.places import pointer

REPEATED_GROUP = re.compile(r"\)(\*|\+|\{\d*,\d*\})")
"""In a pattern, what can make the time for a match grow with every character by a factor."""
SHORT = 16
"""Characters that such a pattern may see."""


def _used(context: Context, name: str) -> bool:
    return context.has_macros or name in context.parameters_used


def _used_in(context: Context, name: str) -> list[str]:
    """The properties that take the parameter as their whole value, or as an item."""
    found = {
        f"{context.types.get(one.owner, '')}.{property_of(one.at)}"
        for one in context.references
        if one.name == name and one.kind == "Ref" and one.section == "Resources"
        if not re.search("/Fn::(?!If/)", one.at)
    }
    return sorted(found)


def _in_interface(context: Context, name: str) -> bool:
    metadata = context.document.get("Metadata")
    interface = metadata.get("AWS::CloudFormation::Interface") if isinstance(metadata, dict) else None
    groups = interface.get("ParameterGroups") if isinstance(interface, dict) else None
    return any(
        isinstance(group, dict) and isinstance(group.get("Parameters"), list) and name in group["Parameters"]
        for group in (groups if isinstance(groups, list) else ())
    )


def _default_violations(context: Context, name: str) -> list[dict[str, str]]:
    """The constraints of a parameter that its own default breaks; CloudFormation compares values as texts."""
    body = context.document["Parameters"][name]
    default = body.get("Default")
    if default is None or isinstance(default, list | dict):
        return []
    kind, value = str(body.get("Type", "String")), _plain(default)
    values = [part.strip() for part in value.split(",")] if _is_list(kind) else [value]
    broken = {text for one in values for text in _broken(body, kind, one)}
    return [{"Text": text, "At": pointer("Parameters", name, "Default")} for text in sorted(broken)]


def _broken(body: dict[str, Any], kind: str, value: str) -> Iterator[str]:
    allowed = body.get("AllowedValues")
    if isinstance(allowed, list) and value not in map(_plain, allowed):
        yield "it is none of the allowed values"
    pattern = body.get("AllowedPattern")
    if isinstance(pattern, str) and _mismatches(pattern, value):
        yield "it does not match AllowedPattern"
    if kind in {"Number", "List<Number>"}:
        yield from _out_of_range(body, value)
    elif kind == "String":
        yield from _out_of_length(body, value)


def _out_of_range(body: dict[str, Any], value: str) -> Iterator[str]:
    number = _number(value)
    if number is None:
        yield "it is no number"
        return
    if (least := _number(body.get("MinValue"))) is not None and number < least:
        yield f"it is below MinValue, {_plain(body['MinValue'])}"
    if (most := _number(body.get("MaxValue"))) is not None and number > most:
        yield f"it is above MaxValue, {_plain(body['MaxValue'])}"


def _out_of_length(body: dict[str, Any], value: str) -> Iterator[str]:
    if (least := _number(body.get("MinLength"))) is not None and len(value) < least:
        yield f"it is shorter than MinLength, {_plain(body['MinLength'])}"
    if (most := _number(body.get("MaxLength"))) is not None and len(value) > most:
        yield f"it is longer than MaxLength, {_plain(body['MaxLength'])}"


def _mismatches(pattern: str, value: str) -> bool:
    """Whether a value surely does not match; a pattern of another dialect, or one that may take for ever, is left."""
    if len(value) > SHORT and REPEATED_GROUP.search(pattern):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.fullmatch(pattern, value) is None
    except re.error:
        return False


def _is_list(kind: str) -> bool:
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


PARAMETER_FACTS: dict[str, Callable[[Context, str], Any]] = {
    "Used": _used,
    "UsedIn": _used_in,
    "InInterface": _in_interface,
    "DefaultViolations": _default_violations,
}
