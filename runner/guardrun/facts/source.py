"""What a template's text says beside its document: how long it is, and how much of it is comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

WORD = re.compile(r"[A-Za-z]{2,}")
SENTENCE = 4
"""Words from which on a comment says something; fewer are a heading."""


def source_facts(source: str, root: Node) -> dict[str, Any]:
    """`Bytes`, and in `Comments` the lines of comment with at least four words, scripts in the template apart."""
    texts = {line for first, last in _blocks(root) for line in range(first, last)}
    lines = [line.strip() for number, line in enumerate(source.splitlines()) if number not in texts]
    comments = [line for line in lines if line.startswith("#") and len(WORD.findall(line)) >= SENTENCE]
    return {"Bytes": len(source.encode("utf-8", "replace")), "Comments": len(comments)}


def _blocks(node: Node) -> Iterator[tuple[int, int]]:
    """The first line and the line after the last of each text that is written over lines."""
    if isinstance(node, ScalarNode):
        if node.style in {"|", ">"}:
            yield node.start_mark.line + 1, node.end_mark.line
    elif isinstance(node, MappingNode):
        for _, value in node.value:
            yield from _blocks(value)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _blocks(value)
