"""What cfn-guard's JSON says of one document: statuses and failures. The one reader of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

from guardrun.errors import EngineError

PATTERN = re.compile(r"/.+/", re.DOTALL)
"""How a pattern stands in an answer: like a text."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One clause that did not hold: `path` is a JSON pointer into the document, the texts are as cfn-guard has them.

    `found` is the value at `path` or None if that is missing; `expected` is what it was compared with, or None.
    `wanted` is what is missing there: the rest of the query, or the rule that should have passed.
    """

    rule: str
    path: str
    message: str
    found: Any
    expected: Any
    missing: bool = False
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What cfn-guard says of one document: PASS, FAIL or SKIP for each rule, and the failures."""

    statuses: dict[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


def joined(evaluations: Iterable[Evaluation]) -> Evaluation:
    """Evaluations of one document, of different rules, as one."""
    listed = list(evaluations)
    return Evaluation(
        {rule: status for evaluation in listed for rule, status in evaluation.statuses.items()},
        tuple(failure for evaluation in listed for failure in evaluation.failures),
    )


def read_evaluation(report: dict[str, Any], names: Collection[str], *, placeless: bool) -> Evaluation:
    """The strongest status counts of a rule that is there more than once, each time under another condition."""
    failed = [entry["Rule"] for entry in report["not_compliant"]]
    statuses = dict.fromkeys(report["not_applicable"], "SKIP")
    statuses |= dict.fromkeys(report["compliant"], "PASS")
    statuses |= dict.fromkeys((rule["name"] for rule in failed), "FAIL")
    if missing := sorted(set(names) - set(statuses)):
        raise EngineError(f"cfn-guard gave no status for {', '.join(missing)}")
    failures = [failure for rule in failed for failure in _failures(rule["name"], rule["checks"])]
    mute = sorted({rule["name"] for rule in failed} - {failure.rule for failure in failures})
    if mute and not placeless:
        raise EngineError(f"cfn-guard says that {', '.join(mute)} failed, but not where")
    failures += [Failure(rule, "", "", None, None, missing=True) for rule in mute]
    return Evaluation(statuses, tuple(_placed(failures)))


def _placed(failures: list[Failure]) -> Iterator[Failure]:
    """A rule that fails as another one did fails at that one's place."""
    places = {failure.rule: failure.path for failure in reversed(failures)}
    for failure in failures:
        at = places.get(failure.wanted, "") if failure.wanted and not failure.path else ""
        yield replace(failure, path=at) if at else failure


def _failures(rule: str, checks: list[dict[str, Any]], message: str = "") -> Iterator[Failure]:
    """The clauses that failed; what has no message is told with that of the rule call around it."""
    for check in checks:
        ((kind, body),) = check.items()
        if kind == "Clause":
            yield _clause(rule, body, message)
        elif kind == "Disjunctions":
            yield from _best(list(_failures(rule, body["checks"], message)))
        elif kind == "Block":
            yield _block(rule, body, message)
        else:
            told = _message(body)
            inner = list(_failures(rule, body["checks"], told or message))
            yield from _by_resource(inner, told) if told else inner


def _by_resource(failures: list[Failure], message: str) -> Iterator[Failure]:
    """What the message of a rule call tells, once a resource: at what all the places there have in common."""
    yield from (failure for failure in failures if failure.message != message)
    resources: dict[tuple[str, ...], list[Failure]] = {}
    for failure in failures:
        if failure.message == message:
            resources.setdefault(tuple(failure.path.split("/")[:3]), []).append(failure)
    for first, *others in resources.values():
        if others:
            paths = [failure.path.split("/") for failure in (first, *others)]
            shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
            yield Failure(first.rule, "/".join(parts[0] for parts in shared), message, None, None, missing=True)
        else:
            yield first


def _best(alternatives: list[Failure]) -> list[Failure]:
    """All alternatives of an `or` failed: that is one finding, told by the one that has a message."""
    return sorted(alternatives, key=lambda failure: not failure.message)[:1]


def _message(body: dict[str, Any]) -> str:
    return str((body.get("messages") or {}).get("custom_message") or "")


def _clause(rule: str, body: dict[str, Any], message: str) -> Failure:
    ((_, clause),) = body.items()
    message = _message(clause) or message
    ((kind, check),) = clause["check"].items()
    if kind == "UnResolved":
        value = check["value"]
        path, wanted = value["traversed_to"]["path"], str(value.get("remaining_query", ""))
        return Failure(rule, path, message, None, None, missing=True, wanted=wanted)
    if kind == "UnResolvedContext":  # a filter that selects nothing or a rule that failed: there is no place
        wanted = str(check).strip()
        told = f"the rule {wanted} does not hold" if wanted.isidentifier() else ""
        return Failure(rule, "", message or told, None, None, missing=True, wanted=wanted)
    value = check.get("from") or check.get("value") or {}
    return Failure(rule, value.get("path", ""), message, value.get("value"), _expected(check))


def _expected(check: dict[str, Any]) -> Any:
    """The literal that a comparison wanted; for `!=` and patterns there is none worth showing."""
    target = check.get("to")
    if target is None or check["comparison"][1]:
        return None
    options = [option["value"] for option in target] if isinstance(target, list) else [target["value"]]
    if any(isinstance(option, str) and PATTERN.fullmatch(option) for one in options for option in _each(one)):
        return None
    return options[0] if len(options) == 1 else options


def _each(option: Any) -> list[Any]:
    return option if isinstance(option, list) else [option]


def _block(rule: str, body: dict[str, Any], message: str) -> Failure:
    unresolved = body.get("unresolved") or {}
    path, wanted = (unresolved.get("traversed_to") or {}).get("path", ""), str(unresolved.get("remaining_query", ""))
    return Failure(rule, path, _message(body) or message, None, None, missing=True, wanted=wanted)
