"""What the comments of a foreign file say of its rules, in the AWS Guard rules registry's ways of writing them."""

from __future__ import annotations

import re
from typing import Any

LABEL = re.compile(
    r"(rule identifier|description|reports on|evaluates|rule parameters|cfn_nag rule id|scenarios?|expectations"
    r"|config rule name|config rule url|rule intent)\s*:\s*(.*)",
    re.IGNORECASE,
)
COMMENT = re.compile(r"\s*#+ ?(.*)")
SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)


def described(source: str) -> dict[str, dict[str, Any]]:
    """Title, why, controls and references by the rule's name in small letters; '' for what names no rule."""
    blocks: list[dict[str, str]] = [{}]
    label = ""
    for line in source.splitlines():
        comment = COMMENT.fullmatch(line)
        text = comment[1].strip() if comment else ""
        if found := LABEL.fullmatch(text):
            label = found[1].lower()
            if label == "rule identifier":
                blocks.append({})
            blocks[-1].setdefault(label, found[2])
        elif text and label:
            blocks[-1][label] = f"{blocks[-1][label]} {text}".strip()
        else:
            label = label if comment and label and not blocks[-1][label] else ""
    return {block.get("rule identifier", "").strip().lower(): values for block in blocks if (values := _values(block))}


def _values(block: dict[str, str]) -> dict[str, Any]:
    told = " ".join(block.get("description", block.get("rule intent", "")).split())
    first = SENTENCE.match(told)
    title = (first[0] if first else told).rstrip(".")
    nag = [f"cfn-nag/{name}" for name in re.findall(r"\b[WF]\d+\b", block.get("cfn_nag rule id", ""))]
    config = [f"aws-config/{name}" for name in block.get("config rule name", "").split()]
    values = {
        "title": title,
        "why": told if told.rstrip(".") != title else "",
        "controls": (*config, *nag),
        "references": tuple(re.findall(r"https?://[^\s\"]+", block.get("config rule url", ""))),
    }
    return {key: value for key, value in values.items() if value}
