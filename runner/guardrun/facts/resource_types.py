"""What CloudFormation's resource types have: properties, attributes, enumerations, and what a property refers to.

resource_types.jsonl is written by tools/resource_types.py: a JSON object a line, sorted, the first for source and date,
the others `{type: {...}}` with `ref` (what Ref returns), `attributes` (what GetAtt returns) and `definitions`. A node
of a type has `properties` by name and `required` names, `open` where other names are accepted, `items` of a list,
`enum`, `names` for what it refers to (`AWS::IAM::Role.Arn`), or `is` for a node in `definitions`.
"""

from __future__ import annotations

import json
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
def _data() -> bytes:
    return FILE.read_bytes()


@lru_cache(maxsize=256)
def resource_type(name: str) -> dict[str, Any] | None:
    """What a type has, or None for a type that CloudFormation does not have."""
    wanted = f"{{{json.dumps(name)}:".encode()
    line = _line(wanted)
    return json.loads(line)[name] if line.startswith(wanted) else None


def _line(wanted: bytes) -> bytes:
    """The first line that is not before this one; by halves, as splitting all lines would cost more than the rest."""
    data = _data()
    low, high = data.index(b"\n") + 1, len(data)
    while low < high:
        middle = max(data.rfind(b"\n", low, (low + high) // 2) + 1, low)
        end = data.index(b"\n", middle) + 1
        if data[middle:end] < wanted:
            low = end
        else:
            high = middle
    return data[low : data.find(b"\n", low)]


def type_names() -> list[str]:
    """All types that there are."""
    return [line[2 : line.index(b'":')].decode() for line in _data().splitlines()[1:]]


def source() -> dict[str, str]:
    """Where the facts come from (`source`) and of which day they are (`as_of`)."""
    header: dict[str, str] = json.loads(_data().partition(b"\n")[0])
    return header
