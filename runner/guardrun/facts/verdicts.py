"""Whether conditions hold, by the values that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from guardrun.facts.walk import walk

Value: TypeAlias = Any


class Verdicts:
    """Conditions of a template, each worked out when it is asked for; None where it is not known."""

    def __init__(self, conditions: dict[str, Any], resolved: Callable[[Value], Value]) -> None:
        self.conditions = conditions
        self.resolved = resolved
        self.open: set[str] = set()

    def holds(self, name: Value) -> bool | None:
        """Whether the condition of this name holds."""
        if not isinstance(name, str) or name not in self.conditions or name in self.open:
            return None
        self.open.add(name)
        verdict = self.verdict(self.conditions[name])
        self.open.discard(name)
        return verdict

    def parameters(self, name: Value) -> frozenset[str]:
        """The names that a condition refers to, also through other conditions."""
        found: set[str] = set()
        asked = {name} if isinstance(name, str) else set()
        waiting = list(asked)
        while waiting:
            for value, way in walk(self.conditions.get(waiting.pop()), ()):
                if way[-1:] == ("Ref",):
                    found.add(str(value))
                elif way[-1:] == ("Condition",) and str(value) not in asked:
                    asked.add(str(value))
                    waiting.append(str(value))
        return frozenset(found)

    def verdict(self, body: Value) -> bool | None:
        """Whether a condition as it is written holds."""
        ((function, argument),) = body.items() if isinstance(body, dict) and len(body) == 1 else ((None, None),)
        if function == "Condition":
            return self.holds(argument)
        if function == "Fn::Equals":
            left, right = (self.resolved(side) for side in pair(argument))
            return as_text(left, "") == as_text(right, "") if is_plain(left) and is_plain(right) else None
        parts = [self.verdict(part) for part in argument] if isinstance(argument, list) else []
        if function == "Fn::Not" and parts:
            return None if parts[0] is None else not parts[0]
        if function in {"Fn::And", "Fn::Or"} and parts:
            decisive = function == "Fn::Or"
            return decisive if decisive in parts else None if None in parts else not decisive
        return None


def pair(argument: Value) -> tuple[Value, Value]:
    """The two arguments of a function, None and None if there are not two."""
    return (argument[0], argument[1]) if isinstance(argument, list) and len(argument) == 2 else (None, None)  # noqa: PLR2004


def is_plain(value: Value) -> bool:
    """Whether a value is a text, a number or a boolean."""
    return isinstance(value, str | int | float)


def as_text(value: Value, otherwise: str) -> str:
    """A plain value as CloudFormation writes it into a text, or another text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if is_plain(value) else otherwise
