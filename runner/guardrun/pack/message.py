"""Messages of foreign rules: what is wrong and what to do about it, told apart."""

from __future__ import annotations

import re

FIX = re.compile(r"(?:^|(?<=\s))\[?(?:fix|remediation|resolution|how to fix)\]?\s*:\s*", re.IGNORECASE)
LABEL = re.compile(r"(?:violation|guard message|message)\s*:\s*", re.IGNORECASE)
CONTROL = re.compile(r"\[([\w.-]+)\]\s*:?\s*(.+)")


def split_message(message: str) -> tuple[str, str]:
    """What is wrong, in one line, and the fix, or an empty text; `[CT.S3.PR.1]: ...` ends with its control."""
    what, *rest = FIX.split(message, maxsplit=1)
    what = LABEL.sub("", " ".join(what.split()), count=1)
    if control := CONTROL.fullmatch(what):
        what = f"{control[2]} ({control[1]})"
    return what, " ".join(" ".join(rest).split())
