"""Which part of an answer is the template, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from guardrun.answers.answer import Answer
from guardrun.answers.blocks import Block, blocks_and_prose, lines_of
from guardrun.answers.heredocs import files_and_script
from guardrun.answers.raw import raw_template
from guardrun.errors import TemplateError
from guardrun.model import Problem
from guardrun.read import Template, parse_template

STATUSES = ("found", "none", "truncated", "not-cloudformation", "unparseable")
"""A template; no code that could be one; one that ends too early; code of another kind; one that cannot be read."""

VERSION = re.compile(r"^[ \t]*(?:\{[ \t]*)?[\"']?AWSTemplateFormatVersion[\"']?[ \t]*:", re.MULTILINE)
RESOURCES = re.compile(r"(?:^[ \t]*(?:\{[ \t]*)?|,[ \t]*(?=\"))[\"']?Resources[\"']?[ \t]*:", re.MULTILINE)
OUTPUTS = re.compile(r"^[ \t]*Outputs[ \t]*:", re.MULTILINE)
TYPE = re.compile(
    r"[\"']?Type[\"']?[ \t]*:[ \t]*[\"']?(AWS|Custom|Alexa|[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64}):?:[A-Za-z]"
)
DATA = {"aws", "cfn", "cloudformation", "json", "json5", "jsonc", "template", "yaml", "yml"}
"""What models call a block that should hold a template."""
CODE = {
    "bicep", "c#", "cs", "csharp", "go", "hcl", "java", "javascript", "js", "jsx", "kotlin", "py", "python", "rb",
    "ruby", "rust", "terraform", "tf", "toml", "ts", "tsx", "typescript", "xml",
}  # fmt: skip
"""What infrastructure may be written in besides."""
OTHERS = {
    "bash",
    "console",
    "diff",
    "dockerfile",
    "markdown",
    "md",
    "mermaid",
    "powershell",
    "sh",
    "shell",
    "sql",
    "zsh",
}
"""What no template is written in, even where it shows parts of one."""
SEVERAL = 2
DOCUMENT = re.compile(r"^---[ \t]*\r?\n", re.MULTILINE)
REASONING = re.compile(r"^[ \t]*<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.MULTILINE)
"""What a model thinks aloud, drafts and all, before it answers."""
REST_OF_REASONING = re.compile(r"\A.*?</(think|thinking|reasoning)>[ \t]*$", re.DOTALL | re.MULTILINE)
"""The same where the prompt has the tag that opens it."""
CUT = re.compile(
    r"ends too early|while scanning a (quoted|double-quoted|single-quoted)|found unexpected end of stream|<stream end>"
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The template of an answer, or why there is none.

    `chosen` is the block that is judged, None when there is none to judge, `fences` the number of code blocks,
    `candidates` how many of them look like templates. `blocks` are all others, `prose` the text outside of them with
    the lines of the answer. `template` has the lines of the answer, `problem` says at which of them reading failed.
    """

    status: str
    fences: int
    candidates: int
    chosen: Block | None = None
    blocks: tuple[Block, ...] = ()
    prose: str = ""
    template: Template | None = None
    problem: Problem | None = None


def extract(answer: Answer) -> Extraction:
    """The answer's largest block that looks like a CloudFormation template."""
    blocks, prose, candidates = _candidates(answer.text)
    chosen = max(candidates, key=lambda block: len(block.text), default=None)
    return _extraction(answer, blocks, prose, candidates, chosen)


def extract_all(answer: Answer) -> Iterator[Extraction]:
    """Each block that looks like a template, in order; one extraction that says why when there is none."""
    blocks, prose, candidates = _candidates(answer.text)
    chosen: list[Block | None] = [*sorted(candidates, key=lambda block: block.line)] or [None]
    for one in chosen:
        yield _extraction(answer, blocks, prose, candidates, one)


def _candidates(text: str) -> tuple[list[Block], str, list[Block]]:
    """All blocks, the prose, and the blocks that look like templates, at the best those with a Resources section."""
    blocks, prose = blocks_and_prose(_without_reasoning(text))
    blocks = [part for block in blocks for part in files_and_script(block) or _documents(block)]
    likely = [block for block in blocks if block.language not in CODE | OTHERS]
    for looks in (_is_like_template, _is_like_fragment):
        if candidates := [block for block in likely if looks(block.text)]:
            return blocks, prose, candidates
        if looks is _is_like_template and (raw := raw_template(prose)):
            return [*blocks, raw], _without(prose, raw), [raw]
    return blocks, prose, []


