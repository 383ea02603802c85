"""Find what model-written CloudFormation templates get wrong.

`guardrun.check(paths)` and `guardrun.check_text(text)` give a `Report`; `guardrun.score(text)` says what an answer of a
model is worth, `guardrun.reward(completions)` what many are, `guardrun.feedback(text)` what to mend in one. All are
imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guardrun.api import check, check_text
    from guardrun.config import Config
    from guardrun.errors import GuardrunError
    from guardrun.model import Finding, Report, TemplateResult
    from guardrun.scoring import AnswerScore
    from guardrun.scoring.api import feedback, score
    from guardrun.scoring.reward import reward, rewarder

__version__ = "0.1.0"
__all__ = [
    "AnswerScore",
    "Config",
    "Finding",
    "GuardrunError",
    "Report",
    "TemplateResult",
    "check",
    "check_text",
    "feedback",
    "reward",
    "rewarder",
    "score",
]

_HOMES = {
    "AnswerScore": "scoring",
    "Config": "config",
    "Finding": "model",
    "GuardrunError": "errors",
    "Report": "model",
    "TemplateResult": "model",
    "check": "api",
    "check_text": "api",
    "feedback": "scoring.api",
    "reward": "scoring.reward",
    "rewarder": "scoring.reward",
    "score": "scoring.api",
}


def __getattr__(name: str) -> Any:
    """What the package offers, from the module that it lives in: the command line needs little of it."""
    from importlib import import_module  # noqa: PLC0415  not for the command line

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"guardrun.{_HOMES[name]}"), name)
