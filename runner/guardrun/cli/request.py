"""From a command's options to what a run is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from guardrun.read.parameters import read_parameters
from guardrun.request import Request


def request_of(
    *,
    packs: tuple[str, ...],
    config_path: Path | None,
    parameters: tuple[str, ...],
    no_suppress: bool,
    **options: Any,
) -> Request:
    """The request that the options of `run_options`, and those of a command itself, make up."""
    return Request(
        rules=packs,
        config=config_path,
        parameters=read_parameters(parameters),
        inputs=tuple(Path(one) for one in parameters if Path(one).is_file()),
        suppress=not no_suppress,
        **options,
    )
