"""Write the facts about resource types that the rules need, from the schemas in a cfn-lint wheel.

    pip download --no-deps cfn-lint && python tools/resource_types.py cfn_lint-*.whl

The schemas are AWS's registry schemas as cfn-lint (MIT-0) corrects them. Kept are names, required names, enumerations
and what a property refers to; `guardrun.facts.schema` says in which form.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "runner/guardrun/facts/resource_types.jsonl"
SCHEMAS = "cfnlint/data/schemas/resources/"
ATTRIBUTES = "cfnlint/schema/_getatts.py"
COMBINED = ("allOf", "anyOf", "oneOf")


def main(wheel: Path) -> None:
    """Read the wheel and write the file."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(SCHEMAS) and name.endswith(".json")]
        schemas = [json.loads(archive.read(name)) for name in names]
        more = more_attributes(archive.read(ATTRIBUTES).decode())
        day = max(info.date_time for info in archive.infolist())[:3]
    header = {"source": "-".join(wheel.name.split("-")[:2]), "as_of": "{}-{:02}-{:02}".format(*day)}
    types = {schema["typeName"]: resource_type(schema, more) for schema in schemas}
    lines = [header, *({name: types[name]} for name in sorted(types))]
    TARGET.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8")


def more_attributes(module: str) -> dict[str, list[str] | None]:
    """Attributes beyond the read-only properties, by type; None for all properties."""
    found = {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in ast.parse(module).body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    return {**found["_exceptions"], **dict.fromkeys(found["_all_property_types"])}


def resource_type(schema: dict[str, Any], more: dict[str, list[str] | None]) -> dict[str, Any]:
    """What is kept of one type's schema."""
    read_only = {path.removeprefix("/properties/").replace("/*", "").replace("/", ".") for path in _read_only(schema)}
    extra = more.get(schema["typeName"], [])
    kept = {
        "ref": [path.removeprefix("/properties/") for path in schema.get("primaryIdentifier", [])],
        "attributes": sorted(read_only | set(schema["properties"] if extra is None else extra)),
        **node(schema),
    }
    kept |= {"tags": tags} if (tags := tag_property(schema)) else {}
    kept |= {"name": name} if (name := name_property(schema)) else {}
    definitions = {name: node(body) for name, body in schema.get("definitions", {}).items()}
    used = _used(kept, definitions)
    return kept | ({"definitions": {name: definitions[name] for name in sorted(used)}} if used else {})


def tag_property(schema: dict[str, Any]) -> str | None:
    """The property that takes a resource's tags, if it takes any."""
    tagging = schema.get("tagging", {"taggable": "Tags" in schema["properties"]})
    name: str = tagging.get("tagProperty", "/properties/Tags").rpartition("/")[2]
    return name if tagging.get("taggable") is not False and name in schema["properties"] else None


def name_property(schema: dict[str, Any]) -> str | None:
    """The property by which a resource gets a name that the account or the world must have once."""
    last = schema["typeName"].rpartition("::")[2]
    identifier = [str(path).rpartition("/")[2] for path in schema.get("primaryIdentifier", [])]
    settable = set(schema["properties"]) - {path.rpartition("/")[2] for path in _read_only(schema)}
    # Of an identifier in several parts, the first is mostly the name of what the resource belongs to.
    named = [name for name in identifier if name.endswith(("Name", "Identifier"))] if len(identifier) == 1 else []
    for name in [*named, f"{last}Name", f"{last}Identifier", f"{last}Id", "GroupName", "Name"]:
        if name in settable and node(schema["properties"][name]).keys() <= {"is", "names"}:
            return name
    return None


def _read_only(schema: dict[str, Any]) -> list[str]:
    paths: list[str] = schema.get("readOnlyProperties", [])
    return paths


def node(schema: Any) -> dict[str, Any]:
    """What is kept of one node of a schema, in the form that `guardrun.facts.resource_types` reads."""
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return {"is": schema["$ref"].rpartition("/")[2]}
    parts = [part for key in COMBINED for part in schema.get(key, []) if isinstance(part, dict)]
    kept = members(schema, parts)
    if isinstance(schema.get("items"), dict):
        kept["items"] = node(schema["items"])
    if schema.get("enum"):
        kept["enum"] = schema["enum"]
    if str(schema.get("format")).startswith("AWS::"):
        kept["names"] = schema["format"]
    alike = {json.dumps(node(part)) for part in parts}
    return node(parts[0]) if not kept and len(alike) == 1 else kept


def members(schema: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The properties of a node and of its alternatives, which of them are required, and whether there may be others."""
    properties = {
        name: node(body) for part in [*reversed(parts), schema] for name, body in part.get("properties", {}).items()
    }
    if not properties:
        return {}
    closed = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    required = {"required": schema["required"]} if schema.get("required") else {}
    return {"properties": properties, **required, **({} if closed else {"open": True})}


def _used(kept: Any, definitions: dict[str, Any]) -> set[str]:
    """The definitions that are reached, directly or through others."""
    found: set[str] = set()
    waiting = [kept]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            name = value.get("is")
            if isinstance(name, str) and name not in found and name in definitions:
                found.add(name)
                waiting.append(definitions[name])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
