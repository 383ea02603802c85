"""What tells a finding again in the next run: no lines, which move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from guardrun.model import Finding


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A hash for each finding over its rule, template, place by names and message; alike ones are numbered."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        seen[finding.identity] += 1
        parts = (*finding.identity, str(seen[finding.identity]))
        found.append(sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32])
    return found
