"""A command group that imports a command only when it is used, so that start-up stays short."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`commands_in` maps each command's name to the module that defines it under that name."""

    def __init__(self, *arguments: Any, commands_in: dict[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.commands_in = commands_in

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All commands."""
        return sorted(self.commands_in)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; an unknown one is an error with the nearest name."""
        if cmd_name not in self.commands_in:
            if ctx.resilient_parsing:
                return None  # a shell asks for completions and shows no errors
            from difflib import get_close_matches  # noqa: PLC0415  only this error needs it

            near = get_close_matches(cmd_name, self.commands_in, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {cmd_name!r}.{hint}")
        command: click.Command = getattr(import_module(self.commands_in[cmd_name]), cmd_name)
        return command
