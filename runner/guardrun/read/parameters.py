"""Parameter values for a deployment: from a file in any of the usual forms, or as NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from guardrun.errors import GuardrunError, TemplateError
from guardrun.read.compose import compose, decode
from guardrun.read.values import to_value

FORMS = 'write {"Name": "value"}, or a list of {"ParameterKey": ..., "ParameterValue": ...}, or lines of Name=value'


def read_parameters(arguments: Iterable[str]) -> dict[str, Any]:
    """The values that the arguments give, later ones over earlier ones.

    An argument is NAME=VALUE or the path of a file: a plain map, CloudFormation's list of ParameterKey and
    ParameterValue, the list of "Name=value" texts that the AWS CLI takes, or a `Parameters` section that holds any of
    these. Raises `GuardrunError`.
    """
    values: dict[str, Any] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if equals and not Path(argument).exists():
            values[name] = value
        else:
            values.update(_from_file(argument))
    return values


def _from_file(path: str) -> dict[str, Any]:
    try:
        return _values(to_value(compose(decode(Path(path).read_bytes()))), path)
    except OSError as error:
        raise GuardrunError(f"cannot read the parameters: {error.strerror}", path=path) from error
    except TemplateError as error:
        message = f"cannot read the parameters: {error.message}"
        raise GuardrunError(message, path=path, line=error.line, column=error.column, hint=FORMS) from error


def _values(content: Any, path: str) -> dict[str, Any]:
    if isinstance(content, dict):
        return _values(content["Parameters"], path) if isinstance(content.get("Parameters"), dict | list) else content
    pairs = content.split() if isinstance(content, str) else content
    if isinstance(pairs, list):
        return dict(_pair(entry, path) for entry in pairs)
    raise GuardrunError("the file holds no parameters", path=path, hint=FORMS)


def _pair(entry: Any, path: str) -> tuple[str, Any]:
    if isinstance(entry, dict) and "ParameterKey" in entry:
        return str(entry["ParameterKey"]), entry.get("ParameterValue")
    if isinstance(entry, str) and "=" in entry:
        name, _, value = entry.partition("=")
        return name, value
    raise GuardrunError(f"{entry!r} is no parameter", path=path, hint=FORMS)
