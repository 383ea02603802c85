"""What a rule says of itself, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

CATEGORIES = (
    "dependency",
    "security",
    "naming",
    "parameters",
    "testing",
    "recovery",
    "sizing",
    "observability",
    "compliance",
    "documentation",
    "validity",
)
"""The ten failure categories in the order of the failure analysis, then what CloudFormation itself would reject."""

SEVERITIES = ("critical", "high", "medium", "low")
"""From worst to mildest."""

PROFILES = ("core", "strict", "teardown")
"""core is on by default, strict is opt-in hardening, teardown is for throw-away stacks."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule says of itself in its header.

    `resources` are the types that it selects, empty for a rule on the template as a whole. `as_of` dates knowledge
    that ages. `origin` names the pack or the companion that it is from.
    """

    id: str
    category: str
    title: str
    severity: str
    profile: str
    resources: tuple[str, ...]
    view: str
    analysis: tuple[str, ...]
    controls: tuple[str, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    as_of: str | None
    origin: str = "guardrun"

    @property
    def fix_line(self) -> str:
        """The first sentence or sentences of the fix, without its example."""
        return " ".join(self.fix.partition("\n\n")[0].split())

    @property
    def example(self) -> str:
        """The example of the fix, its lines as they stand in the template."""
        return dedent(self.fix.partition("\n\n")[2].strip("\n"))
