"""What the text of a rule can read of resources: what it names, or more than that.

A rule that reads by names is given resources with little else than what it names. So this follows each query through
the text, and gives up at whatever it does not know for sure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrun.pack.reader import QUOTES, Kind, Reader, UnknownReadError, reader_of

NAME = re.compile(r"%?\w")
COMPARISONS = frozenset(["==", "!=", "<", ">", "<=", ">=", "in", "IN"])
KEYWORDS = ("some", "not", "or", "exists", "empty")
TYPES = ("is_string", "is_list", "is_struct", "is_bool", "is_int", "is_float", "is_null")
PASSED = frozenset(["!", ",", ":", "=", *KEYWORDS, *map(str.upper, KEYWORDS), *TYPES])
HARMLESS = frozenset(["exists", "is_list", "is_struct", "EXISTS"])
"""Questions to which what a map holds makes no difference."""
SPECIAL = frozenset(["guardrun", "properties"])
PARENTS = {Kind.RESOURCE: "", Kind.PROPERTIES: "Properties.", Kind.FACTS: "GuardRun."}


@dataclass(frozen=True, slots=True)
class Reads:
    """What a rule's text reads: `names` as `DependsOn`, `Properties.Name` or `GuardRun.Links`.

    `places` is where it reads `Resources` of the template. The type by which it selects among those is not noted.
    """

    names: frozenset[str]
    places: tuple[int, ...]


def reads(text: str) -> Reads | None:
    """What a rule's text, without comments, reads of resources; None if names do not tell."""
    reader = reader_of(text)
    try:
        while reader.next:
            _statement(reader, Kind.TEMPLATE)
    except UnknownReadError:
        return None
    return Reads(frozenset(reader.names), tuple(reader.places))


def _statement(reader: Reader, context: Kind) -> None:
    if reader.skip("rule"):
        reader.take()
    elif reader.skip("let"):
        _let(reader, context)
    elif reader.skip("when", "WHEN"):
        while reader.next != "{":
            _clause(reader, context)
        _block(reader, context)
    elif reader.next == "{":
        _block(reader, context)
    else:
        kind = _clause(reader, context)
        if kind and reader.next == "{":
            _block(reader, kind)


def _block(reader: Reader, context: Kind) -> None:
    if context is Kind.RESOURCES:
        raise UnknownReadError
    reader.take("{")
    while not reader.skip("}"):
        _statement(reader, context)


def _let(reader: Reader, context: Kind) -> None:
    name = reader.take()
    reader.take("=", ":=")
    reader.skip("some", "SOME")
    start = reader.position
    kind = _value(reader, context)
    reader.texts.setdefault(name, []).extend(_texts(reader, start))
    if reader.variables.setdefault(name, kind) is not kind:
        raise UnknownReadError


def _clause(reader: Reader, context: Kind) -> Kind | None:
    """A piece of a clause; what it leads to if it is a query that a block may follow."""
    if reader.skip(*COMPARISONS):
        _operand(reader, context)
    elif reader.next in PASSED or reader.is_literal:
        _literal(reader)
    else:
        kind = _query(reader, context)
        _require_harmless(reader, kind)
        return Kind.OTHER if kind is Kind.NAMES else kind
    return None


def _require_harmless(reader: Reader, kind: Kind) -> None:
    """A map that may have lost something is opened, or asked what does not depend on what it holds.

    Whether a resource is empty does not, as something of it stays, nor whether a variable or a filter gives anything.
    """
    counted = kind in {Kind.RESOURCE, Kind.RESOURCES} or reader.tokens[reader.position - 1][0][0] in "%]"
    asked = reader.after(reader.next in {"!", "not", "NOT"})
    harmless = asked in HARMLESS or asked == "{" or (counted and asked in {"empty", "EMPTY"})
    if kind not in {Kind.OTHER, Kind.NAMES} and not harmless:
        raise UnknownReadError


def _operand(reader: Reader, context: Kind) -> None:
    if _value(reader, context) not in {Kind.OTHER, Kind.NAMES}:
        raise UnknownReadError


def _value(reader: Reader, context: Kind) -> Kind:
    if reader.skip("["):
        return _list(reader)
    if reader.skip("{"):
        while not reader.skip("}"):
            _operand(reader, Kind.OTHER)
            reader.skip(":", ",")
        return Kind.OTHER
    if reader.is_literal:
        is_text = reader.next[0] in QUOTES
        _literal(reader)
        return Kind.NAMES if is_text else Kind.OTHER
    return _query(reader, context)


def _literal(reader: Reader) -> None:
    if _plain(reader.take()) in SPECIAL:
        raise UnknownReadError


def _plain(name: str) -> str:
    """A name without quotes and casing: one that is missing is looked for in other casings, too."""
    return re.sub(r"[\W_]", "", name).lower()


