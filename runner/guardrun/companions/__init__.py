"""Other linters beside the pack: what CloudFormation's own schemas know is theirs to say, not ours to repeat.

Each runs in a process of its own. What it says becomes findings under `companion/rule`, in our categories and
severities, without what the pack says already.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Companion:
    """One linter that can run beside the pack: `package` is what it imports as, `module` is ours for it."""

    package: str
    module: str
    extra: str


COMPANIONS = {
    "cloudformation-validate": Companion(
        "cloudformation_validate", "guardrun.companions.cloudformation_validate", "validate"
    ),
    "cfn-lint": Companion("cfnlint", "guardrun.companions.cfn_lint", "lint"),
}
"""By name, which is that of the distribution, too; those that come first win where two say the same."""
