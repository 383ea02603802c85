"""Values in plain form: every item and branch by itself, references as the text of a Sub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def each(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The items of a list, or a single value, with the way to each; of Fn::If both branches."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            for way, one in each(item):
                yield (index, *way), one
    elif isinstance(value, dict) and isinstance(value.get("Fn::If"), list):
        for index, branch in enumerate(value["Fn::If"][1:], start=1):
            for way, one in each(branch):
                yield ("Fn::If", index, *way), one
    elif value is not None and value != {"Ref": "AWS::NoValue"}:
        yield (), value


def text(value: Any) -> str:
    """A value as the text of a Sub: `${Name.Attribute}` for references, `*` never for what is not known."""
    if not isinstance(value, dict) or len(value) != 1:
        return value if isinstance(value, str) else str(value)
    ((function, argument),) = value.items()
    if function == "Ref":
        return f"${{{argument}}}"
    if function == "Fn::GetAtt" and isinstance(argument, list):
        return f"${{{'.'.join(map(str, argument))}}}"
    if function == "Fn::Sub":
        return str(argument[0] if argument and isinstance(argument, list) else argument)
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
        parts = argument[1] if isinstance(argument[1], list) else [argument[1]]
        return str(argument[0]).join(text(part) for part in parts)
    return f"${{{function}}}"
