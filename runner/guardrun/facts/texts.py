"""Texts that use `Fn::Sub` where there is nothing to fill in, or forget it where there is."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from guardrun.facts.plain import text
from guardrun.facts.references import PSEUDO_PARAMETERS
from guardrun.read.places import pointer

Path = tuple[str | int, ...]

VARIABLE = re.compile(r"\$\{\s*([A-Za-z0-9:]+)(\.[A-Za-z0-9.]+)?\s*\}")

OTHER_LANGUAGES = {
    "AWS::CloudFormation::Init",
    "Body",
    "BuildSpec",
    "Comment",
    "DashboardBody",
    "DefinitionString",
    "DefinitionSubstitutions",
    "Description",
    "Fn::Transform",
    "InputTemplate",
    "RequestTemplates",
    "ResponseTemplates",
    "SchemaDefinition",
    "UserData",
    "ZipFile",
}
"""Below these keys `${...}` may be a program's or another template's own."""


def subs_without_variables(sections: dict[str, Any]) -> list[dict[str, str]]:
    """Every `Fn::Sub` whose text has no `${`."""
    found = []
    for value, path in walk(sections, ()):
        if isinstance(value, dict) and len(value) == 1 and "Fn::Sub" in value:
            argument = value["Fn::Sub"]
            text = argument[0] if isinstance(argument, list) and argument else argument
            if isinstance(text, str) and "${" not in text:
                found.append({"At": pointer(*path, "Fn::Sub")})
    return found


def literal_variables(sections: dict[str, Any], names: set[str]) -> list[dict[str, str]]:
    """Every `${Name}` of a declared or pseudo parameter or a resource in a text that no `Fn::Sub` fills in."""
    return [
        {"Name": match[0], "At": pointer(*path)}
        for value, path in walk(sections, (), stop=OTHER_LANGUAGES | {"Fn::Sub"})
        for match in (VARIABLE.finditer(value) if isinstance(value, str) else ())
        if match[1] in names or match[1] in PSEUDO_PARAMETERS
    ]


def subs(sections: dict[str, Any]) -> int:
    """How many `Fn::Sub` there are."""
    return sum(isinstance(value, dict) and "Fn::Sub" in value for value, _ in walk(sections, ()))


def strings(resources: dict[str, Any]) -> int:
    """How many texts the resources have beside their types."""
    bodies = [body for body in resources.values() if isinstance(body, dict)]
    below = [body.get(name) for body in bodies for name in ("Properties", "Metadata")]
    return sum(isinstance(value, str) for one in below for value, _ in walk(one, ()))


def texts(sections: dict[str, Any]) -> int:
    """How many texts have a `${`."""
    return sum(isinstance(value, str) and "${" in value for value, _ in walk(sections, ()))


def imports(sections: dict[str, Any]) -> list[tuple[str, str]]:
    """Every `Fn::ImportValue`: the name as the text of a Sub, and its place."""
    return [
        (text(value["Fn::ImportValue"]), pointer(*path, "Fn::ImportValue"))
        for value, path in walk(sections, ())
        if isinstance(value, dict) and "Fn::ImportValue" in value
    ]


def walk(value: Any, path: Path, stop: Collection[str] = ()) -> list[tuple[Any, Path]]:
    """Every value below this one with the way to it, itself first; nothing below keys of `stop`."""
    found = [(value, path)]
    _walk(value, path, stop, found)
    return found


def _walk(value: Any, path: Path, stop: Collection[str], found: list[tuple[Any, Path]]) -> None:
    """A list that is added to, since generators within generators would take several times as long."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key not in stop:
            way = (*path, key)
            found.append((item, way))
            if isinstance(item, (dict, list)):
                _walk(item, way, stop, found)
