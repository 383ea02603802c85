"""Patches in the form that models write for `apply_patch`: files that are added, updated, moved or deleted.

The form is described in OpenAI's guide to the tool: a line such as `*** Update File: stack.yaml` names a file; below
it stand parts of it between lines that begin with `@@`, each line behind a sign: a space as it was, `-` taken away,
`+` new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

BEGIN = "*** Begin Patch"
FILE = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$", re.MULTILINE)
MOVED = re.compile(r"^\*\*\* Move to: (.+)$", re.MULTILINE)
PART = re.compile(r"^@@(.*)$", re.MULTILINE)


def patched(files: Mapping[str, str], patch: str) -> dict[str, str]:
    """The files, by path, as a patch leaves them; a part that does not fit its file changes nothing."""
    left = dict(files)
    parts = FILE.split(patch)[1:]
    for kind, path, diff in zip(parts[::3], map(str.strip, parts[1::3]), parts[2::3], strict=True):
        before = left.pop(path, "" if kind == "Add" else None)
        moved = MOVED.search(diff)
        if kind != "Delete" and before is not None:
            left[moved[1].strip() if moved else path] = changed(before, diff)
    return left


def changed(text: str, diff: str) -> str:
    """A text as the parts of a diff leave it."""
    text = f"\n{text}"
    _, *parts = PART.split(f"@@\n{diff}")
    for behind, part in zip(parts[::2], parts[1::2], strict=True):
        lines = [line or " " for line in part.strip("\n").split("\n") if line[:1] in {"", " ", "+", "-"}]
        old = "".join(f"\n{line[1:]}" for line in lines if line[0] != "+")
        new = "".join(f"\n{line[1:]}" for line in lines if line[0] != "-")
        if not old.strip():
            text = text.rstrip("\n") + new.rstrip() + "\n"
            continue
        at = text.find(f"{old}\n", max(text.find(behind.strip()), 0))
        text = text if at < 0 else text[:at] + new + text[at + len(old) :]
    return text[1:]
