"""`guardrun config`: the settings that count here, and where each comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from guardrun.cli.options import (
    baseline_option,
    config_option,
    fail_on_option,
    ignore_option,
    profile_option,
    rules_option,
    select_option,
    with_option,
)
from guardrun.config import Config, Policy, find_config, read_layers
from guardrun.request import Request, settled

OPTIONS = {"packs": "rules"} | {
    name: name for name in ("companions", "profiles", "select", "ignore", "fail_on", "baseline")
}
"""The options that replace settings, and the names of these."""


@click.command()
@rules_option
@with_option
@profile_option
@select_option
@ignore_option
@fail_on_option
@baseline_option
@config_option
@click.option("--json", "as_json", is_flag=True, help="The settings alone, as JSON.")
@click.pass_context
def config(
    context: click.Context, /, packs: tuple[str, ...], config_path: Path | None, as_json: bool, **options: Any
) -> None:
    """Show the settings that count here, and where each comes from; paths are from the working directory.

    Options count before GUARDRUN_ variables of the environment, these before .guardrun.yml, and that before the
    user's own settings (guardrun/config.yml in ~/.config or XDG_CONFIG_HOME).
    """
    path = config_path or find_config(Path.cwd())
    settings = settled(Request(config=path, rules=packs, **options))
    values = _plain(settings)
    if as_json:
        click.echo(json.dumps(values, indent=2, ensure_ascii=False))
        return
    for line in _lines(values, _origins(path) | _of_options(context)):
        click.echo(line)


def _plain(settings: Config) -> dict[str, Any]:
    """The settings as JSON values."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(settings), default=str))
    return {name: _without_none(value) for name, value in values.items() if name != "path"}


def _without_none(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


def _origins(path: Path | None) -> dict[str, str]:
    """The file that sets each key, those of the policy with a dot."""
    found: dict[str, str] = {}
    for layer in read_layers(path):
        keys = [key for key in layer.values if key != "policy"] + [
            f"policy.{key}" for key in layer.values.get("policy", {})
        ]
        found |= dict.fromkeys(keys, layer.path.as_posix())
    return found


def _of_options(context: click.Context) -> dict[str, str]:
    words = {ParameterSource.COMMANDLINE: "an option", ParameterSource.ENVIRONMENT: "the environment"}
    sources = {name: context.get_parameter_source(option) for option, name in OPTIONS.items()}
    return {name: words[source] for name, source in sources.items() if source in words}


def _lines(values: dict[str, Any], origins: dict[str, str]) -> Iterator[str]:
    for field in fields(Config):
        if field.name == "policy":
            yield "policy:"
            for one in fields(Policy):
                yield _line(f"  {one.name}", values["policy"][one.name], origins.get(f"policy.{one.name}"))
        elif field.name in values:
            yield _line(field.name, values[field.name], origins.get(field.name))


def _line(name: str, value: Any, origin: str | None) -> str:
    return f"{name}: {json.dumps(value, ensure_ascii=False)}  # {origin or 'default'}"
