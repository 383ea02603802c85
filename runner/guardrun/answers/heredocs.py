"""Files that a shell block of an answer writes itself, as in `cat > template.yaml <<'EOF'`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from guardrun.answers.blocks import Block, lines_of

SHELLS = {"", "bash", "console", "sh", "shell", "zsh"}
OPENING = re.compile(r"<<-?[ \t]*(?P<quote>['\"]?)(?P<mark>\w+)(?P=quote)")
FILE = re.compile(r"(?:>|\btee(?:[ \t]+-a)?)[ \t]*['\"]?(?P<path>[\w./-]+\.\w+)")


def here_documents(block: Block) -> Iterator[Block]:
    """The texts that a shell block writes into files that it names, each as a block of its own."""
    lines = lines_of(block.text) if block.language in SHELLS else []
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        opening, file = OPENING.search(line), FILE.search(line)
        if opening and file:
            ends = (number for number in range(at, len(lines)) if lines[number].strip() == opening["mark"])
            end = next(ends, len(lines))
            text = "".join(lines[at:end])
            text = text if opening["quote"] else re.sub(r"\\([$`\\])", r"\1", text)
            suffix = PurePosixPath(file["path"]).suffix.lstrip(".")
            yield Block(suffix, file["path"], text, block.line + at, closed=end < len(lines) or block.closed)
            at = end + 1