def _without_reasoning(text: str) -> str:
    """The text with empty lines in place of what was thought aloud."""
    for thoughts in (REASONING, REST_OF_REASONING):
        text = thoughts.sub(lambda thought: "\n" * thought[0].count("\n"), text)
    return text


def _documents(block: Block) -> list[Block]:
    """The templates of a block that holds several YAML documents, else the block."""
    starts = [0, *(match.end() for match in DOCUMENT.finditer(block.text)), len(block.text)]
    parts = [block.text[start:end] for start, end in pairwise(starts)]
    if block.language in CODE | OTHERS or sum(map(_is_like_template, parts)) < SEVERAL:
        return [block]
    lines = [block.line + block.text.count("\n", 0, start) for start in starts]
    ends = [DOCUMENT.sub("", part) for part in parts[:-1]] + parts[-1:]
    found = [replace(block, text=text, line=line) for text, line in zip(ends, lines, strict=False) if text.strip()]
    return [*(replace(one, closed=True) for one in found[:-1]), found[-1]]


def _is_like_template(text: str) -> bool:
    return bool(VERSION.search(text) or (RESOURCES.search(text) and TYPE.search(text)))


def _is_like_fragment(text: str) -> bool:
    """Whether a text has resources, if not a whole template of them."""
    return bool(TYPE.search(text))


def _without(prose: str, raw: Block) -> str:
    lines = lines_of(prose)
    lines[raw.line - 1 : raw.end_line] = ["\n"] * (raw.end_line - raw.line + 1)
    return "".join(lines)


def _extraction(
    answer: Answer, blocks: list[Block], prose: str, candidates: list[Block], chosen: Block | None
) -> Extraction:
    others = tuple(block for block in blocks if block is not chosen)
    found = Extraction("found", len(blocks), len(candidates), chosen, others, prose)
    if chosen is None:
        code = any(block.language in CODE | DATA for block in blocks)
        return replace(found, status="not-cloudformation" if code else "none")
    try:
        # Empty lines before it give every node of the template its line in the answer.
        template = parse_template(("\n" * (chosen.line - 1) + chosen.text).encode("utf-8", "replace"), answer.id)
    except TemplateError as error:
        return replace(found, status=_failure(answer, chosen, error), problem=error.as_problem())
    if answer.cut_off or (not chosen.closed and _breaks_off(chosen)):
        told = Problem("the template ends too early", answer.id, chosen.end_line)
        return replace(found, status="truncated", problem=told)
    return replace(found, template=template)


def _failure(answer: Answer, block: Block, error: TemplateError) -> str:
    """What to call a block that could not be read."""
    if not block.closed or answer.cut_off:
        last = error.line is None or error.line >= block.end_line - 1
        if answer.cut_off or last or CUT.search(f"{error.message} {error.hint}"):
            return "truncated"
    if not block.closed and error.hint and "ends too early" in error.hint:
        return "truncated"
    if not block.closed and VERSION.search(block.text) and not RESOURCES.search(block.text):
        return "truncated"
    return "not-cloudformation" if error.hint and "is this a CloudFormation" in error.hint else "unparseable"


def _breaks_off(block: Block) -> bool:
    """Whether an open block that can be read ends in the middle of an entry; JSON that can be read is whole.

    YAML can nearly always be read. What got as far as its outputs, or ends with a quote or a bracket, counts as whole.
    """
    text = block.text
    if text.lstrip().startswith("{"):
        return False
    last = text.rstrip().rpartition("\n")[2].rstrip()
    if last.endswith((":", "-")):
        return True
    whole = last.endswith(("'", '"', "]", "}", ")")) or bool(OUTPUTS.search(text))
    opens = last.endswith((",", "[", "{", "(", "!Sub", "!Ref", "!GetAtt"))
    return not text.endswith("\n") and (opens or (block.fenced and not whole))
