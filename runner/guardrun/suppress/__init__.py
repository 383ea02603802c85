"""Findings that a template or a config file accepts, with a reason and perhaps until a day."""

from guardrun.suppress.apply import Suppression, apply, from_config, of_no_use
from guardrun.suppress.find import COMMENT, find_suppressions

__all__ = ["COMMENT", "Suppression", "apply", "find_suppressions", "from_config", "of_no_use"]
