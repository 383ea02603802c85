"""Keys that stand in a template as they are."""

from __future__ import annotations

import re

from guardrun.facts.walk import Values
from guardrun.read.places import pointer

ACCESS_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?P<id>(?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9])|-----BEGIN ([A-Z]+ )*PRIVATE KEY-----"
)
"""The id of an access key, or the head of a private key."""
EXAMPLE = "EXAMPLE"
"""How the ids of access keys in AWS's own documentation end."""


def access_keys(values: Values) -> list[dict[str, str]]:
    """Every text with the id of an access key or with a private key: `Kind`."""
    found = []
    for value, path in values:
        for match in ACCESS_KEY.finditer(value) if isinstance(value, str) else ():
            if not match[0].endswith(EXAMPLE):
                kind = "the id of an access key" if match["id"] else "a private key"
                found.append({"Kind": kind, "At": pointer(*path)})
    return found
