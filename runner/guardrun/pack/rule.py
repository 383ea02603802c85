"""One rule: a file with its documentation as a header, its `let` statements and its block."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guardrun.errors import PackError
from guardrun.model import CATEGORIES, RuleInfo
from guardrun.pack.header import read_header
from guardrun.pack.syntax import split_header, statements


@dataclass(frozen=True, slots=True)
class Rule(RuleInfo):
    """A rule of the pack with its text: `lets` are its file-level statements by name, `body` its block.

    `shown` is the file's name for people.
    """

    path: Path
    shown: str
    lets: dict[str, str]
    body: str

    @property
    def text(self) -> str:
        """The rule as the engine sees it."""
        return "\n".join([*self.lets.values(), self.body])


def load_rule(path: Path, name: str) -> Rule:
    """Read a rule file; `name` is what errors call it. Raises `PackError`."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"cannot read the rule: {error}", path=name) from error
    text, code = split_header(source)
    header = read_header(text, name)
    preamble, found = statements(code)
    rules = [statement for statement in found if statement.kind == "rule"]
    if preamble.strip() or len(rules) != 1:
        raise PackError("a rule file holds `let` statements and one rule, each from the first column", path=name)
    lets = {statement.name: statement.text for statement in found if statement.kind == "let"}
    category = _category(path, name)
    return Rule(id=rules[0].name, path=path, shown=name, lets=lets, body=rules[0].text, category=category, **header)


def _category(path: Path, name: str) -> str:
    if path.parent.name not in CATEGORIES:
        raise PackError(
            f"{path.parent.name!r} is no category", path=name, hint=f"the folders are: {', '.join(CATEGORIES)}"
        )
    return path.parent.name
