"""What a rule file of any layout defines: its rules, wherever they start, and its file-level `let`s."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrun.pack.syntax import TOKEN

BRACKETS = {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}
EVENT = re.compile(r"[{}\[\]()]|(?<![.%\w])(?P<kind>rule|let)\s+(?P<name>\w+)")
WORD = re.compile(r"\S")
CONTINUES = re.compile(r"\s*[.\[]")


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule of a file: `when` is its condition, `text` all of it; one with parameters gives no result of its own."""

    name: str
    line: int
    takes_parameters: bool
    when: str
    text: str

    @property
    def messages(self) -> list[str]:
        """Its messages, each once."""
        return list(dict.fromkeys(token[0][2:-2] for token in TOKEN.finditer(self.text) if token[0][:2] == "<<"))


@dataclass(frozen=True, slots=True)
class Scan:
    """The rules of a file in order, its `let`s as name and value, and the line of the first clause in no rule."""

    rules: tuple[Definition, ...]
    lets: tuple[tuple[str, str], ...]
    clauses: int | None


def scan(source: str) -> Scan:
    """What a file defines; comments are left out of everything."""
    code = TOKEN.sub(lambda token: _blank(token[0]) if token[0][0] == "#" else token[0], source)
    bare = TOKEN.sub(lambda token: _blank(token[0]), source)
    starts = _starts(bare)
    ends = [*(start for _, _, start in starts[1:]), len(code)] if starts else []
    rules, lets, loose = [], [], [(0, starts[0][2] if starts else len(code))]
    for (kind, name, start), end in zip(starts, ends, strict=True):
        if kind == "rule":
            stop = _closing(bare, start, end)
            rules.append(_definition(name, code[start:stop], bare[start:stop], source.count("\n", 0, start) + 1))
        elif (equals := bare.find("=", start, end)) < 0:
            stop = start  # no value: a clause for the engine to refuse
        else:
            stop = _end_of_value(code, bare, (start, equals), end)
            lets.append((name, code[start:stop].partition("=")[2].strip()))
        loose.append((stop, end))
    at = next((found.start() for span in loose if (found := WORD.search(code, *span))), None)
    return Scan(tuple(rules), tuple(lets), None if at is None else code.count("\n", 0, at) + 1)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _starts(bare: str) -> list[tuple[str, str, int]]:
    """Kind, name and position of every statement that is in no bracket."""
    depth, found = 0, []
    for event in EVENT.finditer(bare):
        if event["kind"] is None:
            depth += BRACKETS[event[0]]
        elif depth == 0:
            found.append((event["kind"], event["name"], event.start()))
    return found


def _closing(bare: str, start: int, end: int) -> int:
    """Where the block of the rule at `start` ends."""
    depth, opened = 0, False
    for at in range(start, end):
        depth += BRACKETS.get(bare[at], 0)
        opened = opened or bare[at] == "{"
        if opened and depth == 0:
            return at + 1
    return end


def _end_of_value(code: str, bare: str, let: tuple[int, int], end: int) -> int:
    """Where the value of a `let` ends, of which the start and the `=` are given.

    That is at a line's end outside of brackets, if the next goes not on.
    """
    start, equals = let
    depth = 0
    for at in range(equals, end):
        depth += BRACKETS.get(bare[at], 0)
        ended = bare[at] == "\n" and depth == 0 and code[start:at].rstrip()[-1] not in "=."
        if ended and not CONTINUES.match(bare, at, end):
            return at
    return end


def _definition(name: str, text: str, bare: str, line: int) -> Definition:
    head = re.match(r"rule\s+\w+\s*(\()?", bare)
    opening = _opening(bare)
    when = re.compile(r"\bwhen\b").search(bare, 0, opening)
    condition = text[when.end() : opening] if when else ""
    return Definition(name, line, bool(head and head[1]), condition, text)


def _opening(bare: str) -> int:
    """Where the block of a rule begins: the first brace in no other bracket."""
    depth = 0
    for at, sign in enumerate(bare):
        if sign == "{" and depth == 0:
            return at
        depth += BRACKETS.get(sign, 0)
    return len(bare)
