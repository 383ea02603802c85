"""The rules text of a pack for some templates: only rules with something to look at, and each with little to look at.

cfn-guard copies every value that a query passes on its way, so a `let` that filters `Resources.*` copies the whole
template, and a clause the whole resource. The resources' types and keys are known before it starts: a linked `let`
takes its resources from a projection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrun.pack.linked import Linked, Linking, linked_rule, variable
from guardrun.pack.projection import Projection, by_type, names_by_type
from guardrun.pack.rule import Rule
from guardrun.pack.syntax import TOKEN

VARIABLE = re.compile(r"%(\w+)")
BRACKET = re.compile(r"[\[\](){}]")


@dataclass(frozen=True, slots=True)
class LinkedRules:
    """A text for the engine for each pack, the rules that are in them, and the keys that a document must have."""

    texts: tuple[str, ...]
    linked: tuple[Linked, ...]
    keys: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The ids of the rules in the text."""
        return frozenset(one.rule.id for one in self.linked)

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document with the projections in place of the resources, unless these are needed as well.

        A projection has what those rules read that have something to look at in the document, and is empty without any.
        """
        resources = by_type(document["Resources"])
        linked = [one for one in self.linked if is_applicable(one.rule, resources)]
        whole = any(one.whole for one in linked)
        read: dict[str, Projection] = {}
        for key, projection in (pair for one in linked for pair in one.reads.items()):
            read[key] = read.get(key, projection).with_names(projection.names)
        rest = {key: value for key, value in document.items() if key != "Resources" or whole}
        return rest | {key: read[key].of(resources) if key in read else {} for key in self.keys}


def applicable(rules: Iterable[Rule], types: Iterable[str]) -> list[Rule]:
    """The rules that have something to look at among resources of these types."""
    present = set(types)
    return [rule for rule in rules if is_applicable(rule, present)]


def is_applicable(rule: Rule, types: Collection[str | None]) -> bool:
    """Whether a rule has something to look at among resources of these types."""
    return not rule.resources or any(kind in types for kind in rule.resources)


def link(rules: Iterable[Rule], documents: Sequence[Mapping[str, Any]] = ()) -> LinkedRules:
    """Put the rules of each pack into one text, for these documents."""
    linking = Linking(names_by_type(documents))
    linked = [linked_rule(rule, linking) for rule in rules]
    keys = tuple(dict.fromkeys(key for one in linked for key in one.reads))
    shared = [f"let {variable(key)} = {key}.*" for key in keys]
    origins = dict.fromkeys(one.rule.origin for one in linked)
    texts = [_text([one for one in linked if one.rule.origin == origin], shared) for origin in origins]
    return LinkedRules(tuple(texts), tuple(linked), keys)


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
