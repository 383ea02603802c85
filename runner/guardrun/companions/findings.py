"""From what companions say to findings: in our terms, at checked places, and without echoes of the pack."""

from __future__ import annotations

from collections.abc import Sequence

from guardrun.companions.choice import Choice
from guardrun.companions.echoes import without_echoes
from guardrun.companions.remark import Answer, Remark
from guardrun.companions.running import ask
from guardrun.companions.table import meaning
from guardrun.findings import SECRET, SECRET_TEXT
from guardrun.model import HIDDEN, Finding, Place, Problem, RuleInfo, Said
from guardrun.read import Template
from guardrun.read.places import member, pointer

LONGEST = 300
"""Longest message, in characters: some list every value that a property may have."""


def ask_companions(choice: Choice, template: Template, path: str, pack: Sequence[Finding], timeout: float) -> Said:
    """Ask every companion of a run about a template; `path` is its path in the settings, `pack` what the pack found.

    A companion that fails is a problem, and costs only what it would have said.
    """
    said, new = list(pack), list[Finding]()
    rules: dict[str, RuleInfo] = {}
    problems: list[Problem] = []
    for name, version in choice.versions.items():
        answer = ask(name, template.source, informational=choice.informational(name), timeout=timeout)
        wanted = [remark for remark in answer.remarks if choice.wants(name, remark.rule, path)]
        found = [_finding(name, remark, template) for remark in wanted]
        new += without_echoes(found, said)
        said += found
        rules |= {f"{name}/{remark.rule}": _info(name, remark) for remark in wanted}
        rules |= {} if answer.faults else {name: _companion(name, version)}
        problems += [_problem(name, answer)] if answer.faults else []
    used = {finding.rule for finding in new} | choice.versions.keys()
    return Said(tuple(new), tuple(rules[rule] for rule in sorted(used & rules.keys())), tuple(problems))


def _finding(companion: str, remark: Remark, template: Template) -> Finding:
    means, parts = meaning(companion, remark.rule), _existing(remark.path, template)
    at = pointer(*parts)
    secret = _is_secret(parts, template)
    return Finding(
        rule=f"{companion}/{remark.rule}",
        category=means.category,
        severity=means.severity,
        template=template.path,
        logical_id=parts[1] if len(parts) > 1 else None,
        path=at,
        place=_place(remark, template.place(at), template),
        message=remark.title if secret or SECRET_TEXT.search(remark.message) else _short(remark.message),
        fix=_sentence(remark.fix) or _look_up(companion, remark.rule),
        found=HIDDEN if secret else None,
    )


def _existing(path: Sequence[str], template: Template) -> tuple[str, ...]:
    """The part of a path that leads somewhere in the template."""
    value = template.document
    for count, part in enumerate(path):
        value = member(value, part)
        if value is None:
            return tuple(path[:count])
    return tuple(path)


def _is_secret(parts: Sequence[str], template: Template) -> bool:
    """Whether a text stands there that its name calls a secret."""
    value = template.document
    for part in parts:
        value = member(value, part)
    return isinstance(value, str) and any(SECRET.search(part) for part in parts[2:])


def _place(remark: Remark, ours: Place, template: Template) -> Place:
    """Theirs where it lies in the text; ours, which marks values as all findings do, on the same line and without."""
    lines = template.source.splitlines()
    line, column = remark.line or 0, remark.column or 1
    if not 0 < line <= len(lines) or line == ours.line or not 0 < column <= len(lines[line - 1]) + 1:
        return ours
    end = Place(line, column, remark.end_line or line, remark.end_column or column + 1)
    fits = (end.end_line, end.end_column) > (line, column) and end.end_line <= len(lines)
    return end if fits else Place(line, column, line, column + 1)


def _short(text: str) -> str:
    text = " ".join(text.split()).removesuffix(".")
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _look_up(companion: str, rule: str) -> str:
    return f"Look up {rule} in the documentation of {companion}."


def _info(companion: str, remark: Remark) -> RuleInfo:
    return _rule(companion, f"{companion}/{remark.rule}", remark.rule, remark.title, remark.why, remark.reference)


def _companion(name: str, version: str) -> RuleInfo:
    return _rule(name, name, "", f"{name} {version} can check the template", "", "")


def _rule(companion: str, name: str, rule: str, title: str, why: str, reference: str) -> RuleInfo:
    means = meaning(companion, rule)
    return RuleInfo(
        id=name,
        category=means.category,
        title=" ".join(title.split()),
        severity=means.severity,
        profile="core",
        resources=(),
        view="source",
        analysis=(),
        controls=(),
        why=why,
        fix=_look_up(companion, rule) if rule else "",
        references=(reference,) if reference else (),
        as_of=None,
        origin=companion,
    )


def _problem(companion: str, answer: Answer) -> Problem:
    hint = f"all other findings stand; without --with {companion} the run can pass"
    what = "all of the template" if answer.remarks else "the template"
    faults = "; ".join(_short(fault) for fault in dict.fromkeys(answer.faults))
    return Problem(f"{companion} could not check {what}: {faults}", hint=hint, rule=companion)
