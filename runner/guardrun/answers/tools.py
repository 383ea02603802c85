"""Files that a model writes by calling tools, in the forms in which providers tell of calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from guardrun.answers.patches import BEGIN, changed, patched

WITHIN = ("message", "content", "parts", "tool_calls", "function", "function_call", "functionCall")
"""Where calls are in a message, and what a call is told in."""
ARGUMENTS = ("arguments", "args", "input", "operation")
PATHS = ("path", "file_path", "filepath", "filename", "file_name", "file", "target_file", "name")
COMMANDS = ("command", "cmd", "script")
EDITS = (("old_str", "new_str"), ("old_string", "new_string"))


def with_files(text: str | None, given: Any) -> str | None:
    """A text with a code block behind it for each file that the calls in some messages leave."""
    blocks = [_block(path, content) for path, content in _files(calls(given)).items() if content]
    return "\n\n".join([text or "", *blocks]) if blocks else text


def calls(given: Any) -> Iterator[dict[str, Any]]:
    """What the tools in messages, or parts of them, are called with."""
    if isinstance(given, list):
        for one in [one for one in given if isinstance(one, dict)]:
            yield from calls(one)
    elif isinstance(given, dict):
        for arguments in [_loaded(given[key]) for key in ARGUMENTS if key in given]:
            if isinstance(arguments, dict):
                yield {name: _joined(value) if name in COMMANDS else value for name, value in arguments.items()}
        for key in WITHIN:
            yield from calls(given.get(key))


def _loaded(arguments: Any) -> Any:
    try:
        return json.loads(arguments) if isinstance(arguments, str) else arguments
    except (RecursionError, ValueError):
        return {"input": arguments}


def _joined(command: Any) -> Any:
    """A command with its arguments as one text."""
    is_list = isinstance(command, list) and all(isinstance(word, str) for word in command)
    return "\n".join(command) if is_list else command


def _files(called: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The files by path, as the last call leaves them; what is run in a shell counts as a script."""
    files: dict[str, str] = {}
    for arguments in called:
        files = _after(files, {key: text for key, text in arguments.items() if isinstance(text, str)})
    return files


def _after(files: dict[str, str], texts: dict[str, str]) -> dict[str, str]:
    """The files as a call leaves them that is given these texts."""
    path = next((texts[key] for key in PATHS if key in texts), "")
    if patch := next((text for text in texts.values() if BEGIN in text), None):
        return patched(files, patch)
    if "diff" in texts:
        return files | {path: changed(files.get(path, ""), texts["diff"])}
    if edit := next((pair for pair in EDITS if texts.keys() >= set(pair)), None):
        old, new = (texts[key] for key in edit)
        return files | {path: files[path].replace(old, new, 1)} if old and path in files else files
    if written := _written(texts):
        key, content = written
        return files | {path or (f"run{len(files)}.sh" if key in COMMANDS else f"file{len(files)}.txt"): content}
    return files


def _written(texts: dict[str, str]) -> tuple[str, str] | None:
    """The longest text of several lines, and what it is called."""
    return max(
        ((key, text) for key, text in texts.items() if "\n" in text), key=lambda pair: len(pair[1]), default=None
    )


def _block(path: str, content: str) -> str:
    """A file as a code block that has its name."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    name = " ".join(path.replace("`", "").split())
    language = PurePosixPath(name).suffix.lstrip(".") or "text"
    return f"{fence}{language} {name}\n{content.rstrip()}\n{fence}\n"
