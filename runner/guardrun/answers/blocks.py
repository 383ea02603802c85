"""The code blocks of a Markdown text as models write it, and the prose between them.

Models leave fences open, nest fences of one length and indent them at will, where CommonMark would end a block too
early or read the rest of the answer as code. So this reader goes by what is meant: only a Markdown block has blocks
within, and an opening fence inside any other block ends that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FENCE = re.compile(
    r"(?P<before>(?:[ \t]|>)*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)?)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>(?:[^`\s][^`\n]*)?)"
)
GLUED = re.compile(r"([ \t]*[}\])]+)(`{3,}|~{3,})[ \t]*")
"""A fence right behind the last bracket of a block."""
MARKDOWN = {"markdown", "md"}
SLACK = 3
"""How much deeper than its opening a closing fence may be indented."""

DEEPEST = 8
"""Blocks within blocks that are told apart."""


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: the first word of its info string in lower case, the rest of that string, and its text.

    `line` is where the text begins, counting from 1; columns are those of the answer. `closed` is False when the
    answer ends before it does. `said` is the last line before it that says anything. A block that is not `fenced`
    stood in the prose.
    """

    language: str
    info: str
    text: str
    line: int
    closed: bool = True
    said: str = ""
    fenced: bool = True

    @property
    def end_line(self) -> int:
        """The last line of its text."""
        return self.line + max(self.text.count("\n") - self.text.endswith("\n"), 0)


@dataclass(slots=True)
class _Open:
    fence: str
    indent: int
    info: str
    first: int
    said: str
    quoted: bool
    lines: list[str] = field(default_factory=list)

    @property
    def language(self) -> str:
        return re.split(r"[\s:{,=]", self.info.lower(), maxsplit=1)[0].lstrip(".")

    @property
    def language_is_markdown(self) -> bool:
        return self.language in MARKDOWN

    def closes(self, match: re.Match[str]) -> bool:
        """Whether a fence is this block's own end."""
        return not match["info"] and self._fits(match)

    def ends_before(self, match: re.Match[str]) -> bool:
        """Whether this block is over at a fence; one with a language is of the next block."""
        return self._fits(match) and not (match["info"] and self.language_is_markdown)

    def _fits(self, match: re.Match[str]) -> bool:
        """Whether a fence is of the kind that is looked for: another kind, a shorter or deeper one is text."""
        fence, deeper = match["fence"], _width(match["before"]) - self.indent
        return fence[0] == self.fence[0] and len(fence) >= len(self.fence) and deeper <= SLACK

    def block(self, *, closed: bool) -> Block:
        rest = self.info[len(self.language) :].strip()
        return Block(self.language, rest, "".join(self.lines), self.first, closed, self.said)


def blocks_and_prose(text: str) -> tuple[list[Block], str]:
    """The fenced blocks, inner ones before their outer one, and the text with empty lines in their place."""
    reader = _Reader()
    prose = [reader.read(number, line) for number, line in enumerate(lines_of(text), start=1)]
    while reader.stack:
        reader.end(closed=False)
    return reader.blocks, "".join(prose)


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends; as in editors, nothing but a line feed ends one."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


class _Reader:
    """Reads a text line by line: `stack` has the blocks that are open, `blocks` those that are not any more."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.stack: list[_Open] = []
        self.said = ""

    def read(self, number: int, line: str) -> str:
        """Take a line; what of it is prose."""
        may_fence = "```" in line or "~~~" in line
        match = FENCE.fullmatch(line.rstrip()) if may_fence else None
        inner = self.stack[-1] if self.stack else None
        if match:
            self.fence(match, number, line)
        elif may_fence and inner and (glued := GLUED.fullmatch(line.rstrip("\r\n"))) and inner.fence == glued[2]:
            self.add(glued[1] + "\n")
            self.end(closed=True)
        elif inner:
            self.add(line)
        self.said = line.strip() if line.strip() and not match else self.said
        return "\n" if match or inner else line

    def fence(self, match: re.Match[str], number: int, line: str) -> None:
        """Take a line that is a fence: the end of the innermost block, the beginning of another one, or text."""
        inner = self.stack[-1] if self.stack else None
        opens = inner is None or (inner.language_is_markdown and len(self.stack) < DEEPEST)
        if inner and inner.ends_before(match):
            self.end(closed=True)
            opens = not inner.closes(match)
        self.add(line)
        if opens:
            self.stack.append(_opened(match, number + 1, self.said))

    def add(self, line: str) -> None:
        """Put a line into all open blocks."""
        for one in self.stack:
            one.lines.append(_unquoted(line, one))

    def end(self, *, closed: bool) -> None:
        """End the innermost block."""
        self.blocks.append(self.stack.pop().block(closed=closed))


def _opened(match: re.Match[str], first: int, said: str) -> _Open:
    before = match["before"]
    return _Open(match["fence"], _width(before), match["info"], first, said, ">" in before)


def _width(before: str) -> int:
    return len(before.expandtabs(4))


def _unquoted(line: str, block: _Open) -> str:
    """The line with blanks in place of the marks of a quotation around the block."""
    marks = re.match(r"[ \t]*(>[ \t]?)+", line) if block.quoted else None
    return " " * len(marks[0]) + line[marks.end() :] if marks else line
