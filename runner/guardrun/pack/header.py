"""The header of a rule file: its documentation, YAML in comments at the top.

YAML as headers are usually written is read here, as every start reads all of them and PyYAML takes two to three times
as long. What is written in another way goes to PyYAML.
"""

from __future__ import annotations

import re
from typing import Any

from guardrun.errors import PackError
from guardrun.model import PROFILES, SEVERITIES
from guardrun.pack.analysis import ANALYSIS

VIEWS = ("resolved", "source")
TEXTS = ("title", "severity", "profile", "view", "why", "fix")
LISTS = ("resources", "analysis", "controls", "references")
REQUIRED = ("title", "severity", "profile", "resources", "why", "fix")
KNOWN = (*TEXTS, *LISTS, "as_of")

WORD = r"(?:[A-Za-z][\w./:()-]*|\d+\.\d)"
ENTRY = re.compile(
    rf"""
    (?P<key>[a-z_]+):
    (?: [ ] (?P<text> (?:[A-Za-z].*|\d{{4}}-\d\d-\d\d) (?:\n[ ][ ]\S.*)*)
      | [ ] \[ (?P<words> (?:{WORD}(?:,(?:\n[ ])?[ ]{WORD})*)?) \]
      | (?P<items> (?:\n[ ][ ]-[ ][A-Za-z].*)+)
      | [ ] \|\n[ ][ ] (?P<block> \S.* (?:\n(?:[ ][ ].*)?)*)
    )
    \n
    """,
    re.VERBOSE,
)
"""A key with a text that may go on in more lines, a list in brackets or in lines, or a text that keeps its lines."""

NO_TEXTS = {"yes", "no", "true", "false", "on", "off", "null"}


def read_header(text: str, name: str) -> dict[str, Any]:
    """The header of the file `name`, without comment signs, as the fields of a `Rule`. Raises `PackError`."""
    header = read_plain(text) or read_yaml(text, name)
    _require_keys(header, name)
    _require_choices(header, name)
    _require_lists(header, name)
    _require_points(header, name)
    return {
        **{key: str(header[key]).strip() for key in TEXTS},
        **{key: tuple(map(str, header.get(key) or ())) for key in LISTS},
        "as_of": str(header["as_of"]) if "as_of" in header else None,
    }


def read_plain(text: str) -> dict[str, Any] | None:
    """The header, if it is written as usual and YAML would surely see the same in it."""
    entries, at = [], 0
    while entry := ENTRY.match(text, at):
        entries.append((entry["key"], _value(entry)))
        at = entry.end()
    sure = at == len(text) and " \n" not in text and text.replace("\n", "").isprintable()
    return dict(entries) if sure and all(value is not None for _, value in entries) else None


def _value(entry: re.Match[str]) -> str | list[str] | None:
    """The value of a key, None where it may be more than texts."""
    kind = str(entry.lastgroup)
    written = entry[kind]
    if kind == "block":
        return written.replace("\n  ", "\n")
    if kind == "text":
        text = written.replace("\n  ", " ")
        return text if _is_text(text) else None
    items = written.split("\n  - ")[1:] if kind == "items" else written.replace("\n ", "").split(", ")
    return [item for item in items if item] if all(map(_is_text, items)) else None


def _is_text(text: str) -> bool:
    """Whether YAML sees neither a mapping nor a comment nor a value of another type in what begins with a letter."""
    return ": " not in text and " #" not in text and not text.endswith(":") and text.lower() not in NO_TEXTS


def read_yaml(text: str, name: str) -> dict[str, Any]:
    """The header by a YAML parser. Raises `PackError`."""
    import yaml  # noqa: PLC0415  slow to import, and hardly ever needed

    from guardrun.read.compose import LOADER  # noqa: PLC0415

    try:
        header = yaml.load(text, Loader=LOADER)  # noqa: S506  LOADER is a safe loader
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        raise PackError(
            f"the rule's header is not YAML: {problem}", path=name, line=mark.line + 1 if mark else 1
        ) from error
    if not isinstance(header, dict):
        raise PackError("the rule has no header", path=name, line=1, hint="start the file with '# title: ...'")
    return header


def _require_keys(header: dict[str, Any], name: str) -> None:
    missing, unknown = set(REQUIRED) - set(header), set(header) - set(KNOWN)
    words = [f"misses {', '.join(sorted(missing))}"] if missing else []
    words += [f"has unknown {', '.join(sorted(map(str, unknown)))}"] if unknown else []
    if words:
        raise PackError(f"the rule's header {' and '.join(words)}", path=name, line=1)


def _require_choices(header: dict[str, Any], name: str) -> None:
    """Values must be among those that there are; a key that is left out gets the first."""
    for key, choices in {"severity": SEVERITIES, "profile": PROFILES, "view": VIEWS}.items():
        value = header.setdefault(key, choices[0])
        if value not in choices:
            raise PackError(f"{key} {value!r} is none of {', '.join(choices)}", path=name, line=1)


def _require_points(header: dict[str, Any], name: str) -> None:
    for point in header.get("analysis") or ():
        if str(point) not in ANALYSIS:
            raise PackError(f"analysis {point} is no point of the failure analysis", path=name, line=1)


def _require_lists(header: dict[str, Any], name: str) -> None:
    for key in LISTS:
        if not isinstance(header.get(key) or [], list):
            raise PackError(f"{key} is not a list", path=name, line=1, hint=f"write {key}: [...]")
