"""Patterns in the form that costs the engine least.

cfn-guard compiles a pattern anew at each comparison. Its fancy-regex goes step by step through what has look-arounds,
and there words need no compiling: a pattern that stands for a few words is asked for as these words. But the engine
stops at a million steps, so where texts are long the patterns stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from guardrun.pack.syntax import TOKEN

MOST_WORDS = 64
LONGEST = 5_000
"""Characters of a text up to which words may be looked for step by step."""
START, END = "\x02", "\x03"
"""In a word: where the searched text begins and ends."""
PART = re.compile(
    r"(?P<group>\((?:\?:)?)|(?P<set>\[[A-Za-z0-9_ -]+\])|(?P<anchor>[\^$])"
    r"|\\(?P<escaped>[^A-Za-z0-9])|(?P<plain>[^\\.*+?{}|()\[\]])"
)
MEANING = re.compile(r"[\\.+*?()|\[\]{}^$/]")
"""Signs that mean something in a pattern."""


class _EndlessError(Exception):
    """The pattern stands for more than a few words."""


def has_long_text(document: str) -> bool:
    """Whether a document in JSON has a text in which words are not to be looked for step by step."""
    return max(map(len, document.replace('\\"', "''").split('"'))) > LONGEST


def in_words(rules: str) -> str:
    """A rules text with those patterns as words that stand for a few."""
    return TOKEN.sub(lambda token: _in_words(token[0]) if token[0].startswith("/") else token[0], rules)


@lru_cache(maxsize=4096)
def _in_words(pattern: str) -> str:
    try:
        words, rest = _alternatives(pattern[1:-1])
    except _EndlessError:
        return pattern
    if rest or not all(map(_is_sought, words)):
        return pattern
    ends = [_plain(word) for word in words if word.endswith(END)]
    last = f"(?:{'|'.join(f'(?<={end})' for end in ends)})$"
    return (
        f"/{'|'.join([*map(_sought, [word for word in words if not word.endswith(END)]), *([last] if ends else [])])}/"
    )


def _is_sought(word: str) -> bool:
    """Whether a word is more than a place; one that is the whole text is compiled as quickly."""
    text = word.strip(START + END)
    return bool(text) and START not in text and END not in text and not (word[0] == START and word[-1] == END)


def _sought(word: str) -> str:
    # in brackets, as the engine cannot read a pattern with a slash at its end
    return f"\\G(?:{_plain(word)})" if word.startswith(START) else f"(?={_plain(word)})"


def _plain(word: str) -> str:
    return MEANING.sub(r"\\\g<0>", word.strip(START + END))


def _alternatives(pattern: str) -> tuple[list[str], str]:
    """The words of a pattern up to the end of its group, and what is behind that."""
    words, rest = _sequence(pattern)
    while rest.startswith("|"):
        more, rest = _sequence(rest[1:])
        words = [*words, *more]
    return words, rest


def _sequence(pattern: str) -> tuple[list[str], str]:
    words = [""]
    while pattern and pattern[0] not in "|)":
        found, pattern = _part(pattern)
        if pattern[:1] == "?":
            found, pattern = ["", *found], pattern[1:]
        words = _few("".join(pair) for pair in product(words, found))
    return words, pattern


def _part(pattern: str) -> tuple[list[str], str]:
    """The words of the first part of a pattern, and the rest."""
    match = PART.match(pattern)
    if not match:
        raise _EndlessError
    rest = pattern[match.end() :]
    if match["group"]:
        words, rest = _alternatives(rest)
        return words, rest[1:]
    if match["set"]:
        return _few(_members(match["set"][1:-1])), rest
    if match["anchor"]:
        return [START if match["anchor"] == "^" else END], rest
    return [match["escaped"] or match["plain"]], rest


def _members(signs: str) -> Iterable[str]:
    """The signs of a set; one with a range stands for too many."""
    if "-" in signs.strip("-"):
        raise _EndlessError
    return signs


def _few(words: Iterable[str]) -> list[str]:
    found = list(words)
    if len(found) > MOST_WORDS:
        raise _EndlessError
    return found
