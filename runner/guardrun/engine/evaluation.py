"""One evaluation by cfn-guard: rules and documents in, statuses and failures out. The one reader of its JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from guardrun.engine.executable import Engine
from guardrun.errors import EngineError
from guardrun.process import Completed, run

RULE_FAULT = re.compile(
    r"at line (\d+) at column (\d+), when handling (.*?), fragment (.*?)\n?`?\n?(?:---|$)", re.DOTALL
)

UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Legal in JSON, yet refused or taken for line breaks by the engine, which reads its data as YAML."""

PASS, FAIL = 0, 19
"""The only exit codes after which cfn-guard 3 has done its job."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One clause that did not hold: `path` is a JSON pointer into the document, the texts are as cfn-guard has them.

    `found` is the value at `path` or None if that is missing; `expected` is what it was compared with, or None.
    """

    rule: str
    path: str
    message: str
    found: Any
    expected: Any
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What cfn-guard says of one document: PASS, FAIL or SKIP for each rule, and the failures."""

    statuses: dict[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


def evaluate(
    engine: Engine, rules: str, names: Collection[str], documents: list[str], timeout: float
) -> list[Evaluation]:
    """Evaluate one rules text on JSON documents, in order; `names` are the rules that must each have a status.

    Fails closed with `EngineError`: on any message of the engine's, an unknown exit code, a rule without a status.
    """
    if not names:
        return [Evaluation() for _ in documents]
    payload = json.dumps({"rules": [rules], "data": documents})
    arguments = [engine.path, "validate", "--payload", "--structured", "-o", "json", "--show-summary", "none"]
    reports = _reports(run(arguments, stdin=payload, timeout=timeout))
    if len(reports) != len(documents):
        raise EngineError(f"cfn-guard reported on {len(reports)} of {len(documents)} documents")
    try:
        return [_evaluation(report, names) for report in reports]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"cfn-guard answered in a form that guardrun does not know: {error!r}") from error


def to_data(document: dict[str, Any]) -> str:
    """A document as the engine can read it: it knows no pairs of surrogates, so only single characters are escaped."""
    text = json.dumps(document, ensure_ascii=False)
    return UNREADABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _reports(done: Completed) -> list[dict[str, Any]]:
    if done.code not in {PASS, FAIL} or done.stderr.strip():
        raise _refusal(done)
    try:
        reports: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        raise EngineError(f"cfn-guard did not answer in JSON: {_shorten(done.stdout)}") from error
    return sorted(reports, key=lambda report: int(report["name"].removeprefix("DATA_STDIN[").rstrip("]")))


def _refusal(done: Completed) -> EngineError:
    said = done.stderr.strip() or done.stdout.strip() or "nothing"
    if place := RULE_FAULT.search(said):
        line, column, handling, fragment = place.groups()
        wanted = f" ({' '.join(handling.split())})" if handling.strip() else ""
        message = f"cfn-guard cannot parse the rule{wanted}: {_shorten(fragment, 80)}"
        return EngineError(message, line=int(line), column=int(column))
    return EngineError(f"cfn-guard ended with exit code {done.code} and says: {_shorten(said)}")


def _shorten(text: str, limit: int = 600) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + " ..."


def _evaluation(report: dict[str, Any], names: Collection[str]) -> Evaluation:
    failed = [entry["Rule"] for entry in report["not_compliant"]]
    statuses = dict.fromkeys(report["compliant"], "PASS")
    statuses |= dict.fromkeys(report["not_applicable"], "SKIP")
    statuses |= dict.fromkeys((rule["name"] for rule in failed), "FAIL")
    if missing := sorted(set(names) - set(statuses)):
        raise EngineError(f"cfn-guard gave no status for {', '.join(missing)}")
    failures = tuple(failure for rule in failed for failure in _failures(rule["name"], rule["checks"]))
    if mute := sorted({rule["name"] for rule in failed} - {failure.rule for failure in failures}):
        raise EngineError(f"cfn-guard says that {', '.join(mute)} failed, but not where")
    return Evaluation(statuses, failures)


def _failures(rule: str, checks: list[dict[str, Any]]) -> Iterator[Failure]:
    for check in checks:
        ((kind, body),) = check.items()
        if kind == "Clause":
            yield _clause(rule, body)
        elif kind == "Disjunctions":
            yield from _best(list(_failures(rule, body["checks"])))
        elif kind == "Block":
            yield _block(rule, body)
        else:
            yield from _failures(rule, body["checks"])


def _best(alternatives: list[Failure]) -> list[Failure]:
    """All alternatives of an `or` failed: that is one finding, told by the one that has a message."""
    return sorted(alternatives, key=lambda failure: not failure.message)[:1]


def _clause(rule: str, body: dict[str, Any]) -> Failure:
    ((_, clause),) = body.items()
    message = str((clause.get("messages") or {}).get("custom_message") or "")
    ((kind, check),) = clause["check"].items()
    if kind == "UnResolved":
        return Failure(rule, check["value"]["traversed_to"]["path"], message, None, None, missing=True)
    if kind == "UnResolvedContext":  # a filter that selects nothing: there is no place, only the words of the query
        return Failure(rule, "", message, None, None, missing=True)
    value = check.get("from") or check.get("value") or {}
    return Failure(rule, value.get("path", ""), message, value.get("value"), _expected(check))


def _expected(check: dict[str, Any]) -> Any:
    """The literal that a comparison wanted; for `!=` and patterns there is none worth showing."""
    target = check.get("to")
    if target is None or check["comparison"][1]:
        return None
    options = [option["value"] for option in target] if isinstance(target, list) else [target["value"]]
    return options[0] if len(options) == 1 else options


def _block(rule: str, body: dict[str, Any]) -> Failure:
    traversed = ((body.get("unresolved") or {}).get("traversed_to") or {}) if body.get("unresolved") else {}
    message = str((body.get("messages") or {}).get("custom_message") or "")
    return Failure(rule, traversed.get("path", ""), message, None, None, missing=True)
