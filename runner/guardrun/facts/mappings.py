"""Gaps in mappings: keys that a template looks up, or may look up, and that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guardrun.read.places import pointer

Path = tuple[str | int, ...]


def map_gaps(document: dict[str, Any]) -> list[dict[str, str]]:
    """Literal keys that a mapping lacks, and allowed values of a parameter that it has no entry for."""
    mappings, parameters = document.get("Mappings") or {}, document.get("Parameters") or {}
    found = {}
    for section in ("Conditions", "Resources", "Outputs"):
        for argument, path in _lookups(document.get(section), (section,)):
            for text in _missing(argument, mappings, parameters):
                found[text, pointer(*path)] = {"Text": text, "At": pointer(*path)}
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


def _lookups(value: Any, path: Path) -> Iterator[tuple[list[Any], Path]]:
    """Every `Fn::FindInMap` without a default value."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _lookups(item, (*path, index))
    elif isinstance(value, dict):
        argument = value.get("Fn::FindInMap")
        if isinstance(argument, list) and len(argument) == 3:  # noqa: PLR2004
            yield argument, (*path, "Fn::FindInMap")
        for key, item in value.items():
            yield from _lookups(item, (*path, key))
