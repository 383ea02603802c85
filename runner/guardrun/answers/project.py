"""An answer as the project around its template: its other blocks are files, its prose is the README."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrun.answers.blocks import Block
from guardrun.answers.extract import Extraction
from guardrun.workspace import File, Workspace

NAME = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w.-]*\w\.(?:[a-z]{1,4}|jsonc?|yaml|template|feature))(?![\w/-])")
"""A file's name as it stands in prose."""
COMMENT = re.compile(r"\s*(?:#|//|--|/\*|<!--)+\s*(?:file(?:name)?|path)?:?\s*(.+)", re.IGNORECASE)
TEMPLATE = re.compile(r"\.(ya?ml|json|template)$")
NAMES = {
    "bash": "run{}.sh", "javascript": "script{}.js", "js": "script{}.js", "json": "file{}.json",
    "markdown": "docs/page{}.md", "md": "docs/page{}.md", "py": "script{}.py", "python": "script{}.py",
    "sh": "run{}.sh", "shell": "run{}.sh", "ts": "script{}.ts", "typescript": "script{}.ts",
    "yaml": "file{}.yaml", "yml": "file{}.yaml",
}  # fmt: skip
"""What to call a block without a name, by its language."""
TEST = re.compile(
    r"^\s*(import pytest|from unittest|import unittest|(async )?def test_|class Test\w*[(:]|(describe|it|test)\()",
    re.MULTILINE,
)
README_WORDS = 40
"""Different words from which on prose explains a template; fewer are a greeting."""
WORD = re.compile(r"[A-Za-z]{3,}")


def project_of(found: Extraction) -> tuple[Workspace, str]:
    """The files that an answer consists of, and the path of its template among them."""
    files = [File(_name(block, number), block.text) for number, block in enumerate(found.blocks, start=1)]
    own = _template_name(found, files)
    taken = {own: File(own, found.chosen.text if found.chosen else "")}
    for file in files:
        taken.setdefault(file.path, file)
    if len({word.lower() for word in WORD.findall(found.prose)}) >= README_WORDS:
        taken.setdefault("README.md", File("README.md", found.prose))
    return Workspace(tuple(sorted(taken.values(), key=lambda file: file.path)), versioned=False), own


def _template_name(found: Extraction, files: list[File]) -> str:
    """What the answer calls the template: by its own name, else by one that is no other block's."""
    if found.chosen and (named := _said(found.chosen)):
        return named
    others = {file.path for file in files}
    texts = [*(file.text for file in files if TEST.search(file.text)), found.prose]
    mentioned = (match[1] for text in texts for match in NAME.finditer(text))
    return next((name for name in mentioned if TEMPLATE.search(name) and name not in others), "template.yaml")


def _name(block: Block, number: int) -> str:
    """The path that the answer gives a block, or one that its language and content suggest."""
    if named := _said(block):
        return named
    made = NAMES.get(block.language, "block{}.txt").format(number)
    return f"tests/test_{made}" if TEST.search(block.text) else made


def _said(block: Block) -> str | None:
    """The name that stands in the info string, in a comment on the first line, or in the line before."""
    return next((match[1].strip("./") for text in _places(block) if (match := NAME.search(text))), None)


def _places(block: Block) -> Iterator[str]:
    yield block.info
    first = block.text.lstrip().partition("\n")[0]
    if comment := COMMENT.fullmatch(first):
        yield comment[1]
    if len(block.said) <= 120:  # noqa: PLR2004  a caption, not a paragraph
        yield block.said
