"""Text from templates made safe for a terminal: what it would obey or hide is shown."""

from __future__ import annotations

import re

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of text."""


def visible(text: str) -> str:
    """The text with every such character written as its escape."""
    return UNSAFE.sub(lambda match: ascii(match[0])[1:-1], text)
