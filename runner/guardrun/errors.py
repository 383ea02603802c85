"""What can go wrong that the user can act on: each error says what failed, where, and what to do."""

from __future__ import annotations

from guardrun.model import Problem


class GuardrunError(Exception):
    """An error to show without a traceback.

    `path` names the file as the user knows it, `line` and `column` count from 1, `hint` says what to do.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.path, self.line, self.column, self.hint = message, path, line, column, hint

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def as_values(self) -> dict[str, str | int | None]:
        """What it was made with, so that another process can raise it, too."""
        return {name: getattr(self, name) for name in ("message", "path", "line", "column", "hint")}

    def as_problem(self, rule: str | None = None) -> Problem:
        """The error as a part of a result."""
        return Problem(self.message, self.path, self.line, self.column, self.hint, rule)


class TemplateError(GuardrunError):
    """A template that cannot be read; the other templates' results stand."""


class PackError(GuardrunError):
    """A rule, its header or its tests are not as they should be."""


class ConfigError(GuardrunError):
    """A setting is not as it should be."""


class EngineError(GuardrunError):
    """cfn-guard is missing, is not the right program, or did not do its job."""


class EngineStopped(EngineError):
    """cfn-guard could not start or took too long: trying again with fewer rules would not help."""


class ValueTypeError(EngineError):
    """A rule asks whether a value is empty that is neither a list nor a mapping nor a text.

    `pointer` is the JSON pointer of the value in the document.
    """

    def __init__(self, message: str, pointer: str) -> None:
        super().__init__(message)
        self.pointer = pointer


class CompanionError(GuardrunError):
    """Another linter that is asked for cannot run."""
