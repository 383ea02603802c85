"""The folders that a user has for settings, data and caches."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def user_folder(variable: str, *usual: str) -> Path | None:
    """guardrun's folder where a variable says, else at the usual place in the home; None for a user without a home."""
    given = os.environ.get(variable)
    with suppress(RuntimeError):
        return Path(given or Path.home().joinpath(*usual), "guardrun")
    return None
