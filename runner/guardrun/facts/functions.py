"""Intrinsic functions that CloudFormation does not have, or with arguments that it refuses by their form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrun.facts.context import Context
from guardrun.facts.walk import Path
from guardrun.read.places import pointer

SECTIONS = ("Conditions", "Resources", "Outputs")
LOGICAL = ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")
"""Functions of conditions, which stand nowhere else."""
OF_RULES = ("Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll")
EXTENSIONS = ("Fn::ForEach::", "Fn::Length", "Fn::ToJsonString")
"""How the names of functions begin that a transform brings."""


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
    "Fn::Cidr": (
        lambda argument: _is_list(argument, str, (str, int)) or _is_list(argument, str, (str, int), (str, int)),
        "takes a block, how many, and their bits",
    ),
    "Fn::Equals": (lambda argument: isinstance(argument, list) and len(argument) == 2, "takes two values"),  # noqa: PLR2004
    "Fn::FindInMap": (lambda argument: _is_list(argument, str, (str, int), (str, int)), "takes a mapping and two keys"),
    "Fn::GetAZs": (lambda argument: not isinstance(argument, list), "takes the name of a region, or an empty text"),
    "Fn::GetAtt": (_attribute, "takes a resource and its attribute"),
    "Fn::GetStackOutput": (lambda argument: isinstance(argument, dict), "takes a mapping that names stack and output"),
    "Fn::If": (_choice, "takes the name of a condition and two values"),
    "Fn::ImportValue": (lambda argument: not isinstance(argument, list), "takes the name of an export"),
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
    return len(_functions(context))


def malformed(context: Context) -> list[dict[str, str]]:
    """Functions that there are not, or without what they take; none with transforms, which may mend them."""
    if context.is_transformed:
        return []
    faults = [(name, _fault(name, argument, path), path) for name, argument, path in _functions(context)]
    return [{"Name": name, "Text": text, "At": pointer(*path, name)} for name, text, path in faults if text]


def _functions(context: Context) -> list[tuple[str, Any, Path]]:
    """Each function: its name, its argument, and where it stands."""
    values = [(value, path) for value, path in context.values(*SECTIONS) if isinstance(value, dict)]
    alone = [(*item, path) for value, path in values if len(value) == 1 for item in value.items()]
    return [found for found in alone if found[0] == "Ref" or found[0].startswith("Fn::")]


def _fault(name: str, argument: Any, path: Path) -> str:
    if name.startswith(EXTENSIONS):
        return "needs the transform AWS::LanguageExtensions"
    if name not in FORMS:
        return "stands in Rules only" if name in OF_RULES else "is no function of CloudFormation"
    if name in LOGICAL and path[0] != "Conditions":
        return "" if path[-2:] == ("Fn::If", 0) else "stands in Conditions only"  # that of Fn::If is told there
    is_right, form = FORMS[name]
    return "" if is_right(argument) else form
