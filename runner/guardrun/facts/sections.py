"""What in the sections of a template, apart from the resources' properties, makes CloudFormation refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from guardrun.facts.context import Context
from guardrun.facts.functions import FORMS
from guardrun.facts.walk import Path, walk
from guardrun.read.places import pointer, tokens

SECTIONS = {
    "AWSTemplateFormatVersion", "Conditions", "Description", "GuardRun", "Hooks", "Mappings", "Metadata", "Outputs",
    "Parameters", "Resources", "Rules", "Transform",
}  # fmt: skip
PARAMETER = {
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "GuardRun", "MaxLength",
    "MaxValue", "MinLength", "MinValue", "NoEcho", "Type",
}  # fmt: skip
VERSION = "2010-09-09"
LONGEST_DESCRIPTION = 1024
"""Bytes of the description of a template."""

Faults: TypeAlias = Iterator[tuple[str, Path]]
"""What is wrong, and where."""


def section_faults(context: Context) -> list[dict[str, str]]:
    """What CloudFormation refuses in the sections; nothing in templates with transforms, which may mend it."""
    if context.is_transformed:
        return []
    parts = (_template, _parameters, _mappings, _conditions, _resources, _outputs)
    return [{"Text": text, "At": pointer(*path)} for part in parts for text, path in part(context)]


def _template(context: Context) -> Faults:
    document = context.document
    for name in sorted(document.keys() - SECTIONS):
        yield f"a template has no section {name}", (name,)
    version, description = document.get("AWSTemplateFormatVersion", VERSION), document.get("Description", "")
    if str(version) != VERSION:
        yield f"the only format version is {VERSION}", ("AWSTemplateFormatVersion",)
    yield from _description(description, ("Description",))
    if isinstance(description, str) and len(description.encode("utf-8", "replace")) > LONGEST_DESCRIPTION:
        yield f"a description has {LONGEST_DESCRIPTION} bytes at most", ("Description",)


def _parameters(context: Context) -> Faults:
    for name, body in _entries(context, "Parameters"):
        yield from _name(name, ("Parameters", name))
        for key in sorted(body.keys() - PARAMETER):
            yield f"a parameter has no property {key}", ("Parameters", name, key)
        yield from _description(body.get("Description", ""), ("Parameters", name, "Description"))


def _mappings(context: Context) -> Faults:
    for name, mapping in _entries(context, "Mappings"):
        for key, pairs in mapping.items():
            for inner, value in pairs.items() if isinstance(pairs, dict) else [(None, {})]:
                if isinstance(value, dict):
                    way = ("Mappings", name, key) if inner is None else ("Mappings", name, key, inner)
                    yield "a mapping has two levels of keys, and texts or lists of texts below them", way


def _conditions(context: Context) -> Faults:
    for reference in context.references:
        if reference.section == "Conditions" and (reference.kind == "GetAtt" or reference.name in context.types):
            yield f"a condition cannot depend on the resource {reference.name}", tuple(tokens(reference.at))


def _resources(context: Context) -> Faults:
    for name, body in _entries(context, "Resources"):
        depends = body.get("DependsOn", "")
        if not all(isinstance(one, str) for one in (depends if isinstance(depends, list) else [depends])):
            yield "DependsOn takes names of resources", ("Resources", name, "DependsOn")
        if not isinstance(body.get("Properties", {}), dict):
            yield "Properties are a mapping", ("Resources", name, "Properties")


def _outputs(context: Context) -> Faults:
    for name, body in _entries(context, "Outputs"):
        yield from _name(name, ("Outputs", name))
        yield from _description(body.get("Description", ""), ("Outputs", name, "Description"))
        if not _is_text(body.get("Value", [])):
            yield "the Value of an output is one text", ("Outputs", name, *(["Value"] if "Value" in body else []))
        export = body.get("Export", {"Name": ""})
        if not isinstance(export, dict) or not _is_text(export.get("Name", [])):
            yield "an Export has a Name", ("Outputs", name, "Export")
        elif used := _resources_in(export, context):
            yield f"the name of an export cannot depend on the resource {used[0]}", ("Outputs", name, "Export", "Name")


def _entries(context: Context, section: str) -> Iterable[tuple[str, dict[str, Any]]]:
    entries = context.document.get(section)
    return [
        (name, body)
        for name, body in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(body, dict) and not name.startswith("Fn::")
    ]


def _name(name: str, path: Path) -> Faults:
    if not (name.isalnum() and name.isascii()):
        yield f"names have letters and digits only, and {name} has others", path


def _description(value: Any, path: Path) -> Faults:
    if isinstance(value, (dict, list)):
        yield "a description is plain text, without functions", path


def _is_text(value: Any) -> bool:
    """Whether this is a text, or a function that may give one."""
    if isinstance(value, dict):
        return len(value) == 1 and all(name in FORMS or name.startswith("Fn::") for name in value)
    return not isinstance(value, list) and value is not None


def _resources_in(value: Any, context: Context) -> list[str]:
    """The resources that a value asks for by name."""
    asked = [
        str(item[0] if isinstance(item, list) and item else item).partition(".")[0]
        for item, way in walk(value, ())
        if way[-1:] in {("Ref",), ("Fn::GetAtt",)}
    ]
    return [name for name in asked if name in context.types]
