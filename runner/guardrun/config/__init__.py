"""The settings of a project, a user or an organisation: `.guardrun.yml`, found upwards from where guardrun runs."""

from guardrun.config.layers import NAMES, find_config, load_config, merged, read_layers, user_config
from guardrun.config.settings import (
    Accepted,
    Config,
    Override,
    Policy,
    known_as,
    matches,
    policy_of,
    relative,
    settings_read,
)

__all__ = [
    "NAMES",
    "Accepted",
    "Config",
    "Override",
    "Policy",
    "find_config",
    "known_as",
    "load_config",
    "matches",
    "merged",
    "policy_of",
    "read_layers",
    "relative",
    "settings_read",
    "user_config",
]
