"""Intrinsic functions with arguments that CloudFormation refuses, as far as their form tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.walk import Path, Values
from guardrun.read.places import pointer

SECTIONS = ("Conditions", "Resources", "Outputs")
LOGICAL = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
"""Functions of conditions, which stand nowhere else."""


def _is_list(argument: Any, *kinds: type | tuple[type, ...]) -> bool:
    """Whether this is a list with an item of each kind; what a function gives may be of any."""
    if not isinstance(argument, list) or len(argument) != len(kinds):
        return False
    return all(isinstance(item, (kind, dict)) for item, kind in zip(argument, kinds, strict=True))


def _attribute(argument: Any) -> bool:
    if isinstance(argument, str):
        return "." in argument.strip(".")
    return isinstance(argument, list) and len(argument) > 1 and "" not in argument


def _choice(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)  # noqa: PLR2004


def _selection(argument: Any) -> bool:
    if not _is_list(argument, (int, str), list):
        return False
    index, options = argument
    is_known = isinstance(options, list) and not any(isinstance(part, (dict, list)) for part in (index, *options))
    return not is_known or str(index) in map(str, range(len(options)))


def _text(argument: Any) -> bool:
    return isinstance(argument, str) or (_is_list(argument, str, dict) and isinstance(argument[0], str))


def _parts(argument: Any) -> bool:
    return isinstance(argument, list) and all(isinstance(part, dict) for part in argument)


FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "Ref": (lambda argument: isinstance(argument, str), "takes one name"),
    "Fn::And": (
        lambda argument: _parts(argument) and len(argument) > 1,
        "takes two conditions at least, not their names",
    ),
    "Fn::Base64": (lambda argument: not isinstance(argument, list), "takes one text"),
    "Fn::Equals": (lambda argument: isinstance(argument, list) and len(argument) == 2, "takes two values"),  # noqa: PLR2004
    "Fn::FindInMap": (lambda argument: _is_list(argument, str, (str, int), (str, int)), "takes a mapping and two keys"),
    "Fn::GetAtt": (_attribute, "takes a resource and its attribute"),
    "Fn::If": (_choice, "takes the name of a condition and two values"),
    "Fn::Join": (lambda argument: _is_list(argument, str, list), "takes a separator and one list"),
    "Fn::Not": (
        lambda argument: _parts(argument) and len(argument) == 1,
        "takes a list with one condition, not its name",
    ),
    "Fn::Or": (
        lambda argument: _parts(argument) and len(argument) > 1,
        "takes two conditions at least, not their names",
    ),
    "Fn::Select": (_selection, "takes an index and a list that is long enough"),
    "Fn::Split": (lambda argument: _is_list(argument, str, str), "takes a separator and one text"),
    "Fn::Sub": (_text, "takes a text, or a list of a text and a mapping"),
}
"""For each function whether its arguments have the right form, and what that is."""


def functions(context: Context) -> int:
    """How many functions there are."""
    return sum(len(value) == 1 and not FORMS.keys().isdisjoint(value) for value, _ in _mappings(context))


def malformed(context: Context) -> list[dict[str, str]]:
    """Functions without the arguments that they take; none in templates with transforms, which may mend them."""
    if context.is_transformed:
        return []
    found = [_fault(value, path) for value, path in _mappings(context) if len(value) == 1]
    return [fault for fault in found if fault]


def _mappings(context: Context) -> Values:
    return [(value, path) for value, path in context.values(*SECTIONS) if isinstance(value, dict)]


def _fault(value: dict[str, Any], path: Path) -> dict[str, str] | None:
    ((name, argument),) = value.items()
    is_right, form = FORMS.get(name, (_is_anything, ""))
    if name in LOGICAL and path[0] != "Conditions":
        form = "stands in Conditions only"
        if path[-2:] == ("Fn::If", 0):  # the fault of Fn::If
            return None
    elif is_right(argument):
        return None
    return {"Name": name, "Text": form, "At": pointer(*path, name)}


def _is_anything(_: Any) -> bool:
    return True
