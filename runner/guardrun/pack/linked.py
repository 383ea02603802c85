"""One rule as it is linked: a `let` that selects resources by type takes them from a projection with what it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from guardrun.pack.projection import ALL, BARE, Projection, found_by
from guardrun.pack.rule import Rule
from guardrun.pack.syntax import closing_bracket

QUERY = re.compile(r"let\s+(?P<name>\w+)\s*=\s*(?P<some>some\s+)?Resources\.\*(?=\[)")
TYPES = re.compile(r"\s*Type\s*(?:==\s*(?P<type>'[^']*')|in\s*\[(?P<types>[^\]]*)\])(?P<filter>\s.*|)", re.DOTALL)
BODY = ""
"""The name of a rule's body among its statements; those of `let`s have letters."""
RESOURCES = re.compile(r"(?<![.\w%'\"])Resources\b")


@dataclass(frozen=True, slots=True)
class Linked:
    """A rule with its `let`s by name and its body; by key the projections that it reads, or else the `whole`."""

    rule: Rule
    lets: dict[str, str]
    body: str
    reads: dict[str, Projection]
    whole: bool


@dataclass
class Linking:
    """What names the documents' resources have, by type, and the projections by type that rules need so far.

    Rules that select the same types share a projection, as reading it costs more than what it has for other rules.
    """

    there: dict[str | None, set[str]]
    keys: dict[tuple[frozenset[str], bool], str] = field(default_factory=dict)

    def of_types(self, types: frozenset[str], names: Collection[str] | None) -> tuple[str, Projection]:
        """What a rule reads by these names, or everything if they are not known, and the key where it is."""
        there = frozenset(types & self.there.keys())
        found = None if names is None else found_by(names, {name for kind in there for name in self.there[kind]})
        return self.keys.setdefault((there, found is None), f"GuardRun{len(self.keys)}"), Projection(there, found)

    def of_all(self, names: Collection[str]) -> tuple[str, Projection]:
        """What a rule reads of all resources, and the key of the projection that has it."""
        found = found_by(names, self.everywhere)
        return ALL if any("." in name for name in found) else BARE, Projection(None, found | {"Type"})

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """The names of all resources together."""
        return frozenset[str]().union(*self.there.values())


def linked_rule(rule: Rule, linking: Linking) -> Linked:
    """A rule that takes resources from projections."""
    names = None if rule.places is None else rule.names
    texts, reads, start = {**rule.lets, BODY: rule.body}, {}, 0
    for name, text in [*texts.items()]:
        places = [place - start for place in rule.places or () if start <= place < start + len(text)]
        start += len(text) + 1
        if selection := _selection(text):
            before, types, behind = selection
            key, reads[key] = linking.of_types(types, names)
            texts[name] = f"{before}%{variable(key)}{behind}"
        elif places:
            key, reads[key] = linking.of_all(rule.names)
            texts[name] = _reading(text, places, key)
    whole = names is None and RESOURCES.search("\n".join(texts.values())) is not None
    body = texts.pop(BODY)
    return Linked(rule, texts, body, reads, whole)


def variable(key: str) -> str:
    """The variable that has the resources of a projection one by one, copied once for all rules."""
    return key.lower()


@cache
def _selection(let: str) -> tuple[str, frozenset[str], str] | None:
    """What stands before a selection by type, the types, and what follows, with the rest of the filter."""
    query = QUERY.match(let)
    if not query:
        return None
    end = closing_bracket(let, query.end())
    types = TYPES.fullmatch(let[query.end() + 1 : end])
    if not types or re.match(r"\s*or\b", types["filter"]):
        return None
    filtered = f"[ {types['filter'].strip()} ]" if types["filter"].strip() else ""
    start = f"let {query['name']} = {query['some'] or ''}"
    return start, frozenset(re.findall("'([^']*)'", types["type"] or types["types"])), filtered + let[end + 1 :].strip()


def _reading(text: str, places: Sequence[int], key: str) -> str:
    """A statement that takes all resources, which it reads at these places, from their projection."""
    for at in reversed(places):
        rest = text[at + len("Resources") :]
        is_each = text.startswith("let") and rest.startswith((".*.", ".*["))
        text = text[:at] + (f"%{variable(key)}{rest[2:]}" if is_each else key + rest)
    return text
