"""The rules text of a pack for some templates: only rules with something to look at, and each with little to look at.

cfn-guard copies every value that a query passes on its way, so a `let` that filters `Resources.*` copies the whole
template, and a clause the whole resource. The resources' types and keys are known before it starts: a linked `let`
takes its resources from a projection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from guardrun.pack.projection import ALL, BARE, Projection, by_type, found_by, names_by_type
from guardrun.pack.reads import Reads
from guardrun.pack.rule import Rule
from guardrun.pack.syntax import TOKEN, closing_bracket

QUERY = re.compile(r"let\s+(?P<name>\w+)\s*=\s*(?P<some>some\s+)?Resources\.\*(?=\[)")
TYPES = re.compile(r"\s*Type\s*(?:==\s*(?P<type>'[^']*')|in\s*\[(?P<types>[^\]]*)\])(?P<filter>\s.*|)", re.DOTALL)
RESOURCES = re.compile(r"(?<![.\w%'\"])Resources\b")
READING = re.compile(rf"\b(?:{ALL}|{BARE})\b", re.IGNORECASE)
VARIABLE = re.compile(r"%(\w+)")
BRACKET = re.compile(r"[\[\](){}]")


@dataclass(slots=True)
class Linking:
    """What names the documents' resources have, by type, and the projections that the rules need so far."""

    there: dict[str | None, set[str]]
    keys: dict[Projection, str] = field(default_factory=dict)

    def of_types(self, types: frozenset[str], read: Reads | None) -> str:
        """The key of a projection with what a rule reads, or everything if that is not known."""
        there = {name for kind in types for name in self.there.get(kind, ())}
        names = None if read is None else found_by(read.names, there)
        return self.keys.setdefault(Projection(types, names), f"GuardRun{len(self.keys)}")

    def of_all(self, read: Reads) -> frozenset[str]:
        """The names of what a rule finds in all resources."""
        return frozenset({"Type"}) | found_by(read.names, {name for names in self.there.values() for name in names})


@dataclass(frozen=True, slots=True)
class Linked:
    """A rule with its `let`s by name and its body, as they take resources from projections, or from the `whole`.

    `keys` are those of its projections, `names` what it finds in the one of all resources.
    """

    rule: Rule
    lets: dict[str, str]
    body: str
    keys: frozenset[str]
    names: frozenset[str]
    whole: bool


