"""Templates that stand in an answer without a fence, perhaps with prose before and after."""

from __future__ import annotations

import json
import re

from guardrun.answers.blocks import Block

SECTION = (
    r"(AWSTemplateFormatVersion|Description|Metadata|Parameters|Mappings|Conditions|Rules|Transform|Globals|Resources"
    r"|Outputs)"
)
IN_LINE = {"AWSTemplateFormatVersion", "Description", "Transform"}
"""Sections whose content may begin behind the colon; behind the others that is prose."""
YAML_START = re.compile(rf"(?m)^(?P<indent>[ \t]*)(?:---[ \t]*\n[ \t]*)?['\"]?{SECTION}['\"]?[ \t]*:(?=\s|$)")
ALONE = re.compile(r"[ \t]*(?:[{&#\r\n]|\Z)")
"""What may stand behind the colon of a section that is a mapping."""
JSON_START = re.compile(rf"(?m)^[ \t]*\{{\s*\"{SECTION}\"\s*:")


def raw_template(text: str) -> Block | None:
    """The part of a text without fences that is a template, from its first section to the end of its last."""
    if start := JSON_START.search(text):
        return _block(text, start.start(), _json_end(text, start.start()), "json")
    starts = [start for start in YAML_START.finditer(text) if start[2] in IN_LINE or ALONE.match(text, start.end())]
    if not starts or not any(start[2] == "Resources" for start in starts):
        return None
    sections = _around_resources(starts)
    first = sections[0]
    end = _section_end(text, sections[-1].end(), len(first["indent"]))
    return _block(text, first.start(), end, "yaml")


def _around_resources(starts: list[re.Match[str]]) -> list[re.Match[str]]:
    """The sections of one template: those next to its resources up to the first that is there twice."""
    resources = next(start for start in starts if start[2] == "Resources")
    beside = [start for start in starts if start["indent"] == resources["indent"]]
    first = last = beside.index(resources)
    seen = {"Resources"}
    while first and beside[first - 1][2] not in seen:
        first -= 1
        seen.add(beside[first][2])
    while last + 1 < len(beside) and beside[last + 1][2] not in seen:
        last += 1
        seen.add(beside[last][2])
    return beside[first : last + 1]


def _json_end(text: str, start: int) -> int:
    try:
        lead = len(text[start:]) - len(text[start:].lstrip())
        return json.JSONDecoder().raw_decode(text, start + lead)[1]
    except ValueError:
        closing = text.rfind("\n}")
        return closing + 2 if closing > start else len(text)


def _section_end(text: str, at: int, indent: int) -> int:
    """Where the lines of the last section end: before the first line after it that is no part of a mapping."""
    at = text.find("\n", at)
    while at >= 0:
        end = text.find("\n", at + 1)
        line = text[at + 1 : end if end >= 0 else len(text)]
        belongs = not line.strip() or line[: indent + 1].isspace() or line.lstrip().startswith(("#", "- "))
        if not belongs:
            return at + 1
        at = end
    return len(text)


def _block(text: str, start: int, end: int, language: str) -> Block:
    """The part of the text, with all of its first line, so that columns stay."""
    start = text.rfind("\n", 0, start) + 1
    closed = bool(text[end:].strip()) or text[:end].endswith(("\n", "}"))
    return Block(language, "", text[start:end], text.count("\n", 0, start) + 1, closed, fenced=False)
