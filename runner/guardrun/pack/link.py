"""The rules text of a pack for some templates: only rules with something to look at, and their shared work done once.

cfn-guard copies every value that a query passes on its way, so a `let` that filters `Resources.*` copies the whole
template, and such `let`s are most of what an evaluation costs. The resources' types are known before it starts: a
linked `let` takes the names of its resources from the document, where `GuardRun.Selected` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guardrun.pack.rule import Rule
from guardrun.pack.syntax import closing_bracket

QUERY = re.compile(r"let\s+(?P<name>\w+)\s*=\s*(?P<some>some\s+)?Resources\.\*(?=\[)")
TYPES = re.compile(r"\s*Type\s*(?:==\s*(?P<type>'[^']*')|in\s*\[(?P<types>[^\]]*)\])(?P<filter>\s.*|)", re.DOTALL)
RULE = re.compile(r"rule\s+(?P<id>\w+)\s*(?:when\s+(?P<when>[^{\[]*?))?\s*(?P<block>\{.*)", re.DOTALL)
"""A rule whose condition, if any, has no brackets of its own."""

SHARED = """\
let guardrun_view = GuardRun.View
let guardrun_selected = GuardRun.Selected
let guardrun_resources = Resources"""
"""Each copied once in place of once a query."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A `let` that selects resources by type first: `some`, or nothing, the rest of the filter, and what follows it.

    `key` names its types in the document; selections of the same types share one.
    """

    key: str
    name: str
    some: str
    types: frozenset[str]
    filter: str
    rest: str


@dataclass(frozen=True, slots=True)
class LinkedRules:
    """A text for the engine for each pack, the rules that are in them, and the selections that they take by name."""

    texts: tuple[str, ...]
    rules: tuple[Rule, ...]
    selections: tuple[Selection, ...]

    @property
    def names(self) -> frozenset[str]:
        """The ids of the rules in the text."""
        return frozenset(rule.id for rule in self.rules)

    def selected(self, types: Mapping[str, str]) -> dict[str, list[str]]:
        """What a document must have as `GuardRun.Selected`, from its resources' types by logical id."""
        return {
            selection.key: [logical_id for logical_id, kind in types.items() if kind in selection.types]
            for selection in self.selections
        }


def applicable(rules: Iterable[Rule], types: Iterable[str]) -> list[Rule]:
    """The rules that have something to look at among resources of these types."""
    present = set(types)
    return [rule for rule in rules if not rule.resources or not present.isdisjoint(rule.resources)]


def link(rules: Iterable[Rule]) -> LinkedRules:
    """Put the rules of each pack into one text.

    Each rule is guarded so that it looks only at the view that it asks for, since all views go through one process.
    """
    chosen = tuple(rules)
    keys: dict[frozenset[str], str] = {}
    texts, selections = [], []
    for origin in dict.fromkeys(rule.origin for rule in chosen):
        text, selected = _linked([rule for rule in chosen if rule.origin == origin], keys)
        texts.append(text)
        selections += selected
    return LinkedRules(tuple(texts), chosen, tuple(selections))


def _linked(rules: Sequence[Rule], keys: dict[frozenset[str], str]) -> tuple[str, list[Selection]]:
    """The text of one pack's rules, in which a `let` means one query, and its selections."""
    lets = {name: text for rule in rules for name, text in rule.lets.items()}
    selections = {name: selection for name, text in lets.items() if (selection := _selection(text, keys))}
    texts = [_by_name(selections[name]) if name in selections else text for name, text in lets.items()]
    return "\n".join([SHARED, *texts, *map(_guarded, rules)]) + "\n", list(selections.values())


def _selection(let: str, keys: dict[frozenset[str], str]) -> Selection | None:
    query = QUERY.match(let)
    if not query:
        return None
    end = closing_bracket(let, query.end())
    types = TYPES.fullmatch(let[query.end() + 1 : end])
    if not types or re.match(r"\s*or\b", types["filter"]):
        return None
    wanted = frozenset(re.findall("'([^']*)'", types["type"] or types["types"]))
    key = keys.setdefault(wanted, f"s{len(keys)}")
    return Selection(key, query["name"], query["some"] or "", wanted, types["filter"].strip(), let[end + 1 :].strip())


def _by_name(selection: Selection) -> str:
    """The same `let`, with the resources taken by name."""
    name, some, rest = selection.name, selection.some, selection.rest
    ids = f"let {name}_ids = %guardrun_selected.{selection.key}[*]"
    named = f"%guardrun_resources.%{name}_ids"
    if not selection.filter:
        return f"{ids}\nlet {name} = {some}{named}{rest}"
    # A filter directly behind a name from a variable is an error of the engine's.
    return f"{ids}\nlet {name}_all = {named}\nlet {name} = {some}%{name}_all[ {selection.filter} ]{rest}"


def _guarded(rule: Rule) -> str:
    """The rule behind a look at the view; nested, as cfn-guard evaluates every clause of one condition."""
    parts = RULE.fullmatch(rule.body)
    view = f"%guardrun_view == '{rule.view}'"
    if not parts:
        return re.sub(r"^(rule\s+\w+\s+when)\s", rf"\1 {view} ", rule.body)
    block = f"{{ when {parts['when']} {parts['block']} }}" if parts["when"] else parts["block"]
    return f"rule {parts['id']} when {view} {block}"
