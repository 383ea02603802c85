"""The facts on what CloudFormation's resource types do not have, by the key that they have in `GuardRun.Schema`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.near import near
from guardrun.facts.resource_types import ATTRIBUTES, BESIDE, resource_type, type_names
from guardrun.read.places import pointer

SERVERLESS = "AWS::Serverless::"
OUTSIDE = (SERVERLESS, "AWS::CloudFormation::CustomResource")
"""Types that are CloudFormation's, but in no schema."""

ANY_ATTRIBUTE = {
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
}
"""Types whose attributes are the outputs of another template, or what a function answers."""


def _is_aws(kind: str) -> bool:
    return kind.startswith("AWS::") and not kind.startswith(OUTSIDE) and not kind.endswith("::MODULE")


def _unknown_types(context: Context) -> list[dict[str, str]]:
    return [
        {"Name": kind, "Near": _near_type(kind), "At": pointer("Resources", logical_id, "Type")}
        for logical_id, kind in context.types.items()
        if _is_aws(kind) and resource_type(kind) is None
    ]


@lru_cache(maxsize=1024)
def _near_type(kind: str) -> str:
    """The nearest of all types; models invent the same ones again and again."""
    return near(kind, type_names())


def _unknown_attributes(context: Context) -> list[dict[str, str]]:
    found = []
    for reference in context.references:
        kind = context.types.get(reference.name, "")
        has = resource_type(kind) if reference.attribute and kind not in ANY_ATTRIBUTE else None
        of_generated = kind.startswith(SERVERLESS) and "." in reference.attribute  # as in Function.Version.Arn
        if has and not of_generated and not _has_attribute(has["attributes"], reference.attribute):
            names = {"Name": f"{reference.name}.{reference.attribute}", "Type": kind}
            found.append({**names, "Near": near(reference.attribute, has["attributes"]), "At": reference.at})
    return found


def _has_attribute(attributes: list[str], wanted: str) -> bool:
    return wanted in attributes or any(
        attribute.startswith(f"{wanted}.") or wanted.startswith(f"{attribute}.") for attribute in attributes
    )


def _misplaced(context: Context) -> list[dict[str, str]]:
    """Attributes of a resource among its properties, and properties, or anything else, beside them."""
    found = []
    for logical_id, kind in context.types.items():
        has, body = resource_type(kind), context.document["Resources"][logical_id]
        if has is None:
            continue
        properties = body.get("Properties")
        inside = BESIDE.difference(has.get("properties", {})) if isinstance(properties, dict) else ()
        found += [
            {"Name": name, "Where": "among the properties", "At": pointer("Resources", logical_id, "Properties", name)}
            for name in sorted(inside)
            if name in properties
        ]
        found += [
            {"Name": name, "Where": "beside the properties", "At": pointer("Resources", logical_id, name)}
            for name in body
            if name not in ATTRIBUTES and not name.startswith("Fn::")
        ]
    return found


def _faults(key: str) -> Callable[[Context], list[dict[str, str]]]:
    return lambda context: [fault.entry for fault in context.property_faults if fault.fact == key]


SCHEMA_FACTS: dict[str, Callable[[Context], Any]] = {
    "Types": lambda context: sum(map(_is_aws, set(context.types.values()))),
    "UnknownTypes": _unknown_types,
    "Misplaced": _misplaced,
    "UnknownAttributes": _unknown_attributes,
    "UnknownProperties": _faults("UnknownProperties"),
    "MissingProperties": _faults("MissingProperties"),
    "InvalidValues": _faults("InvalidValues"),
    "NamesAsArns": _faults("NamesAsArns"),
    "ArnsAsNames": _faults("ArnsAsNames"),
}
