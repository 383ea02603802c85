"""One rule as it is linked: a `let` that selects resources by type takes them from a projection with what it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from guardrun.pack.projection import ALL, BARE, Projection, found_by
from guardrun.pack.reads import Reads
from guardrun.pack.rule import Rule
from guardrun.pack.syntax import closing_bracket

QUERY = re.compile(r"let\s+(?P<name>\w+)\s*=\s*(?P<some>some\s+)?Resources\.\*(?=\[)")
TYPES = re.compile(r"\s*Type\s*(?:==\s*(?P<type>'[^']*')|in\s*\[(?P<types>[^\]]*)\])(?P<filter>\s.*|)", re.DOTALL)
RESOURCES = re.compile(r"(?<![.\w%'\"])Resources\b")


@dataclass(frozen=True, slots=True)
class Linked:
    """A rule with its `let`s by name and its body; by key the projections that it reads, or else the `whole`."""

    rule: Rule
    lets: dict[str, str]
    body: str
    reads: dict[str, Projection]
    whole: bool


@dataclass(slots=True)
class Linking:
    """What names the documents' resources have, by type, and the projections by type that rules need so far."""

    there: dict[str | None, set[str]]
    keys: dict[Projection, str] = field(default_factory=dict)

    def of_types(self, types: frozenset[str], read: Reads | None) -> tuple[str, Projection]:
        """A projection with what a rule reads, or everything if that is not known, and its key."""
        there = {name for kind in types for name in self.there.get(kind, ())}
        found = Projection(types, None if read is None else found_by(read.names, there))
        return self.keys.setdefault(found, f"GuardRun{len(self.keys)}"), found

    def of_all(self, read: Reads) -> tuple[str, Projection]:
        """What a rule reads of all resources, and the key of the projection that has it."""
        found = found_by(read.names, {name for names in self.there.values() for name in names})
        return ALL if any("." in name for name in found) else BARE, Projection(None, found | {"Type"})


def linked_rule(rule: Rule, linking: Linking) -> Linked:
    """A rule that takes resources from projections."""
    read = None if rule.places is None else Reads(frozenset(rule.names), rule.places)
    all_key, of_all = linking.of_all(read) if read else (ALL, None)
    lets, reads, start = {}, {}, 0
    for name, text in rule.lets.items():
        selection = _selection(text)
        if selection:
            before, types, behind = selection
            key, reads[key] = linking.of_types(types, read)
            lets[name] = f"{before}%{variable(key)}{behind}"
        else:
            lets[name] = _reading(text, start, read, all_key)
        start += len(text) + 1
    body = _reading(rule.body, start, read, all_key)
    text = "\n".join([*lets.values(), body])
    if of_all and re.search(rf"\b{all_key}\b", text, re.IGNORECASE):
        reads[all_key] = of_all
    return Linked(rule, lets, body, reads, whole=read is None and RESOURCES.search(text) is not None)


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


def _reading(text: str, start: int, read: Reads | None, key: str) -> str:
    """A statement that takes all resources from their projection, if the rule reads by names."""
    if read is None:
        return text
    for at in reversed([at - start for at in read.places if start <= at < start + len(text)]):
        rest = text[at + len("Resources") :]
        is_each = text.startswith("let") and rest.startswith((".*.", ".*["))
        text = text[:at] + (f"%{variable(key)}{rest[2:]}" if is_each else key + rest)
    return text
