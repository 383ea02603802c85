"""Projections: the resources that a rule selects, with little else than what its text names.

cfn-guard copies every value that a query passes on its way, so what a document holds is paid for in every clause. A
projection lies at the top of the document, under a key of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

ALL, BARE = "GuardRunResources", "GuardRunBareResources"
"""The keys of the projections of all resources: with what rules read of them, and for rules that look at none of their
properties or facts."""
PLACE = re.compile(r"^/GuardRun(?:(?:Bare)?Resources|\d+)(?=/|$)")
CUT = ("Properties", "GuardRun")
"""What of a resource is cut as well; all else is there with everything below, or not at all."""

ENDINGS = "aceisvxy"
"""Letters at the end of a plural or its singular: policies, policy; addresses, address; indices, index."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The resources of some types with what is in `names`; None stands for all.

    The names are those of a resource's keys and, as in `Properties.Name`, those below.
    """

    types: frozenset[str] | None
    names: frozenset[str] | None

    def with_names(self, names: frozenset[str] | None) -> Projection:
        """One that has these as well."""
        if names is None or self.names is None:
            return Projection(self.types, None)
        return self if names <= self.names else Projection(self.types, self.names | names)

    def of(self, resources: Mapping[str | None, Mapping[str, Any]]) -> dict[str, Any]:
        """What it has of these resources, which are given by type."""
        types = resources if self.types is None else sorted(self.types)
        bodies = {name: body for kind in types for name, body in resources.get(kind, {}).items()}
        names = self.names
        if names is None:
            return bodies
        return {name: _cut(body, names) if isinstance(body, dict) else body for name, body in bodies.items()}


def by_type(resources: Mapping[str, Any]) -> dict[str | None, dict[str, Any]]:
    """Resources by their type, None for what is no resource."""
    found: dict[str | None, dict[str, Any]] = {}
    for name, body in resources.items():
        found.setdefault(str(body.get("Type", "")) if isinstance(body, dict) else None, {})[name] = body
    return found


def names_by_type(documents: Iterable[Mapping[str, Any]]) -> dict[str | None, set[str]]:
    """The names that the resources of some documents have, by their type."""
    found: dict[str | None, set[str]] = {}
    for kind, bodies in (pair for document in documents for pair in by_type(document["Resources"]).items()):
        for body in [body for body in bodies.values() if isinstance(body, dict)]:
            names = found.setdefault(kind, set())
            names.update(body)
            for key in [key for key in CUT if isinstance(body.get(key), dict)]:
                names.update(f"{key}.{name}" for name in body[key])
    return found


def found_by(read: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Which of the names that are there can be found by those that a rule reads.

    Where a key is missing, cfn-guard looks for it in other casings, with other signs between the words, and in the
    singular. What is cut off here is more than that takes.
    """
    lengths: dict[str, int] = {}
    for letters in map(_letters, read):
        stem = letters.rstrip(ENDINGS)
        lengths[stem] = max(len(letters), lengths.get(stem, 0))
    return frozenset(name for name in names if len(_letters(name)) <= lengths.get(_letters(name).rstrip(ENDINGS), 0))


@cache
def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())


def path_at_home(path: str) -> str:
    """The path in the template's resources of a path in a projection."""
    return PLACE.sub("/Resources", path, count=1)


def value_at_home(path: str, value: Any, resources: Mapping[str, Any]) -> Any:
    """A value with what the projection lacks of it, `path` being its own in the template."""
    if not isinstance(value, dict) or not path.startswith("/Resources"):
        return value
    if path == "/Resources":
        return resources
    owner, _, key = path.removeprefix("/Resources/").rpartition("/")
    if key in CUT and owner in resources:
        return resources[owner][key]
    return resources.get(path.removeprefix("/Resources/"), value)


def _cut(body: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """A resource with these names; it keeps its type if there is nothing else, as it is not to be empty."""
    kept = {key: value for key, value in body.items() if key in names}
    for key in CUT:
        if isinstance(kept.get(key), dict):
            kept[key] = {name: value for name, value in kept[key].items() if f"{key}.{name}" in names}
    return kept or {"Type": body.get("Type")}
