"""Names and tags of resources, whatever property their type has for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guardrun.facts.plain import each, text
from guardrun.facts.resource_types import resource_type
from guardrun.read.places import pointer

Entry = dict[str, Any]
Path = tuple[str | int, ...]


def physical_name(logical_id: str, body: dict[str, Any]) -> list[Entry]:
    """The name that a resource is given: `Property`, and the `Value` as the text of a Sub. Of Fn::If every branch."""
    has = resource_type(str(body.get("Type"))) or {}
    name = has.get("name")
    properties = body.get("Properties")
    if not name or not isinstance(properties, dict):
        return []
    path = ("Resources", logical_id, "Properties", name)
    return [
        {"Property": name, "Value": text(value), "At": pointer(*path, *way)}
        for way, value in each(properties.get(name))
    ]


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
