"""What CloudFormation's resource types have: properties, attributes, enumerations, and what a property refers to.

resource_types.jsonl is written by tools/resource_types.py: a JSON object a line, sorted, the first for source and date,
the others `{type: {...}}` with `ref` (what Ref returns), `attributes` (what GetAtt returns) and `definitions`. A node
of a type has `properties` by name and `required` names, `open` where other names are accepted, `items` of a list,
`enum`, `names` for what it refers to (`AWS::IAM::Role.Arn`), or `is` for a node in `definitions`.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("resource_types.jsonl")

ATTRIBUTES = {
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
}
"""What a resource has."""

BESIDE = ATTRIBUTES - {"Type"}
"""What goes beside the properties, never among them; some properties are called Type."""


@lru_cache(maxsize=1)
def _lines() -> list[bytes]:
    return FILE.read_bytes().splitlines()


@lru_cache(maxsize=256)
def resource_type(name: str) -> dict[str, Any] | None:
    """What a type has, or None for a type that CloudFormation does not have."""
    start = f"{{{json.dumps(name)}:".encode()
    at = bisect_left(_lines(), start, lo=1)
    found = at < len(_lines()) and _lines()[at].startswith(start)
    return json.loads(_lines()[at])[name] if found else None


def type_names() -> list[str]:
    """All types that there are."""
    return [line[2 : line.index(b'":')].decode() for line in _lines()[1:]]


def source() -> dict[str, str]:
    """Where the facts come from (`source`) and of which day they are (`as_of`)."""
    header: dict[str, str] = json.loads(_lines()[0])
    return header
