"""Every reference in a template: who refers to what, by which intrinsic, at which place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guardrun.read.places import pointer

SUB_VARIABLE = re.compile(r"\$\{([^!${}][^${}]*)\}")
"""A variable in `Fn::Sub`; `${!Literal}` is none."""


PSEUDO_PARAMETERS = {
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
}

DYNAMIC = "*"
"""The name of a mapping that is chosen only at deployment."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: `kind` is Ref, GetAtt, Sub, DependsOn, Condition or FindInMap, `at` a JSON pointer to the place.

    `section` and `owner` name the entry that refers, for instance Resources and a logical id; `attribute` is what a
    GetAtt, or a Sub like one, takes of the resource, or empty.
    """

    section: str
    owner: str
    kind: str
    name: str
    at: str
    attribute: str = ""


def find_references(document: dict[str, Any]) -> list[Reference]:
    """All references in document order; pseudo parameters (`AWS::Region`) are left out."""
    found = []
    for section in ("Globals", "Conditions", "Rules", "Resources", "Outputs"):
        entries = document.get(section)
        for owner, body in entries.items() if isinstance(entries, dict) else ():
            walk = _entry(section, body, (section, owner))
            found += [Reference(section, owner, *parts) for parts in walk]
    return [reference for reference in found if reference.name not in PSEUDO_PARAMETERS]


Found = Iterator[tuple[str, str, str] | tuple[str, str, str, str]]
"""Kind, name, place and, where there is one, attribute."""


def _entry(section: str, body: Any, path: tuple[str | int, ...]) -> Found:
    if section in {"Resources", "Outputs"} and isinstance(body, dict):
        yield from _attributes(body, path)
        body = {key: value for key, value in body.items() if key not in {"Condition", "DependsOn"}}
    yield from _walk(body, path, conditions=section == "Conditions")


def _attributes(body: dict[str, Any], path: tuple[str | int, ...]) -> Found:
    if isinstance(body.get("Condition"), str):
        yield "Condition", body["Condition"], pointer(*path, "Condition")
    names = body.get("DependsOn")
    if isinstance(names, str):
        yield "DependsOn", names, pointer(*path, "DependsOn")
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            yield "DependsOn", name, pointer(*path, "DependsOn", index)


def _walk(value: Any, path: tuple[str | int, ...], *, conditions: bool) -> Found:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), conditions=conditions)
    elif isinstance(value, dict):
        if len(value) == 1:
            yield from _intrinsic(value, path, conditions=conditions)
        for key, item in value.items():
            yield from _walk(item, (*path, key), conditions=conditions)


def _intrinsic(value: dict[str, Any], path: tuple[str | int, ...], *, conditions: bool) -> Found:
    ((name, argument),) = value.items()
    first = argument[0] if isinstance(argument, list) and argument else None
    if name == "Ref" and isinstance(argument, str):
        yield "Ref", argument, pointer(*path, name)
    elif name == "Fn::ValueOf" and isinstance(first, str):
        yield "Ref", first, pointer(*path, name, 0)
    elif name == "Fn::GetAtt" and isinstance(first, str):
        attribute = argument[1] if len(argument) > 1 and isinstance(argument[1], str) else ""
        yield "GetAtt", first, pointer(*path, name, 0), attribute
    elif name == "Fn::If" and isinstance(first, str):
        yield "Condition", first, pointer(*path, name, 0)
    elif name == "Condition" and conditions and isinstance(argument, str):
        yield "Condition", argument, pointer(*path, name)
    elif name == "Fn::FindInMap" and first is not None:
        yield "FindInMap", first if isinstance(first, str) else DYNAMIC, pointer(*path, name, 0)
    elif name == "Fn::Sub":
        yield from _sub(argument, (*path, name))


def _sub(argument: Any, path: tuple[str | int, ...]) -> Found:
    own: dict[str, Any] = {}
    if isinstance(argument, list) and argument:
        own = argument[1] if len(argument) > 1 and isinstance(argument[1], dict) else {}
        argument, path = argument[0], (*path, 0)
    for variable in SUB_VARIABLE.findall(argument) if isinstance(argument, str) else ():
        name, _, attribute = variable.strip().partition(".")
        if variable.strip() not in own:
            yield "Sub", name, pointer(*path), attribute
