"""One rule: a file with its documentation as a header, its `let` statements and its block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guardrun.errors import PackError
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES
from guardrun.pack.syntax import statements
from guardrun.read.compose import LOADER

VIEWS = ("resolved", "source")
REQUIRED = ("title", "severity", "profile", "resources", "why", "fix")
OPTIONAL = ("view", "controls", "references", "as_of")
HEADER_LINE = re.compile(r"# ?(.*)")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the pack.

    `resources` are the types that it selects, empty for a rule on the template as a whole. `lets` are its file-level
    statements by name, `body` its block. `as_of` dates knowledge that ages. `shown` is the file's name for people.
    """

    id: str
    category: str
    title: str
    severity: str
    profile: str
    resources: tuple[str, ...]
    view: str
    controls: tuple[str, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    as_of: str | None
    path: Path
    shown: str
    lets: dict[str, str]
    body: str

    @property
    def text(self) -> str:
        """The rule as the engine sees it."""
        return "\n".join([*self.lets.values(), self.body])

    @property
    def fix_line(self) -> str:
        """The first sentence or sentences of the fix, without its example."""
        return " ".join(self.fix.partition("\n\n")[0].split())


def load_rule(path: Path, name: str) -> Rule:
    """Read a rule file; `name` is what errors call it. Raises `PackError`."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"cannot read the rule: {error}", path=name) from error
    header = _header(source, name)
    preamble, found = statements(source)
    rules = [statement for statement in found if statement.kind == "rule"]
    if preamble.strip() or len(rules) != 1:
        raise PackError("a rule file holds `let` statements and one rule, each from the first column", path=name)
    lets = {statement.name: statement.text for statement in found if statement.kind == "let"}
    category = _category(path, name)
    return Rule(id=rules[0].name, path=path, shown=name, lets=lets, body=rules[0].text, category=category, **header)


def _header(source: str, name: str) -> dict[str, Any]:
    lines = []
    for line in source.splitlines():
        match = HEADER_LINE.fullmatch(line)
        if not match:
            break
        lines.append(match[1])
    try:
        header = yaml.load("\n".join(lines), Loader=LOADER)  # noqa: S506  LOADER is a safe loader
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"the rule's header is not YAML: {error.problem}", path=name, line=at) from error
    if not isinstance(header, dict):
        raise PackError("the rule has no header", path=name, line=1, hint="start the file with '# title: ...'")
    return _checked(header, name)


def _checked(header: dict[str, Any], name: str) -> dict[str, Any]:
    missing, unknown = set(REQUIRED) - set(header), set(header) - {*REQUIRED, *OPTIONAL}
    if missing or unknown:
        words = [f"misses {', '.join(sorted(missing))}"] if missing else []
        words += [f"has unknown {', '.join(sorted(unknown))}"] if unknown else []
        raise PackError(f"the rule's header {' and '.join(words)}", path=name, line=1)
    for key, choices in {"severity": SEVERITIES, "profile": PROFILES, "view": VIEWS}.items():
        value = header.setdefault(key, choices[0])
        if value not in choices:
            raise PackError(f"{key} {value!r} is none of {', '.join(choices)}", path=name, line=1)
    return {
        **{key: str(header[key]).strip() for key in ("title", "severity", "profile", "view", "why", "fix")},
        **{key: tuple(header.get(key) or ()) for key in ("resources", "controls", "references")},
        "as_of": str(header["as_of"]) if "as_of" in header else None,
    }


def _category(path: Path, name: str) -> str:
    if path.parent.name not in CATEGORIES:
        raise PackError(
            f"{path.parent.name!r} is no category", path=name, hint=f"the folders are: {', '.join(CATEGORIES)}"
        )
    return path.parent.name
