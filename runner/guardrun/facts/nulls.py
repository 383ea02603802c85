"""Keys without a value: CloudFormation refuses them, so rules other than the one that tells it need not know them."""

from __future__ import annotations

from typing import Any

from guardrun.facts.context import Context
from guardrun.read.places import pointer

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")


def nulls(context: Context) -> list[dict[str, str]]:
    """The keys that have no value, resources and their types apart; none where a transform may mend them."""
    if context.is_transformed:
        return []
    ways = [way for value, way in context.values(*SECTIONS) if value is None]
    return [
        {"Name": next(key for key in reversed(way) if isinstance(key, str)), "At": pointer(*way)}
        for way in ways
        if way[0] != "Resources" or way[2:] not in {(), ("Type",)}
    ]


def without_nulls(value: Any) -> Any:
    """A value without the keys that have none; lists keep what they have, as their items are told by number."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
