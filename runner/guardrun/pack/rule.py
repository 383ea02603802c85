"""One rule: a file with its documentation as a header, its `let` statements and its block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from guardrun.errors import PackError
from guardrun.model import CATEGORIES, RuleInfo
from guardrun.pack.header import read_header
from guardrun.pack.reads import reads
from guardrun.pack.syntax import split_header, statements

OWN_HEADER = re.compile(r"^(title|severity|profile|resources|why|fix):", re.MULTILINE)
OWN_KEYS = 2
"""A file whose first comments have so many keys of our header is meant to be one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(RuleInfo):
    """A rule of the pack with its text: `lets` are its file-level statements by name, `body` its block.

    `shown` is the file's name for people, `line` where the rule begins. A foreign rule has the text of its whole file
    as its body; `message` tells of its clauses that have no message of their own. `names` and `places` are what it
    reads of resources; without places, it may read everything.
    """

    path: Path
    shown: str
    lets: dict[str, str]
    body: str
    line: int = 1
    foreign: bool = False
    message: str = ""
    names: tuple[str, ...] = ()
    places: tuple[int, ...] | None = None

    @property
    def text(self) -> str:
        """The rule as the engine sees it."""
        return "\n".join([*self.lets.values(), self.body])


def read_text(path: Path, name: str) -> str:
    """The text of a rule file without a byte order mark. Raises `PackError`."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"cannot read the rules: byte 0x{data[error.start]:02x} is not UTF-8"
        raise PackError(message, path=name, line=line, hint="save the file as UTF-8 text") from error
    except OSError as error:
        raise PackError(f"cannot read the rules: {error.strerror}", path=name) from error


def is_own(source: str) -> bool:
    """Whether a file has our header, or was meant to have it."""
    return source.startswith("#") and len(set(OWN_HEADER.findall(split_header(source)[0]))) >= OWN_KEYS


def load_rule(path: Path, name: str, origin: str = "guardrun", source: str | None = None) -> Rule:
    """Read a rule file; `name` is what errors call it, `source` its text if it is known. Raises `PackError`."""
    source = (read_text(path, name) if source is None else source).replace("\r\n", "\n")
    text, code = split_header(source)
    header = read_header(text, name)
    preamble, found = statements(code)
    rules = [statement for statement in found if statement.kind == "rule"]
    if preamble.strip() or len(rules) != 1:
        raise PackError("a rule file holds `let` statements and one rule, each from the first column", path=name)
    lets = {statement.name: statement.text for statement in found if statement.kind == "let"}
    read = reads("\n".join([*lets.values(), rules[0].text]))
    begins = re.search(rf"^rule\s+{rules[0].name}\b", source, re.MULTILINE)
    return Rule(
        id=rules[0].name,
        path=path,
        shown=name,
        lets=lets,
        body=rules[0].text,
        line=source.count("\n", 0, begins.start()) + 1 if begins else 1,
        category=_category(path, name),
        origin=origin,
        names=tuple(sorted(read.names)) if read else (),
        places=read.places if read else None,
        **header,
    )


def _category(path: Path, name: str) -> str:
    if path.parent.name not in CATEGORIES:
        raise PackError(
            f"{path.parent.name!r} is no category", path=name, hint=f"the folders are: {', '.join(CATEGORIES)}"
        )
    return path.parent.name
