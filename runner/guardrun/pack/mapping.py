"""What a pack's `guardrun-pack.yml`, or `foreign:` in the settings, says of rules that say it not themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from guardrun.errors import GuardrunError, PackError, TemplateError
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES
from guardrun.pack.header import VIEWS

NAMES = ("guardrun-pack.yml", "guardrun-pack.yaml")
CHOICES = {"category": CATEGORIES, "severity": SEVERITIES, "profile": PROFILES, "view": VIEWS}
TEXTS = ("title", "why", "fix")
LISTS = ("controls", "references")
VALUES = (*CHOICES, *TEXTS, *LISTS)
ENTRY = ("match", "use", *VALUES)
SECTIONS = ("defaults", "rules")

Fault = Callable[[Sequence[str], str, "str | None"], GuardrunError]
"""Makes the error at a place, from the keys that lead to it, a message and a hint."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What holds for the rules that one of some patterns names: ids, or paths of files within the pack.

    `use` says whether they are used at all, None that this is told elsewhere.
    """

    patterns: tuple[str, ...]
    values: Mapping[str, Any]
    use: bool | None = None

    def names(self, rule: str, path: str, origin: str) -> bool:
        """Whether a rule is meant."""
        known = (rule.lower(), path.lower(), f"{origin}/{path}".lower())
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.patterns for name in known)


@dataclass(frozen=True, slots=True)
class PackMapping:
    """`defaults` hold where nothing else is told, the entries in their order for what they name."""

    defaults: Mapping[str, Any]
    entries: tuple[Entry, ...] = ()
    name: str | None = None
    version: str | None = None


def sidecar(folder: Path) -> Path | None:
    """The file beside the rules that speaks of them, if there is one."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def read_sidecar(path: Path, shown: str) -> PackMapping:
    """The mapping of a file. Raises `PackError`."""
    from guardrun.read.compose import compose, decode  # noqa: PLC0415  few packs have one
    from guardrun.read.places import locate  # noqa: PLC0415
    from guardrun.read.values import to_value  # noqa: PLC0415

    try:
        root = compose(decode(path.read_bytes()))
        content = to_value(root)
    except OSError as error:
        raise PackError(f"cannot read what is said of the rules: {error.strerror}", path=shown) from error
    except TemplateError as error:
        raise PackError(error.message, path=shown, line=error.line, column=error.column) from error

    def fault(keys: Sequence[str], message: str, hint: str | None) -> PackError:
        return PackError(message, path=shown, line=locate(root, list(keys)).line, hint=hint)

    return mapping_of(content, fault, (*SECTIONS, "name", "version"))


def mapping_of(content: Any, fault: Fault, sections: Sequence[str] = SECTIONS) -> PackMapping:
    """The mapping that plain values make, each checked."""
    if not isinstance(content, dict):
        raise fault((), f"this is a mapping with {', '.join(sections)}", None)
    _require_known(content, sections, (), fault)
    for key in {"name", "version"} & content.keys():
        if not isinstance(content[key], str | int | float) or not str(content[key]).strip():
            raise fault((key,), f"{key} is a text", None)
    defaults, entries = content.get("defaults") or {}, content.get("rules") or []
    if not isinstance(defaults, dict):
        raise fault(("defaults",), "defaults are a mapping", None)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise fault(("rules",), "rules is a list of mappings", "each has match and what holds for the rules it names")
    name, version = (str(content[key]) if key in content else None for key in ("name", "version"))
    return PackMapping(
        _values(defaults, VALUES, ("defaults",), fault),
        tuple(_entry(entry, ("rules", str(number)), fault) for number, entry in enumerate(entries)),
        name,
        version,
    )


def _entry(entry: dict[str, Any], where: tuple[str, ...], fault: Fault) -> Entry:
    patterns = entry.get("match")
    patterns = [patterns] if isinstance(patterns, str) else patterns
    if not isinstance(patterns, list) or not patterns or not all(isinstance(item, str) for item in patterns):
        raise fault(where, "an entry says in match which rules it is about", "an id, a path or a glob, or a list")
    if not isinstance(entry.get("use", True), bool):
        raise fault((*where, "use"), "use is true or false", None)
    values = {key: value for key, value in entry.items() if key not in {"match", "use"}}
    return Entry(tuple(patterns), _values(values, ENTRY, where, fault), entry.get("use"))


def _values(values: dict[str, Any], known: Sequence[str], where: tuple[str, ...], fault: Fault) -> dict[str, Any]:
    _require_known(values, known, where, fault)
    for key, value in values.items():
        if key in CHOICES and value not in CHOICES[key]:
            raise fault((*where, key), f"{key} {value!r} is none of {', '.join(CHOICES[key])}", None)
        if key in TEXTS and not isinstance(value, str):
            raise fault((*where, key), f"{key} is a text", None)
        if key in LISTS and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise fault((*where, key), f"{key} is a list of texts", f"write {key}: [...]")
    return {key: tuple(value) if key in LISTS else value for key, value in values.items()}


def _require_known(content: dict[str, Any], known: Iterable[str], where: tuple[str, ...], fault: Fault) -> None:
    for key in content:
        if key not in known:
            from guardrun.facts.near import near  # noqa: PLC0415  only a fault needs it

            hint = near(str(key), known).removeprefix("; ") or f"there are {', '.join(known)}"
            raise fault((*where, str(key)), f"there is no key {key}", hint)
