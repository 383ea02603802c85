"""cfn-lint: CloudFormation's schemas and some 300 rules by AWS, in Python. Imported in its own process."""

from __future__ import annotations

from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner, run_template_by_data

from guardrun.companions.remark import Answer, Check, Remark

FAULTS = ("E0002", "E0003")
"""Rules that speak of cfn-lint itself: one of its rules failed, its settings are wrong."""
DOCS = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"


def checker() -> Check:
    """The rules, loaded once; `.cfnlintrc` counts as it does for cfn-lint itself."""
    rules = Runner(ConfigMixIn([])).rules

    def check(text: str, informational: bool) -> Answer:
        document, matches = decode_str(text)
        if not matches and document is not None:
            wanted = {"include_checks": ["I"]} if informational else {}
            matches = list(run_template_by_data(document, ConfigMixIn([], **wanted), rules))
        faults = tuple(match.message for match in matches if match.rule.id in FAULTS)
        return Answer(tuple(_remark(match) for match in matches if match.rule.id not in FAULTS), faults)

    return check


def rule_ids() -> set[str]:
    """The rules of the installed version."""
    return set(Runner(ConfigMixIn([])).rules)


def _remark(match: Any) -> Remark:
    return Remark(
        rule=match.rule.id,
        message=match.message,
        path=tuple(str(part) for part in getattr(match, "path", None) or ()),
        line=match.linenumber,
        column=match.columnnumber,
        end_line=match.linenumberend,
        end_column=match.columnnumberend,
        title=match.rule.shortdesc,
        why=match.rule.description,
        fix="",
        reference=f"{DOCS}#{match.rule.id}",
    )
