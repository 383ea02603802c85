"""What JSON files beside foreign rules say of them: Control Tower's metadata, the registry's mappings to frameworks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from guardrun.errors import PackError
from guardrun.model import SEVERITIES, Problem

SUFFIX = ".metadata.json"
RULES, METADATA = "cfn-guard", "metadata"
"""Control Tower's folders for the rules and, with the same names below, for what is said of them."""

UPWARDS = 3
"""How many folders above the rules the registry's `mappings` may be."""


def metadata_files(folder: Path, paths: Iterable[Path], files: Iterable[Path]) -> dict[Path, Path]:
    """The metadata files among `files` by the rule files that they are about."""
    known = set(files)
    found = {path: next((file for file in _beside(folder, path) if file in known), None) for path in paths}
    return {path: file for path, file in found.items() if file}


def _beside(folder: Path, path: Path) -> list[Path]:
    """Where the metadata of a rule file may be."""
    mirrored = folder.joinpath(*(METADATA if part == RULES else part for part in path.relative_to(folder).parts))
    return [candidate.with_name(candidate.stem + SUFFIX) for candidate in (path, mirrored)]


def read_metadata(path: Path, shown: str) -> dict[str, Any]:
    """What a metadata file says of the rules of its file. Raises `PackError`."""
    with _of_known_shape(shown):
        return _metadata(_read(path, shown))


def _metadata(content: dict[str, Any]) -> dict[str, Any]:
    frameworks = content.get("ComplianceFrameworkMappings") or []
    mapped = [f"{slug(one['ComplianceFramework'])}/{name}" for one in frameworks for name in one["Ids"]]
    related = [
        f"security-hub/{one['ControlId'].removeprefix('SH.')}"
        for one in content.get("Relationships") or []
        if one.get("ControlOwner") == "AWS Security Hub"
    ]
    config = [f"aws-config/{slug(name)}" for name in [content.get("ConfigRuleIdentifier")] if name]
    severity = str(content.get("Severity", "")).lower()
    values = {
        "title": content.get("DisplayName"),
        "why": content.get("Description"),
        "fix": content.get("RemediationMessage"),
        "severity": severity if severity in SEVERITIES else None,
        "controls": (f"control-tower/{content['Id']}", *config, *related, *mapped) if content.get("Id") else None,
        "references": tuple(one["Url"] for one in content.get("DocumentationReferences") or []),
    }
    return {key: value for key, value in values.items() if value}


def mapping_files(folder: Path) -> list[Path]:
    """The registry's mappings to frameworks, in the folder of the rules or in one above it."""
    candidates = [Path(path, "mappings") for path in (folder, *folder.resolve().parents[:UPWARDS])]
    found = next((path for path in candidates if path.is_dir() and any(path.glob("rule_set_*.json"))), None)
    return sorted(found.glob("rule_set_*.json")) if found else []


def read_mappings(paths: Iterable[Path], name_of: Callable[[Path], str]) -> tuple[dict[Path, list[str]], list[Problem]]:
    """The controls that each rule file serves, by its real path, and what is wrong with mappings."""
    controls: dict[Path, list[str]] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            mapped = _mapped(path, name_of(path))
        except PackError as error:
            problems.append(error.as_problem())
        else:
            for file, names in mapped:
                controls.setdefault(file, []).extend(names)
    return controls, problems


def _mapped(path: Path, shown: str) -> list[tuple[Path, list[str]]]:
    """Rule files with the controls that one mapping names."""
    with _of_known_shape(shown):
        content = _read(path, shown)
        return [
            (
                path.resolve().parent.parent / one["guardFilePath"],
                [f"{slug(content['ruleSetName'])}/{control}" for control in one.get("controls") or []],
            )
            for one in content.get("mappings") or []
        ]


@contextmanager
def _of_known_shape(shown: str) -> Iterator[None]:
    """Tells of a file with other keys or values than it should have."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise PackError(f"what is said of rules here is not as it should be: {error!r}", path=shown) from error


def slug(name: str) -> str:
    """A framework's name as controls have it: `nist-800-53-rev-5`."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def _read(path: Path, shown: str) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackError(f"cannot read what is said of rules here: {error}", path=shown) from error
    if not isinstance(content, dict):
        raise PackError("what is said of rules here is no mapping", path=shown)
    return content
