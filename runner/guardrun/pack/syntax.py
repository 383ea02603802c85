"""As much of the Guard language as linking needs: comments, and the statements at the top of a file."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""
    "(?:\\.|[^"\\])*"               # string
  | '(?:\\.|[^'\\])*'
  | <<.*?>>                         # message
  | /(?:\\.|[^/\\\n])*/             # pattern
  | \#[^\n]*                        # comment
    """,
    re.VERBOSE | re.DOTALL,
)
STATEMENT = re.compile(r"^(let|rule)\s+(\w+)", re.MULTILINE)


class Statement(NamedTuple):
    """A `let` or `rule` that starts in the first column of a file; `line` counts from 1."""

    kind: str
    name: str
    text: str
    line: int


def strip_comments(source: str) -> str:
    """The source without comments, its lines kept; a `#` in a string, pattern or message is no comment."""
    return TOKEN.sub(lambda token: "" if token[0].startswith("#") else token[0], source)


def statements(source: str) -> tuple[str, list[Statement]]:
    """What stands before the first statement, and the statements in order."""
    code = strip_comments(source)
    starts = list(STATEMENT.finditer(code))
    if not starts:
        return code, []
    ends = [match.start() for match in starts[1:]] + [len(code)]
    found = [
        Statement(match[1], match[2], code[match.start() : end].strip(), code.count("\n", 0, match.start()) + 1)
        for match, end in zip(starts, ends, strict=True)
    ]
    return code[: starts[0].start()], found


def closing_bracket(code: str, opening: int) -> int:
    """Where the square bracket at `opening` closes; brackets in strings, patterns and messages do not count."""
    bare = TOKEN.sub(lambda token: " " * len(token[0]), code)
    depth = 0
    for at in range(opening, len(bare)):
        depth += (bare[at] == "[") - (bare[at] == "]")
        if depth == 0:
            return at
    return len(code)
