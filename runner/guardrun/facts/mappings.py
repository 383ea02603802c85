"""Gaps in mappings: keys that a template looks up, or may look up, and that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guardrun.facts.walk import Values
from guardrun.read.places import pointer


def map_gaps(document: dict[str, Any], values: Values) -> list[dict[str, str]]:
    """Literal keys that a mapping lacks, and allowed values of a parameter that it has no entry for.

    Lookups are among the values; one with a default value needs no entry.
    """
    mappings, parameters = document.get("Mappings") or {}, document.get("Parameters") or {}
    found = {}
    for value, path in values:
        argument = value.get("Fn::FindInMap") if isinstance(value, dict) else None
        if isinstance(argument, list) and len(argument) == 3:  # noqa: PLR2004
            for text in _missing(argument, mappings, parameters):
                at = pointer(*path, "Fn::FindInMap")
                found[text, at] = {"Text": text, "At": at}
    return list(found.values())


def _missing(argument: list[Any], mappings: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    name, first, second = argument[:3]
    entries = mappings.get(name) if isinstance(name, str) else None
    if not isinstance(entries, dict) or any(key.startswith("Fn::") for key in entries):
        return
    wanted = _keys(first, parameters)
    for key in wanted:
        if key not in entries:
            yield f"{name} has no entry {key}"
    for key in [key for key in wanted or entries if key in entries]:
        inner = entries[key] if isinstance(entries[key], dict) else {}
        yield from (f"{name}.{key} has no {other}" for other in _keys(second, parameters) if other not in inner)


def _keys(value: Any, parameters: dict[str, Any]) -> list[str]:
    """The keys that a lookup may use, as far as they are known: a literal, or the allowed values of a parameter."""
    if isinstance(value, str | int):
        return [str(value)]
    parameter = parameters.get(str(value.get("Ref"))) if isinstance(value, dict) else None
    allowed = parameter.get("AllowedValues") if isinstance(parameter, dict) else None
    return [str(one) for one in allowed] if isinstance(allowed, list) else []
