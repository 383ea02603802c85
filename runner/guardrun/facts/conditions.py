"""Which conditions follow from which: whether a resource exists wherever something refers to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import Any, TypeAlias

from guardrun.facts.references import Reference
from guardrun.read.places import member, tokens

OTHER = "\0other"
"""Stands for every value that no condition names."""
MOST_CASES = 4096

Case: TypeAlias = dict[str, str]
"""A value for every expression that conditions compare, by its JSON."""


class Conditions:
    """The conditions of one template."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.conditions = document.get("Conditions") or {}
        self.parameters = document.get("Parameters") or {}
        self.document = document
        self.known: dict[tuple[tuple[str, bool], ...], bool] = {}

    def unmet(self, reference: Reference, condition: str) -> bool:
        """Whether there is a case in which the reference is made and the condition does not hold.

        False, too, where that cannot be told.
        """
        wanted = ((condition, False), *self._required(reference))
        if wanted not in self.known:
            self.known[wanted] = self._possible(wanted)
        return self.known[wanted]

    def never_holds(self, condition: str) -> bool:
        """Whether there is no case in which a condition holds; False, too, where that cannot be told."""
        if not self._is_known(condition, set()):
            return False
        values: dict[str, set[str]] = {}
        self._collect(self.conditions[condition], values)
        cases = [] if _depend(values) else list(self._cases(values))
        return bool(cases) and not any(self._holds(self.conditions[condition], case) for case in cases)

    def _possible(self, wanted: tuple[tuple[str, bool], ...]) -> bool:
        """Whether there is a case in which the conditions are as wanted; false where that cannot be told."""
        if not all(self._is_known(name, set()) for name, _ in wanted):
            return False
        values: dict[str, set[str]] = {}
        for name, _ in wanted:
            self._collect(self.conditions[name], values)
        return not _depend(values) and any(
            all(self._holds(self.conditions[name], case) is truth for name, truth in wanted)
            for case in self._cases(values)
        )

    def _cases(self, values: dict[str, set[str]]) -> Iterator[Case]:
        """All combinations of values; none where there are too many."""
        domains = [sorted(self._domain(expression, named)) for expression, named in values.items()]
        if prod(map(len, domains)) <= MOST_CASES:
            yield from (dict(zip(values, chosen, strict=True)) for chosen in product(*domains))

    def _required(self, reference: Reference) -> Iterator[tuple[str, bool]]:
        """The conditions under which a reference is made: its owner's, and those of the Fn::If around it."""
        value: Any = self.document
        for depth, name in enumerate(tokens(reference.at)):
            if depth == 2 and isinstance(value, dict) and isinstance(value.get("Condition"), str):  # noqa: PLR2004
                yield value["Condition"], True
            value = member(value, name)
            if name == "Fn::If" and isinstance(value, list):
                branch = tokens(reference.at)[depth + 1 : depth + 2]
                if branch in (["1"], ["2"]) and isinstance(value[0], str):
                    yield value[0], branch == ["1"]

    def _is_known(self, name: str, seen: set[str]) -> bool:
        """Whether a condition and all that it uses are declared, without a circle and compared with literals only."""
        if name not in self.conditions or name in seen or _compares_two(self.conditions[name]):
            return False
        return all(self._is_known(other, {*seen, name}) for other in _named(self.conditions[name]))

    def _collect(self, body: Any, values: dict[str, set[str]]) -> None:
        """The expressions that a condition compares, each with the literals that it compares it with."""
        function, argument = _function(body)
        if function == "Condition":
            self._collect(self.conditions[argument], values)
        elif function == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
            for side, other in (argument, argument[::-1]):
                if isinstance(side, dict):
                    named = values.setdefault(_key(side), set())
                    named |= {_plain(other)} if not isinstance(other, dict | list) else set()
        elif isinstance(argument, list):
            for part in argument:
                self._collect(part, values)

    def _domain(self, expression: str, named: set[str]) -> set[str]:
        """The values to try: those that the parameter allows, or the literals and one other."""
        parameter = self.parameters.get(json.loads(expression).get("Ref"), {})
        allowed = parameter.get("AllowedValues") if isinstance(parameter, dict) else None
        if isinstance(allowed, list):
            return {_plain(value) for value in allowed}
        return {*named, OTHER}

    def _holds(self, body: Any, case: Case) -> bool:
        function, argument = _function(body)
        if function == "Condition":
            return self._holds(self.conditions[argument], case)
        if function == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
            left, right = (case[_key(side)] if isinstance(side, dict) else _plain(side) for side in argument)
            return left == right
        parts = [self._holds(part, case) for part in argument] if isinstance(argument, list) else []
        if function == "Fn::Not":
            return not all(parts)
        return any(parts) if function == "Fn::Or" else all(parts)


def _named(body: Any) -> Iterator[str]:
    if isinstance(body, dict) and isinstance(body.get("Condition"), str):
        yield body["Condition"]
    for item in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from _named(item)


def _compares_two(body: Any) -> bool:
    """Whether a comparison has no literal side."""
    if isinstance(body, list):
        return any(_compares_two(item) for item in body)
    if not isinstance(body, dict):
        return False
    sides = body.get("Fn::Equals")
    if isinstance(sides, list) and all(isinstance(side, dict) for side in sides):
        return True
    return any(_compares_two(item) for item in body.values())


def _depend(values: Iterable[str]) -> bool:
    """Whether two compared expressions use the same parameter, so that their values are not free of each other."""
    used = [name for expression in values for name in set(re.findall(r'"Ref": "([^"]+)"|\$\{([^}]+)\}', expression))]
    return len(used) > len(set(used))


def _function(body: Any) -> tuple[str, Any]:
    return next(iter(body.items())) if isinstance(body, dict) and len(body) == 1 else ("", None)


def _key(expression: dict[str, Any]) -> str:
    return json.dumps(expression, sort_keys=True)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
