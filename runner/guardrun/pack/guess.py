"""The category of a foreign rule that nobody has told: by its folders' names, else by words in its name and theirs."""

from __future__ import annotations

import re
from pathlib import PurePath

from guardrun.model import CATEGORIES

WORDS = {
    "security": "public publicly open unrestricted restricted wildcard admin privilege privileged password secret "
    "secrets plaintext credentials ssh ssl tls https imds imdsv2 waf authorized authorization mfa principal",
    "recovery": "backup backups failover multi redundancy replication replicated deletion dlq pitr recovery "
    "healthcheck snapshot snapshots rollback resilience",
    "observability": "log logs logging monitoring monitored alarm alarms tracing xray metrics insights",
    "compliance": "encryption encrypted encrypt kms cmk versioning versioned rotation cloudtrail audit lock retention "
    "compliance",
    "naming": "tag tags tagged tagging name names naming",
    "sizing": "size sizes throughput capacity cost optimized lifecycle",
    "documentation": "description descriptions documentation",
}
"""The first category with one of the words is taken; a rule with none of them is about security."""


def category_of(name: str, path: PurePath) -> str:
    """The category of a rule by this name, in the file at this path within its pack."""
    folders = {part.lower() for part in path.parts[:-1]}
    named = [category for category in CATEGORIES if category in folders]
    return [*named, *_told(name), *_told(path.parent.as_posix()), "security"][0]


def _told(text: str) -> list[str]:
    words = set(re.findall(r"[a-z0-9]+", text.lower()))
    return [category for category, signs in WORDS.items() if not words.isdisjoint(signs.split())]
