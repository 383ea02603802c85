"""Where settings are found, and how they add up: the user's below the project's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from guardrun.config.read import Layer, read_layer
from guardrun.config.settings import Config, Policy
from guardrun.errors import ConfigError
from guardrun.folders import user_folder

NAMES = (".guardrun.yml", ".guardrun.yaml")
OF_A_PROJECT = ("baseline", "overrides", "suppress")
"""What names paths, or accepts what is found there: of no use in the settings of a user."""


def find_config(start: Path) -> Path | None:
    """The nearest config file from a folder upwards."""
    folders = (start.resolve(), *start.resolve().parents)
    # A link to nowhere is an error for whoever reads it, not as if there were no settings.
    return next((folder / name for folder in folders for name in NAMES if os.path.lexists(folder / name)), None)


def user_config() -> Path | None:
    """The user's own settings, `guardrun/config.yml` in the folder for such files, if there are any."""
    folder = user_folder("XDG_CONFIG_HOME", ".config")
    return folder / "config.yml" if folder and (folder / "config.yml").is_file() else None


def load_config(path: Path | None) -> Config:
    """The settings of a project's file over those of the user, or the defaults. Raises `ConfigError`."""
    return replace(merged(read_layers(path)), path=path)


def read_layers(path: Path | None) -> list[Layer]:
    """The user's settings and those of a project's file, as far as there are any, the stronger last."""
    user = user_config()
    layers = [_of_user(user)] if user else []
    return [*layers, read_layer(path)] if path else layers


def merged(layers: Iterable[Layer]) -> Config:
    """The settings of layers of which each replaces what it sets."""
    config = Config()
    for layer in layers:
        own: dict[str, Any] = {key: _located(key, value, layer.path.parent) for key, value in layer.values.items()}
        policy = Policy(**{**_values(config.policy), **layer.values.get("policy", {})})
        config = replace(config, **own | {"policy": policy})
    return config


def _located(key: str, value: Any, folder: Path) -> Any:
    """Files that settings name lie beside them; a pack may be named by its name, too."""
    if key == "rules":
        return tuple(_pack(name, folder) for name in value)
    return os.path.relpath(folder / value) if key == "baseline" and value else value


def _pack(name: str, folder: Path) -> str:
    """A pack as it is named from here: a path has a slash or begins with a dot, what has neither is a name."""
    if name == "bundled" or ("/" not in name and not (folder / name).exists()):
        return name
    path = os.path.relpath(folder / name)
    return path if "/" in path or path.startswith(".") else f"./{path}"


def _values(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in policy.__slots__}


def _of_user(path: Path) -> Layer:
    layer = read_layer(path)
    for key in OF_A_PROJECT:
        if key in layer.values:
            raise ConfigError(f"{key} belongs to a project", path=path.as_posix(), hint="set it in its .guardrun.yml")
    return layer
