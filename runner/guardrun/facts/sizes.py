"""Sizes of instances, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from guardrun.facts.plain import each
from guardrun.read.places import pointer

PROPERTIES = {
    "CacheNodeType",
    "DBInstanceClass",
    "DBClusterInstanceClass",
    "DedicatedMasterType",
    "InstanceClass",
    "InstanceType",
    "InstanceTypes",
    "MasterInstanceType",
    "NodeType",
    "ReplicationInstanceClass",
    "SlaveInstanceType",
}
"""Properties that take an instance type, at any depth."""

INSTANCE_TYPE = re.compile(
    r"(?:db|cache|ml|dms|kafka|dax|mq)?\.?(?P<family>[a-z][a-z0-9-]*)\.(?P<size>[a-z0-9-]+?)(?:\.(search|elasticsearch))?"
)
ORDER = ("nano", "micro", "small", "medium", "large", "xlarge")

Path = tuple[str | int, ...]


def size_rank(size: str) -> int | None:
    """A number that grows with the size; None for a size that is none."""
    if size in ORDER:
        return ORDER.index(size)
    times = re.fullmatch(r"(\d{1,4})xlarge", size)
    if times:
        return ORDER.index("xlarge") + int(times[1])
    return 1000 if size.startswith("metal") else None


def instance_types(logical_id: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The instance types that a resource is given, of `Fn::If` every branch: `Value`, `Family`, `Size`, `Rank`."""
    return list(_found(body.get("Properties"), ("Resources", logical_id, "Properties")))


def _found(value: Any, path: Path) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in PROPERTIES:
                yield from _types(item, (*path, key))
            else:
                yield from _found(item, (*path, key))


def _types(value: Any, path: Path) -> Iterator[dict[str, Any]]:
    for way, one in each(value):
        match = INSTANCE_TYPE.fullmatch(one) if isinstance(one, str) else None
        rank = size_rank(match["size"]) if match else None
        if match and rank is not None:
            at = pointer(*path, *way)
            yield {"Value": one, "Family": match["family"], "Size": match["size"], "Rank": rank, "At": at}
