"""Names and tags of resources, whatever property their type has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from guardrun.facts.plain import each, text
from guardrun.facts.resource_types import resource_type
from guardrun.read.places import pointer

Entry = dict[str, Any]
VARIABLE = re.compile(r"\$\{([^{}]*)\}|\{\{[^{}]*\}\}")
LEAST = {"AWS::AccountId": 12, "AWS::Region": 9, "AWS::Partition": 3}
"""The least length of what is known of it."""
Path = tuple[str | int, ...]


def physical_name(logical_id: str, body: dict[str, Any]) -> list[Entry]:
    """The name that a resource is given, of Fn::If every branch.

    `Property`, the `Value` as the text of a Sub, and the `Shortest` length that it can have, in characters.
    """
    has = resource_type(str(body.get("Type"))) or {}
    name = has.get("name")
    properties = body.get("Properties")
    if not name or not isinstance(properties, dict):
        return []
    path = ("Resources", logical_id, "Properties", name)
    return [
        {"Property": name, "Value": text(value), "Shortest": shortest(text(value)), "At": pointer(*path, *way)}
        for way, value in each(properties.get(name))
    ]


def shortest(text: str) -> int:
    """The least length that the text of a Sub can have: a variable or dynamic reference has one character."""
    return len(VARIABLE.sub(lambda match: "x" * LEAST.get((match[1] or "").strip(), 1), text))


def is_taggable(kind: str) -> bool:
    """Whether resources of a type take tags, themselves or what they launch."""
    has = resource_type(kind) or {}
    return "tags" in has or kind == "AWS::EC2::LaunchTemplate"


def tags(logical_id: str, body: dict[str, Any]) -> list[Entry]:
    """The tags of a resource: `Key` and `Value` as the text of a Sub."""
    has = resource_type(str(body.get("Type"))) or {}
    properties = body.get("Properties")
    if not isinstance(properties, dict):
        return []
    name = has.get("tags", "Tags")
    path: Path = ("Resources", logical_id, "Properties")
    found = list(_pairs(properties.get(name), (*path, name)))
    for way, specification in each(_launch_data(properties)):
        if isinstance(specification, dict):
            inside = (*path, "LaunchTemplateData", "TagSpecifications", *way, "Tags")
            found += _pairs(specification.get("Tags"), inside)
    return found


def all_tags(resources: dict[str, Any]) -> list[Entry]:
    """The tags of all resources: `Id` of the resource, `Key`, `Value`, `At`."""
    bodies = ((name, body) for name, body in resources.items() if isinstance(body, dict))
    return [{**tag, "Id": name} for name, body in bodies for tag in tags(name, body)]


def missing_tags(logical_id: str, body: dict[str, Any], required: Iterable[str]) -> list[Entry]:
    """The tags that a taggable resource must have and has not, capitals counting."""
    if not is_taggable(str(body.get("Type"))) or _is_open(body):
        return []
    present = {tag["Key"] for tag in tags(logical_id, body)}
    return [{"Key": key, "At": pointer("Resources", logical_id)} for key in required if key not in present]


def misnamed(logical_id: str, body: dict[str, Any], pattern: str) -> list[Entry]:
    """The names of a resource that do not match an organisation's pattern; what is not known matches anything."""
    if not pattern:
        return []
    known = [name for name in physical_name(logical_id, body) if "${" not in name["Value"]]
    return [name for name in known if not re.fullmatch(pattern, name["Value"])]


def _is_open(body: dict[str, Any]) -> bool:
    """Whether the tags, or some of them, come from elsewhere."""
    properties = body.get("Properties")
    has = resource_type(str(body.get("Type"))) or {}
    value = properties.get(has.get("tags", "Tags")) if isinstance(properties, dict) else None
    items = value if isinstance(value, list) else [value]
    return any(
        isinstance(item, dict) and len(item) == 1 and next(iter(item)).startswith(("Fn::", "Ref")) for item in items
    )


def _launch_data(properties: dict[str, Any]) -> Any:
    data = properties.get("LaunchTemplateData")
    return data.get("TagSpecifications") if isinstance(data, dict) else None


def _pairs(value: Any, path: Path) -> Iterator[Entry]:
    """Tags as a list of keys and values, or as a map."""
    for way, tag in each(value):
        if isinstance(tag, dict) and "Key" in tag:
            yield {"Key": text(tag["Key"]), "Value": text(tag.get("Value", "")), "At": pointer(*path, *way)}
        elif isinstance(tag, dict):
            yield from (
                {"Key": key, "Value": text(item), "At": pointer(*path, *way, key)}
                for key, item in tag.items()
                if key != "Ref" and not key.startswith("Fn::")
            )
