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
COMMENT_LINES = re.compile(r"(?:#.*\n?)*")
STATEMENT = re.compile(r"^(let|rule)\s+(\w+)", re.MULTILINE)


class Statement(NamedTuple):
    """A `let` or `rule` that starts in the first column of a file."""

    kind: str
    name: str
    text: str


def split_header(source: str) -> tuple[str, str]:
    """The text of the comments at the top, and what follows them."""
    comments = COMMENT_LINES.match(source)
    end = comments.end() if comments else 0
    lines = [line[1:].removeprefix(" ") for line in source[:end].split("\n")]
    return "\n".join(lines), source[end:]


def strip_comments(source: str) -> str:
    """The source without comments, its lines kept; a `#` in a string, pattern or message is no comment."""
    if "#" not in source:
        return source
    return TOKEN.sub(lambda token: "" if token[0].startswith("#") else token[0], source)


def statements(source: str) -> tuple[str, list[Statement]]:
    """What stands before the first statement, and the statements in order."""
    code = strip_comments(source)
    starts = list(STATEMENT.finditer(code))
    if not starts:
        return code, []
    ends = [match.start() for match in starts[1:]] + [len(code)]
    found = [
        Statement(match[1], match[2], code[match.start() : end].strip())
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
