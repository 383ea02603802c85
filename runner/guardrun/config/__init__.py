"""The settings of a project, a user or an organisation: `.guardrun.yml`, found upwards from where guardrun runs."""

from guardrun.config.layers import find_config, load_config, merged, read_layers, user_config
from guardrun.config.settings import Accepted, Config, Override, Policy, policy_of, settings_read

__all__ = [
    "Accepted",
    "Config",
    "Override",
    "Policy",
    "find_config",
    "load_config",
    "merged",
    "policy_of",
    "read_layers",
    "settings_read",
    "user_config",
]
