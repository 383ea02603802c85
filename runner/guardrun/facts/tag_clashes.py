"""Tags of one template that contradict each other, or the names beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from guardrun.facts.labels import VARIABLE, physical_name

Entry = dict[str, Any]
ENVIRONMENT_KEYS = {"env", "environment"}
ENVIRONMENTS = {
    "dev": "dev", "development": "dev", "prod": "prod", "production": "prod",
    "qa": "qa", "staging": "staging", "uat": "uat",
}  # fmt: skip
"""Words that name an environment and hardly anything else, by what they mean."""
AS_VALUES = {*ENVIRONMENTS.values(), "preprod", "sandbox", "stage", "test", "testing"}
"""What names an environment where a tag says it."""


def tag_clashes(document: dict[str, Any], found: list[Entry]) -> list[Entry]:
    """Keys given twice or spelled in several ways, several environments, names of another environment: `Text`.

    `found` are all tags of the document.
    """
    resources = document["Resources"]
    names = _foreign_names(resources, found, document.get("Parameters") or {})
    return [*_twice(found), *_spellings(found), *_environments(found, resources), *names]


def _twice(found: list[Entry]) -> Iterator[Entry]:
    seen: set[tuple[str, str]] = set()
    for tag in found:
        place = tag["At"].rpartition("/")[0], tag["Key"]
        if place in seen:
            yield _entry(f"the tag {tag['Key']} is given twice in one list", tag)
        seen.add(place)


def _spellings(found: list[Entry]) -> Iterator[Entry]:
    """For each rarer spelling of a key the first tag that has it."""
    spelled: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for tag in found:
        spelled[_folded(tag["Key"])][tag["Key"]].append(tag)
    for ways in spelled.values():
        usual, *rest = sorted(ways, key=lambda key: -len(ways[key]))
        for key in rest:
            yield _entry(f"the tag {key} is called {usual} on {_count(ways[usual])}", ways[key][0])


def _environments(found: list[Entry], resources: dict[str, Any]) -> Iterator[Entry]:
    """For each rarer fixed value of an environment tag the first tag that has it."""
    values: dict[str, list[Entry]] = defaultdict(list)
    for tag in found:
        meaning, sure = _meaning(tag["Value"]), "/Fn::If/" not in tag["At"] and "Condition" not in resources[tag["Id"]]
        if sure and meaning in AS_VALUES and _folded(tag["Key"]) in ENVIRONMENT_KEYS:
            values[meaning].append(tag)
    usual, *rest = sorted(values, key=lambda value: -len(values[value])) or [""]
    for value in rest:
        one, other = values[value][0], values[usual][0]
        text = f"the tag {one['Key']} says {one['Value']} here and {other['Value']} on {_count(values[usual])}"
        yield _entry(text, one)


def _foreign_names(resources: dict[str, Any], found: list[Entry], parameters: dict[str, Any]) -> Iterator[Entry]:
    """Per environment that names say, beside a tag that says another or leaves it open: the first such name."""
    wrong: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    tagged = {tag["Id"]: tag for tag in found if _folded(tag["Key"]) in ENVIRONMENT_KEYS}
    for name, tag in tagged.items():
        own = [one for one in found if one["Id"] == name and one["Key"] == "Name"]
        for label in (*physical_name(name, resources[name]), *own):
            for word in _words(label["Value"]):
                if ENVIRONMENTS[word] not in _possible(tag["Value"], parameters):
                    wrong[word, tag["Key"], tag["Value"]].append({**label, "Id": name})
    for (word, key, value), labels in wrong.items():
        where = "the name says" if len({one["Id"] for one in labels}) == 1 else f"the names of {_count(labels)} say"
        yield _entry(f"{where} {word}, whereas the tag {key} is {value}", labels[0])


def _words(label: str) -> list[str]:
    """The environments that the fixed part of a name says; none when it says several."""
    words = [word for word in re.split(r"[^a-z]+", VARIABLE.sub(" ", label).lower()) if word in ENVIRONMENTS]
    return words[:1] if len(set(words)) == 1 else []


def _possible(value: str, parameters: dict[str, Any]) -> set[str]:
    """What a tag may say: its text, or what its parameter has as the default or as the only value."""
    parameter = parameters.get(value[2:-1]) if value.startswith("${") else None
    if not isinstance(parameter, dict):
        return {_meaning(value)}
    allowed = parameter.get("AllowedValues")
    values = [parameter.get("Default"), *(allowed if isinstance(allowed, list) and len(allowed) == 1 else ())]
    return {_meaning(str(one)) for one in values}


def _meaning(value: str) -> str:
    return ENVIRONMENTS.get(value.lower(), value.lower())


def _folded(key: str) -> str:
    return re.sub(r"[-_. ]", "", key.lower())


def _count(entries: list[Entry]) -> str:
    count = len({entry["Id"] for entry in entries})
    return f"{count} resource{'s' * (count > 1)}"


def _entry(text: str, at: Entry) -> Entry:
    return {"Text": text, "At": at["At"]}