def _list(reader: Reader) -> Kind:
    kind = Kind.NAMES
    while not reader.skip("]"):
        kind = kind if reader.next[:1] in QUOTES else Kind.OTHER
        _operand(reader, Kind.OTHER)
        reader.skip(",")
    return kind


def _query(reader: Reader, context: Kind) -> Kind:
    at, first = reader.position, reader.take()
    if not NAME.match(first) and (context is not Kind.OTHER or first[0] not in QUOTES):
        raise UnknownReadError
    if reader.skip("("):
        return _call(reader, context, first)
    kind = _start(reader, at, context)
    while reader.next in {".", "["}:
        kind = _member(reader, kind) if reader.skip(".") else _bracket(reader, kind)
    return kind


def _call(reader: Reader, context: Kind, function: str) -> Kind:
    while not reader.skip(")"):
        kind = _value(reader, context)
        counted = function == "count" and kind in {Kind.RESOURCE, Kind.RESOURCES}
        if kind not in {Kind.OTHER, Kind.NAMES} and not counted:
            raise UnknownReadError
        reader.skip(",")
    return Kind.OTHER


def _start(reader: Reader, at: int, context: Kind) -> Kind:
    name, position = reader.tokens[at]
    if name[0] == "%":
        if name[1:] not in reader.variables:
            raise UnknownReadError
        return reader.variables[name[1:]]
    if name == "this" and context is not Kind.TEMPLATE:
        return context
    if context is Kind.TEMPLATE and name == "Resources":
        reader.places.append(position)
        return Kind.RESOURCES
    if context is Kind.TEMPLATE and _plain(name) in {"resources", "this"}:
        raise UnknownReadError
    return _named(reader, context, name)


def _named(reader: Reader, kind: Kind, name: str) -> Kind:
    """What a name leads to, which is noted if it is one of a resource, its properties or its facts."""
    if kind not in PARENTS:
        return Kind.OTHER
    reader.names.add(PARENTS[kind] + name)
    if kind is Kind.RESOURCE and name in {"Properties", "GuardRun"}:
        return Kind.PROPERTIES if name == "Properties" else Kind.FACTS
    if kind is Kind.RESOURCE and _plain(name) in SPECIAL:
        raise UnknownReadError
    return Kind.OTHER


def _member(reader: Reader, kind: Kind) -> Kind:
    name = reader.take()
    if kind is Kind.RESOURCES:
        return Kind.RESOURCE
    if kind is Kind.OTHER:
        return kind
    if name[0] in "*%" or kind is Kind.NAMES:
        raise UnknownReadError
    return _named(reader, kind, name.strip("'\""))


def _bracket(reader: Reader, kind: Kind) -> Kind:
    behind = [token for token, _ in reader.tokens[max(reader.position - 2, 0) : reader.position]]
    reader.take("[")
    if reader.next == "*" or reader.next.isdigit():
        reader.take()
        reader.take("]")
        if kind not in {Kind.OTHER, Kind.RESOURCE}:
            raise UnknownReadError
        return kind
    if reader.skip("keys", "KEYS"):
        return _keys(reader, kind)
    # Behind a name a filter looks at each member of a map, behind a variable or all of something at the map itself.
    of_variable = behind[-1][0] == "%" and behind[0] != "."
    itself = of_variable or (kind is Kind.RESOURCE and behind[-1] in {"*", "]"})
    if kind is not Kind.OTHER and itself == (kind is Kind.RESOURCES):
        raise UnknownReadError
    return _filter(reader, kind)


def _keys(reader: Reader, kind: Kind) -> Kind:
    """Members chosen by their names: of properties only by names that the rule itself has."""
    if kind is Kind.PROPERTIES:
        reader.take("in", "IN", "==")
        start, variable = reader.position, reader.next[1:]
        if _value(reader, Kind.OTHER) is not Kind.NAMES:
            raise UnknownReadError
        for name in reader.texts.get(variable, []) + _texts(reader, start):
            _named(reader, kind, name)
    elif kind in {Kind.OTHER, Kind.RESOURCES}:
        while reader.next != "]":
            _clause(reader, Kind.OTHER)
    else:
        raise UnknownReadError
    reader.take("]")
    return Kind.RESOURCE if kind is Kind.RESOURCES else Kind.OTHER


def _texts(reader: Reader, start: int) -> list[str]:
    """The texts since a position."""
    return [token[1:-1] for token, _ in reader.tokens[start : reader.position] if token[0] in QUOTES]


def _filter(reader: Reader, kind: Kind) -> Kind:
    if reader.after(1) == "|":
        if reader.variables.setdefault(reader.take(), Kind.OTHER) is not Kind.OTHER:
            raise UnknownReadError
        reader.take()
    context = Kind.RESOURCE if kind is Kind.RESOURCES else kind
    before = [token for token, _ in reader.tokens[max(reader.position - 4, 0) : reader.position]]
    if before == ["Resources", ".", "*", "["]:
        reader.skip("Type")
    while not reader.skip("]"):
        _clause(reader, context)
    return context
