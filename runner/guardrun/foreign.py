"""Foreign rules in a run: files that the engine cannot parse are told once, the others evaluated as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from guardrun.documents import documents, facts_read
from guardrun.engine import Engine, Evaluation, default_rule, evaluate, faults, joined, to_data
from guardrun.facts import Context
from guardrun.model import PackInfo, Problem
from guardrun.pack import Pack, Rule
from guardrun.pack.cache import cache_folder, write_cache
from guardrun.pack.foreign import default_id
from guardrun.read import Template
from guardrun.run import Run

DEFINITION = re.compile(r"rule\s+(\w+)")
PARSE_TIMEOUT = 60.0
"""Seconds for parsing all foreign files, about 2.5 MB in each."""


def without_unparsed(pack: Pack, engine: Engine) -> Pack:
    """The pack without the foreign files that the engine cannot parse, which become its problems.

    Files that it can parse are remembered by a hash of their texts. Raises `EngineError`.
    """
    files = by_file(rule for rule in pack.rules.values() if rule.foreign)
    texts = [rules[0].body for rules in files]
    cache = cache_folder()
    digest = sha256("\0".join([engine.info.version, *texts]).encode()).hexdigest()
    marker = cache / f"parsed-{digest[:32]}" if cache else None
    if not texts or (marker and marker.is_file()):
        return pack
    found = faults(engine, texts, PARSE_TIMEOUT)
    if marker and not found:
        write_cache(marker, "")
    broken = {rule.id for at in found for rule in files[at]}
    problems = [
        Problem(fault.message, files[at][0].shown, fault.line, fault.column) for at, fault in sorted(found.items())
    ]
    rules = {name: rule for name, rule in pack.rules.items() if name not in broken}
    info = PackInfo(pack.info.version, pack.info.hash, rules)
    return replace(pack, rules=rules, info=info, problems=(*pack.problems, *problems))


def evaluate_foreign(
    engine: Engine, rules: Iterable[Rule], templates: Sequence[Template], run: Run, timeout: float
) -> list[Evaluation]:
    """What foreign rules say of each template. Raises `EngineError`."""
    groups: dict[tuple[str, bool], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.view, "GuardRun" in rule.body), []).append(rule)
    found = [Evaluation() for _ in templates]
    for (view, reads_facts), some in groups.items():
        data = [to_data(_document(template, view, some if reads_facts else [], run)) for template in templates]
        for distinct in _apart(some):
            answers = evaluate_texts(engine, distinct, data, timeout)
            found = [joined(pair) for pair in zip(found, answers, strict=True)]
    return found


def _apart(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in groups of files that may share a process, in which a name stands for one rule.

    A rule that is left out is still defined in its file, and may have the name of one in another.
    """
    wanted = {rule.id for rule in rules}
    groups: list[tuple[set[str], list[Rule]]] = []
    for some in by_file(rules):
        names = wanted.intersection(DEFINITION.findall(some[0].body))
        group = next((one for one in groups if one[0].isdisjoint(names)), None)
        if group is None:
            group = (set(), [])
            groups.append(group)
        group[0].update(names)
        group[1].extend(some)
    return [group for _, group in groups]


def evaluate_texts(engine: Engine, rules: Sequence[Rule], documents: list[str], timeout: float) -> list[Evaluation]:
    """What foreign rules say of documents, all of their files in one process. Raises `EngineError`."""
    texts, names = _named(rules)
    answers = evaluate(engine, texts, names, documents, timeout, placeless=True)
    return [_renamed(answer, names) for answer in answers]


def by_file(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rules of each file."""
    files: dict[Path, list[Rule]] = {}
    for rule in rules:
        files.setdefault(rule.path, []).append(rule)
    return list(files.values())


def _document(template: Template, view: str, readers: Sequence[Rule], run: Run) -> dict[str, Any]:
    """The template as it is, or resolved; with facts only for rules that read some."""
    if readers:
        return documents(template, {view: facts_read(readers)}, run)[view]
    if view == "source":
        return template.document
    return Context(template.document, run.parameters, run.config.policy if run.config else None).resolved


def _named(rules: Sequence[Rule]) -> tuple[list[str], dict[str, str]]:
    """The texts for the engine, and the rules' ids by the names that it will give them."""
    texts: list[str] = []
    names: dict[str, str] = {}
    for at, some in enumerate(by_file(rules)):
        texts.append(some[0].body)
        names |= {default_rule(at) if rule.id == default_id(rule.path) else rule.id: rule.id for rule in some}
    return texts, names


def _renamed(answer: Evaluation, names: Mapping[str, str]) -> Evaluation:
    """Only what was asked for, by the rules' ids."""
    statuses = {names[name]: status for name, status in answer.statuses.items() if name in names}
    failures = (replace(one, rule=names[one.rule]) for one in answer.failures if one.rule in names)
    return Evaluation(statuses, tuple(failures))
