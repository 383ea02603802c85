"""Links for terminals that have them (OSC 8); whoever prints takes them out elsewhere."""

from __future__ import annotations

import re

LINK = re.compile("\x1b\\]8;;[^\x1b]*\x1b\\\\")


def link(text: str, url: str) -> str:
    """The text, leading to a page."""
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def without_links(text: str) -> str:
    """The text alone."""
    return LINK.sub("", text)
