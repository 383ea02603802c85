"""Texts that use `Fn::Sub` where there is nothing to fill in, or forget it where there is."""

from __future__ import annotations

import re

from guardrun.facts.plain import text
from guardrun.facts.references import PSEUDO_PARAMETERS
from guardrun.facts.walk import Values
from guardrun.read.places import pointer

BODIES = (("Properties",), ("Metadata",))
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
FILLED_IN = {*OTHER_LANGUAGES, "Fn::Sub"}


def subs_without_variables(values: Values) -> list[dict[str, str]]:
    """Every `Fn::Sub` whose text has no `${`."""
    found = []
    for value, path in values:
        if isinstance(value, dict) and len(value) == 1 and "Fn::Sub" in value:
            argument = value["Fn::Sub"]
            text = argument[0] if isinstance(argument, list) and argument else argument
            if isinstance(text, str) and "${" not in text:
                found.append({"At": pointer(*path, "Fn::Sub")})
    return found


def literal_variables(values: Values, names: set[str]) -> list[dict[str, str]]:
    """Every `${Name}` of a declared or pseudo parameter or a resource in a text that no `Fn::Sub` fills in."""
    return [
        {"Name": match[0], "At": pointer(*path)}
        for value, path in values
        for match in (VARIABLE.finditer(value) if isinstance(value, str) else ())
        if (match[1] in names or match[1] in PSEUDO_PARAMETERS) and FILLED_IN.isdisjoint(path)
    ]


def subs(values: Values) -> int:
    """How many `Fn::Sub` there are."""
    return sum(isinstance(value, dict) and "Fn::Sub" in value for value, _ in values)


def strings(resources: Values) -> int:
    """How many texts the resources have beside their types."""
    return sum(isinstance(value, str) and path[2:3] in BODIES for value, path in resources)


def texts(values: Values) -> int:
    """How many texts have a `${`."""
    return sum(isinstance(value, str) and "${" in value for value, _ in values)


def imports(values: Values) -> list[tuple[str, str]]:
    """Every `Fn::ImportValue`: the name as the text of a Sub, and its place."""
    return [
        (text(value["Fn::ImportValue"]), pointer(*path, "Fn::ImportValue"))
        for value, path in values
        if isinstance(value, dict) and "Fn::ImportValue" in value
    ]
