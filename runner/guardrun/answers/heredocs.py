"""Files that a shell block of an answer writes itself, as in `cat > template.yaml <<'EOF'`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from guardrun.answers.blocks import Block, lines_of

SHELLS = {"", "bash", "console", "sh", "shell", "zsh"}
OPENING = re.compile(r"<<-?[ \t]*(?P<quote>['\"]?)(?P<mark>\w+)(?P=quote)")
FILE = re.compile(r"(?:>|\btee(?:[ \t]+-a)?)[ \t]*['\"]?(?P<path>[\w./-]+\.\w+)")


def files_and_script(block: Block) -> list[Block]:
    """The files that a shell block writes under names, each as a block, and then the rest of it; else nothing."""
    lines = lines_of(block.text) if block.language in SHELLS else []
    found, script, at = [], [], 0
    while at < len(lines):
        line, at = lines[at], at + 1
        script.append(line)
        opening, file = OPENING.search(line), FILE.search(line)
        if opening and file:
            ends = (number for number in range(at, len(lines)) if lines[number].strip() == opening["mark"])
            end = next(ends, len(lines))
            closed = end < len(lines) or block.closed
            text = _written("".join(lines[at:end]), quoted=bool(opening["quote"]))
            found.append(Block(PurePosixPath(file["path"]).suffix[1:], file["path"], text, block.line + at, closed))
            at = end + 1
    return [*found, replace(block, language=block.language or "sh", text="".join(script))] if found else []


def _written(text: str, *, quoted: bool) -> str:
    """What the shell writes: without quotes around the mark, a backslash keeps the next sign as it is."""
    return text if quoted else re.sub(r"\\([$`\\])", r"\1", text)
