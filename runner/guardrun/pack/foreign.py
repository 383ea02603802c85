"""Rules that others wrote for cfn-guard: files of any layout, taken as they are, described by what is beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guardrun.errors import PackError
from guardrun.model import Problem
from guardrun.pack.comments import described
from guardrun.pack.gate import gates
from guardrun.pack.guess import category_of
from guardrun.pack.load import gathered
from guardrun.pack.mapping import Entry, PackMapping
from guardrun.pack.message import split_message
from guardrun.pack.metadata import metadata_files, read_mappings, read_metadata
from guardrun.pack.rule import Rule, is_own, load_rule, read_text
from guardrun.pack.scan import Definition, Scan, scan
from guardrun.pack.source import Source

UNTOLD: dict[str, Any] = {
    "severity": "medium",
    "profile": "core",
    "view": "source",
    "why": "",
    "controls": (),
    "references": (),
    "use": True,
}
"""What holds for foreign rules of which nothing is told."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the files of a pack: its name, mappings (the weaker first), metadata and controls by file.

    `name_of` gives a file's name for people.
    """

    origin: str
    mappings: tuple[PackMapping, ...] = ()
    metadata: Mapping[Path, Path] = field(default_factory=dict)
    controls: Mapping[Path, list[str]] = field(default_factory=dict)
    name_of: Callable[[Path], str] = Path.as_posix


@dataclass(frozen=True, slots=True)
class File:
    """A rule file: its text, where it is, its path within the pack, and its name for people."""

    source: str
    path: Path
    inner: str
    shown: str


def rules_of(source: Source) -> tuple[list[Rule], list[Problem]]:
    """The rules of a pack that is not guardrun's own, and what is wrong with its files."""
    metadata = metadata_files(source.folder, source.paths, source.metadata)
    controls, problems = read_mappings(source.frameworks, source.name_of)
    known = Known(source.name, source.mappings, metadata, controls, source.name_of)

    def read(path: Path) -> list[Rule]:
        try:
            return _read(path, source, known)
        except PackError:
            if _left_out(source.inner(path), known):
                return []
            raise

    rules, faults = gathered(source.paths, read)
    return rules, [*problems, *faults, *_idle(source, rules)]


def _read(path: Path, source: Source, known: Known) -> list[Rule]:
    shown = source.name_of(path)
    text = read_text(path, shown)
    if is_own(text):
        return [load_rule(path, shown, source.name, text)]
    return foreign_rules(File(text, path, source.inner(path), shown), known)


def _left_out(inner: str, known: Known) -> bool:
    """Whether a whole file is not to be used."""
    told = [entry.use for entry in _entries(known.mappings) if entry.names("", inner, known.origin)]
    return [True, *(use for use in told if use is not None)][-1] is False


def _idle(source: Source, rules: Iterable[Rule]) -> list[Problem]:
    """What a pack says of rules that it does not have; what it leaves out may well be gone."""
    if source.beside is None or len(source.paths) == 1:
        return []
    names = [(rule.id, source.inner(rule.path)) for rule in rules]
    return [
        Problem(f"{', '.join(entry.patterns)} names no rule of the pack", source.name_of(source.beside))
        for entry in source.mappings[0].entries
        if entry.use is not False and not any(entry.names(*name, source.name) for name in names)
    ]


def foreign_rules(file: File, known: Known) -> list[Rule]:
    """The rules of a file that are to be used; the registry has files of comments alone, which have none."""
    found = scan(file.source)
    first = {rule.name: rule for rule in reversed(found.rules) if not rule.takes_parameters}
    by_id: dict[str, Definition | None] = {rule.name: rule for rule in found.rules if first.get(rule.name) is rule}
    if found.clauses is not None:
        by_id[default_id(file.path)] = None
    types, notes, metadata = _types(found), described(file.source), _metadata(file.path, known)
    rules = []
    for name, definition in by_id.items():
        note = notes.get(name.lower()) or (_only(notes) if len(by_id) == 1 else {})
        values = _values(name, file.inner, definition, {**notes.get("", {}), **note, **metadata}, known)
        line = definition.line if definition else found.clauses or 1
        if values.pop("use"):
            rules.append(_rule(name, line, values | {"resources": types.get(name, ())}, file, known))
    return rules


def _rule(name: str, line: int, values: dict[str, Any], file: File, known: Known) -> Rule:
    controls = (*values["controls"], *known.controls.get(file.path.resolve(), ()))
    told = {"controls": tuple(dict.fromkeys(controls)), "fix": values["fix"] or f"See {file.shown}:{line}."}
    return Rule(
        **{**values, **told},
        id=name,
        analysis=(),
        as_of=None,
        origin=known.origin,
        path=file.path,
        shown=file.shown,
        lets={},
        body=file.source,
        line=line,
        foreign=True,
    )


def default_id(path: Path) -> str:
    """The id for the clauses of a file that are in no rule."""
    return re.sub(r"\W+", "_", path.stem) + "_default"


def _types(found: Scan) -> dict[str, tuple[str, ...]]:
    """The types without which a rule is surely skipped, however often it is defined; nothing where that is not sure."""
    types: dict[str, frozenset[str] | None] = {}
    for rule, gate in zip(found.rules, gates(found), strict=True):
        known = types.get(rule.name, frozenset())
        types[rule.name] = None if gate is None or known is None else known | gate
    return {name: tuple(sorted(of or ())) for name, of in types.items()}


def _metadata(path: Path, known: Known) -> dict[str, Any]:
    """What a metadata file says of the rules in the file at a path."""
    metadata = known.metadata.get(path)
    return read_metadata(metadata, known.name_of(metadata)) if metadata else {}


def _only(notes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """What is said in a file's only description."""
    return next(iter(notes.values())) if len(notes) == 1 else {}


def _values(
    name: str, inner: str, definition: Definition | None, told: Mapping[str, Any], known: Known
) -> dict[str, Any]:
    """What holds for a rule, the stronger over the weaker: a guess, defaults, what the pack tells, entries."""
    values: dict[str, Any] = {
        **UNTOLD,
        "category": category_of(name, Path(inner)),
        "title": name.replace("_", " ").capitalize() if name.isupper() else name.replace("_", " "),
        **_from_messages(definition),
    }
    for mapping in known.mappings:
        values |= mapping.defaults
    values |= told
    for entry in _entries(known.mappings):
        if entry.names(name, inner, known.origin):
            values |= entry.values
            values["use"] = values["use"] if entry.use is None else entry.use
    return values


def _entries(mappings: Iterable[PackMapping]) -> Iterator[Entry]:
    for mapping in mappings:
        yield from mapping.entries


def _from_messages(definition: Definition | None) -> dict[str, str]:
    """What the messages of a rule say: the one that stands for clauses without any, and the first fix."""
    parts = [split_message(message) for message in definition.messages] if definition else []
    said = list(dict.fromkeys(what for what, _ in parts if what))
    fixes = [fix for _, fix in parts if fix]
    return {"message": said[0] if len(said) == 1 else "", "fix": fixes[0] if fixes else ""}
