"""The tokens of a rule's text, one by one, and what is known of its queries so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

TOKEN = re.compile(
    r"""\s+|<<.*?>>
    |(?P<token>/(?:\\.|[^/\\\n])*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'
        |r[(\[][^)\]]*[)\]]|-?\d+(?:\.\d+)?\b|%?\w+|::|[!<>=]=|.)""",
    re.VERBOSE | re.DOTALL,
)
LITERAL = re.compile(r"""[/"'\d-]|r[(\[]|(?i:true|false|null)$""")
QUOTES = frozenset("'\"")


class Kind(Enum):
    """What a query leads to: what a name is looked up in."""

    TEMPLATE = auto()
    RESOURCES = auto()
    RESOURCE = auto()
    PROPERTIES = auto()
    FACTS = auto()
    NAMES = auto()
    """Texts that the rule itself lists."""
    OTHER = auto()
    """All else; what a name leads to is there with everything below."""


class UnknownReadError(Exception):
    """The text may read what it does not name."""


@dataclass(slots=True)
class Reader:
    """A text's tokens with their positions, and what was found in it so far; `texts` are those of variables."""

    tokens: list[tuple[str, int]]
    position: int = 0
    variables: dict[str, Kind] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)

    def after(self, count: int) -> str:
        """The next token but so many, '' at the end."""
        at = self.position + count
        return self.tokens[at][0] if at < len(self.tokens) else ""

    @property
    def next(self) -> str:
        """The next token, '' at the end."""
        return self.after(0)

    @property
    def is_literal(self) -> bool:
        """Whether a literal is next, and not a quoted name that a query begins with."""
        return bool(LITERAL.match(self.next)) and self.after(1) not in {".", "["}

    def take(self, *expected: str) -> str:
        """Move on over the next token, which is one of these if any are given."""
        token = self.next
        if not token or (expected and token not in expected):
            raise UnknownReadError
        self.position += 1
        return token

    def skip(self, *tokens: str) -> bool:
        """Move on over the next token if it is one of these."""
        found = self.next in tokens
        self.position += found
        return found


def reader_of(text: str) -> Reader:
    """A reader at the start of a text."""
    return Reader([(match["token"], match.start()) for match in TOKEN.finditer(text) if match["token"]])