@dataclass(frozen=True, slots=True)
class LinkedRules:
    """A text for the engine for each pack, the rules that are in them, and what a document must have for them."""

    texts: tuple[str, ...]
    linked: tuple[Linked, ...]
    projections: dict[str, Projection]

    @property
    def names(self) -> frozenset[str]:
        """The ids of the rules in the text."""
        return frozenset(one.rule.id for one in self.linked)

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document with the projections in place of the resources, unless these are needed as well.

        What rules read that have nothing to look at in it is empty.
        """
        resources = by_type(document["Resources"])
        linked = [one for one in self.linked if is_applicable(one.rule, resources)]
        whole = any(one.whole for one in linked)
        keys = {key for one in linked for key in one.keys}
        of_all = {
            all_or_bare: Projection(
                None, frozenset(name for one in linked if all_or_bare in one.keys for name in one.names)
            )
            for all_or_bare in self.projections.keys() & {ALL, BARE}
        }
        rest = {key: value for key, value in document.items() if key != "Resources" or whole}
        projections = self.projections | of_all
        return rest | {key: one.of(resources) if key in keys else {} for key, one in projections.items()}


def applicable(rules: Iterable[Rule], types: Iterable[str]) -> list[Rule]:
    """The rules that have something to look at among resources of these types."""
    present = set(types)
    return [rule for rule in rules if is_applicable(rule, present)]


def is_applicable(rule: Rule, types: Collection[str | None]) -> bool:
    """Whether a rule has something to look at among resources of these types."""
    return not rule.resources or any(kind in types for kind in rule.resources)


def link(rules: Iterable[Rule], documents: Sequence[Mapping[str, Any]] = ()) -> LinkedRules:
    """Put the rules of each pack into one text, for these documents."""
    chosen = tuple(rules)
    linking = Linking(names_by_type(documents))
    linked = [_linked(rule, linking) for rule in chosen]
    projections = {key: projection for projection, key in linking.keys.items()}
    used = {key for one in linked for key in one.keys}
    projections |= {key: Projection(None, None) for key in (ALL, BARE) if key in used}
    shared = [f"let {_variable(key)} = {key}.*" for key in projections]
    texts = [_text([one for one in linked if one.rule.origin == origin], shared) for origin in _origins(chosen)]
    return LinkedRules(tuple(texts), tuple(linked), projections)


def _origins(rules: Iterable[Rule]) -> list[str]:
    return list(dict.fromkeys(rule.origin for rule in rules))


def _linked(rule: Rule, linking: Linking) -> Linked:
    """A rule that takes resources from projections."""
    read = None if rule.places is None else Reads(frozenset(rule.names), rule.places)
    names = linking.of_all(read) if read else frozenset[str]()
    of_all = ALL if any("." in name for name in names) else BARE
    lets, keys, start = {}, set(), 0
    for name, text in rule.lets.items():
        selection = _selection(text)
        if selection:
            before, types, behind = selection
            keys.add(key := linking.of_types(types, read))
            lets[name] = f"{before}%{_variable(key)}{behind}"
        else:
            lets[name] = _reading(text, start, read, of_all)
        start += len(text) + 1
    body = _reading(rule.body, start, read, of_all)
    text = "\n".join([*lets.values(), body])
    if read is None:
        return Linked(rule, lets, body, frozenset(keys), frozenset(), RESOURCES.search(text) is not None)
    if not READING.search(text):
        return Linked(rule, lets, body, frozenset(keys), frozenset(), whole=False)
    return Linked(rule, lets, body, frozenset({*keys, of_all}), names, whole=False)


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
        text = text[:at] + (f"%{_variable(key)}{rest[2:]}" if is_each else key + rest)
    return text


def _variable(key: str) -> str:
    """The variable that has the resources of a projection one by one, copied once for all rules."""
    return key.lower()


def _text(linked: Sequence[Linked], shared: Sequence[str]) -> str:
    """The text of one pack's rules. A `let` is at the top once, as most rules need it; the others have their own."""
    forms: dict[str, Counter[str]] = {}
    for one in linked:
        for name, text in one.lets.items():
            forms.setdefault(name, Counter())[text] += 1
    usual = {name: found.most_common(1)[0][0] for name, found in forms.items()}
    rules: list[str] = []
    used: dict[str, str] = {}
    for one in linked:
        own = _own(one.lets, usual)
        used |= {name: text for name, text in one.lets.items() if name not in own}
        rules.append(_with_lets(one.body, [one.lets[name] for name in own]) if own else one.body)
    return "\n".join([*shared, *used.values(), *rules]) + "\n"


def _own(lets: Mapping[str, str], usual: Mapping[str, str]) -> list[str]:
    """The names of the `let`s that differ from the usual ones, themselves or in what they refer to."""
    own = {name for name, text in lets.items() if text != usual[name]}
    while more := {name for name in lets.keys() - own if not own.isdisjoint(VARIABLE.findall(lets[name]))}:
        own |= more
    return [name for name in lets if name in own]


def _with_lets(body: str, lets: Sequence[str]) -> str:
    """A rule with `let`s of its own, which its condition may read."""
    opening = _opening(body)
    head, block = body[:opening].split(maxsplit=2), body[opening:]
    inner = f"{head[2].strip()} {block}" if head[2:] else block.strip()[1:-1]
    return "\n".join([f"rule {head[1]} {{", *lets, inner, "}"])


def _opening(body: str) -> int:
    """Where the block of a rule begins: at the first brace in no other bracket."""
    depth = 0
    for sign in BRACKET.finditer(TOKEN.sub(lambda token: " " * len(token[0]), body)):
        if sign[0] == "{" and depth == 0:
            return sign.start()
        depth += 1 if sign[0] in "[({" else -1
    return len(body)
