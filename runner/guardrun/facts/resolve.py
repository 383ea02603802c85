"""The resolved view: intrinsics whose value is known before deployment, replaced by that value.

Known are parameters with a default or a given value, mappings with literal keys, and Sub, Join, Select and Split of
known values; the branch of If where both are equal, the condition compares literals, or follows from given values.
Everything else stays as it is, for a rule to see that it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from guardrun.facts.verdicts import Value, Verdicts, as_text, is_plain, pair

NO_VALUE = {"Ref": "AWS::NoValue"}
"""A member with this value is not there at all. In a list it stays, so that the others keep their places."""

VARIABLE = re.compile(r"\$\{([^${}]+)\}")


def resolve(document: dict[str, Any], given: Mapping[str, Value] | None = None) -> dict[str, Any]:
    """A copy of the document with known values in Resources and Outputs put in place.

    `given` are the parameters of a deployment, pseudo parameters (`AWS::Region`) among them.
    """
    resolver = _Resolver(document, given or {})
    known = {"Resources", "Outputs"}
    return {name: resolver.section(section) if name in known else section for name, section in document.items()}


def parameter_values(document: dict[str, Any], given: Mapping[str, Value], *, typed: bool = True) -> dict[str, Value]:
    """The value of each parameter that is given or has a default; SSM parameter types name their value elsewhere.

    A number is a number and a list a list, unless `typed` is off: in a Sub, both are the text as it is written.
    """
    parameters = document.get("Parameters") or {}
    values = {name: value for name, value in given.items() if name.startswith("AWS::")}
    for name, body in parameters.items():
        if (name in given or "Default" in body) and "AWS::SSM" not in str(body.get("Type")):
            value = given.get(name, body.get("Default"))
            values[name] = _typed(str(body.get("Type", "String")), value) if typed else value
    return values


def _typed(kind: str, default: Value) -> Value:
    if kind == "Number" and isinstance(default, str):
        return _number(default)
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in default.split(",")] if isinstance(default, str) else None
    return default


def _number(text: str) -> Value:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


class _Resolver:
    def __init__(self, document: dict[str, Any], given: Mapping[str, Value]) -> None:
        self.parameters = parameter_values(document, given)
        self.texts = parameter_values(document, given, typed=False)
        self.mappings = document.get("Mappings") or {}
        conditions = document.get("Conditions") or {}
        self.conditions = Verdicts(conditions, self.unhidden if given else _as_written)
        self.usual = Verdicts(conditions, self.unhidden)
        self.hidden: frozenset[str] = frozenset()
        self.intrinsics: dict[str, Callable[[Value], Value | None]] = {
            "Ref": self.ref,
            "Fn::Sub": self.sub,
            "Fn::Join": self.join,
            "Fn::Select": self.select,
            "Fn::Split": self.split,
            "Fn::FindInMap": self.find_in_map,
        }

    def section(self, section: Value) -> Value:
        """Resources or outputs; what is not there by default is not given the defaults that say so."""
        if not isinstance(section, dict):
            return self.value(section)
        found = {}
        for name, body in section.items():
            condition = body.get("Condition") if isinstance(body, dict) else None
            found[name] = self.where(condition, body, holds=True)
        return found

    def where(self, condition: Value, value: Value, *, holds: bool) -> Value:
        """A value where a condition holds or does not: if it is otherwise by default, its parameters are not known."""
        otherwise = self.usual.holds(condition) is (not holds)
        with self.hiding(self.hidden | self.usual.parameters(condition) if otherwise else self.hidden):
            return self.value(value)

    def unhidden(self, value: Value) -> Value:
        """A value by all defaults, wherever it is asked for."""
        with self.hiding(frozenset()):
            return self.value(value)

    @contextmanager
    def hiding(self, names: frozenset[str]) -> Iterator[None]:
        """Take these parameters for unknown, and no others."""
        before, self.hidden = self.hidden, names
        try:
            yield
        finally:
            self.hidden = before

    def value(self, value: Value) -> Value:
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {"Fn::If"} and _is_choice(value["Fn::If"]):
            return self.branch(*value["Fn::If"])
        resolved = {key: known for key, item in value.items() if (known := self.value(item)) != NO_VALUE}
        if len(resolved) == 1:
            ((name, argument),) = resolved.items()
            known = self.intrinsics.get(name, _unknown)(argument)
            return resolved if known is None else known
        return resolved

    def branch(self, condition: Value, yes: Value, no: Value) -> Value:
        yes, no = self.where(condition, yes, holds=True), self.where(condition, no, holds=False)
        holds = yes == no or self.conditions.holds(condition)
        return {"Fn::If": [condition, yes, no]} if holds is None else yes if holds else no

    def ref(self, name: Value) -> Value | None:
        return self.parameters.get(name) if isinstance(name, str) and name not in self.hidden else None

    def sub(self, argument: Value) -> Value | None:
        text, own = (argument, {}) if isinstance(argument, str) else pair(argument)
        if not isinstance(text, str) or not isinstance(own, dict):
            return None
        filled = VARIABLE.sub(lambda match: self.variable(match, own), text)
        left = {name: value for name, value in own.items() if f"${{{name}}}" in filled}
        if "${" in filled.replace("${!", ""):
            return {"Fn::Sub": [filled, left] if left else filled}
        return filled.replace("${!", "${")

    def variable(self, match: re.Match[str], own: dict[str, Value]) -> str:
        """The text for a variable; one that holds `${` itself stays open, or it would be read as another variable."""
        name = match[1].strip()
        text = as_text(own.get(name, None if name in self.hidden else self.texts.get(name)), match[0])
        return match[0] if "${" in text else text

    def join(self, argument: Value) -> Value | None:
        separator, parts = pair(argument)
        if isinstance(separator, str) and isinstance(parts, list) and all(is_plain(part) for part in parts):
            return separator.join(as_text(part, "") for part in parts)
        return None

    def select(self, argument: Value) -> Value | None:
        index, options = pair(argument)
        if not isinstance(options, list) or str(index) not in map(str, range(len(options))):
            return None
        return options[int(index)]

    def split(self, argument: Value) -> Value | None:
        separator, text = pair(argument)
        return text.split(separator) if separator and isinstance(separator, str) and isinstance(text, str) else None

    def find_in_map(self, argument: Value) -> Value | None:
        found = self.mappings
        for key in argument[:3] if isinstance(argument, list) else ():
            if not isinstance(found, dict) or not isinstance(key, str | int):
                return None
            found = found.get(str(key))
        return None if isinstance(found, dict) else found


def _unknown(_: Value) -> None:
    return None


def _as_written(value: Value) -> Value:
    return value


def _is_choice(argument: Value) -> bool:
    return isinstance(argument, list) and len(argument) == 3  # noqa: PLR2004
