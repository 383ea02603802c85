"""Which resource types a rule of a foreign file needs, so that it is surely skipped where none of them occur.

Nothing is left out on a guess: a rule counts as gated only when its condition asks that a selection by type is not
empty. Every other rule is always evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from guardrun.pack.scan import Definition, Scan
from guardrun.pack.syntax import TOKEN, closing_bracket

Types = frozenset[str]

TEXT = re.compile(r"""["']([^"']*)["']""")
VALUE = r"""(?:"[^"]*"|'[^']*'|%\w+\b|\[[^\]]*\])"""
QUERY = re.compile(r"(?:some\s+)?Resources\.\*\s*(?=\[)")
VARIABLE = re.compile(r"(?:some\s+)?%(\w+)\s*(?=[.\[]|$)")
TYPES = re.compile(
    rf"\s*Type\s*(?:==|in\b)\s*({VALUE}(?:\s+or\s+Type\s*(?:==|in\b)\s*{VALUE})*)(?!\s*or\b)", re.IGNORECASE
)
TESTED = re.compile(
    r"(?:\bsome\s+)?%(\w+)[\w.*'%]*(?:\[\][\w.*'%]*)*\s*(?:!\s*empty|not\s+empty|exists)\b", re.IGNORECASE
)
CALL = re.compile(r"(?<![\w.%])(\w+)\s*\([^()]*\)")
NEVER = re.compile(r"rule\s+\w+\s*\([^)]*\)\s*\{\s*%\w+\.%\w+\.resourceProperties\s+exists\s*\}")
"""What Control Tower's rules ask of a document: whether it is the input of a hook, which no template is."""
CLOSED = re.compile(r"(?<!\bor\s)(?<!\bnot\s)(?<![!%.\w])((?:\0\d+\0)(?:\s+or\s+\0\d+\0)*)(?!\s*or\b)", re.IGNORECASE)


def gates(found: Scan) -> list[Types | None]:
    """For each rule of a file the types without which it is skipped; None where that is not certain."""
    never = {rule.name for rule in found.rules if rule.takes_parameters and NEVER.fullmatch(rule.text)}
    selections = _selections(found.lets)
    return [_gate(rule, selections, never) for rule in found.rules]


def _selections(lets: Iterable[tuple[str, str]]) -> dict[str, Types]:
    """The types of the resources that each `let` selects; a name that is there twice may be either."""
    lets = [(name, _without_messages(value)) for name, value in lets]
    texts = {name: frozenset(TEXT.findall(value)) for name, value in lets if TEXT.match(value) or value[:1] == "["}
    found: dict[str, Types] = {}
    uncertain = set()
    for name, value in lets:
        types = _selected(value, texts, found)
        if types is None or name in found:
            uncertain.add(name)
        else:
            found[name] = types
    return {name: types for name, types in found.items() if name not in uncertain}


def _selected(value: str, texts: Mapping[str, Types], selections: Mapping[str, Types]) -> Types | None:
    if variable := VARIABLE.match(value):
        return selections.get(variable[1])
    query = QUERY.match(value)
    if not query:
        return None
    end = closing_bracket(value, query.end())
    types = TYPES.match(value[query.end() + 1 : end])
    return _named(types[1], texts) if types else None


def _named(values: str, texts: Mapping[str, Types]) -> Types | None:
    """The types that the values of a comparison name, by themselves or through a `let`."""
    known = [texts.get(name) for name in re.findall(r"%(\w+)", values)]
    if any(types is None for types in known):
        return None
    return frozenset(TEXT.findall(values)).union(*(types for types in known if types)) or None


def _gate(rule: Definition, selections: Mapping[str, Types], never: set[str]) -> Types | None:
    """The types of the first part of the condition that cannot hold without them."""
    closed: list[Types] = []

    def close(types: Types) -> str:
        closed.append(types)
        return f"\0{len(closed) - 1}\0"

    when = _without_filters(_without_messages(rule.when)).replace("|OR|", "or")
    when = TESTED.sub(lambda test: close(selections[test[1]]) if test[1] in selections else test[0], when)
    when = CALL.sub(lambda call: close(frozenset()) if call[1] in never else call[0], when)
    parts = [part[1] for part in CLOSED.finditer(" ".join(when.split()))]
    wanted = [frozenset[str]().union(*(closed[int(at)] for at in re.findall(r"\0(\d+)\0", part))) for part in parts]
    return min(wanted, key=len, default=None)


def _without_messages(code: str) -> str:
    return TOKEN.sub(lambda token: " " if token[0].startswith("<<") else token[0], code)


def _without_filters(condition: str) -> str:
    while (opening := re.search(r"\[(?!\])", condition)) is not None:
        end = closing_bracket(condition, opening.start())
        condition = condition[: opening.start()] + "[]" + condition[end + 1 :]
    return condition
