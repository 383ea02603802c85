"""One evaluation by cfn-guard: rules and documents in, statuses and failures out."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from guardrun.engine.answer import Evaluation, read_evaluation
from guardrun.engine.executable import Engine
from guardrun.errors import EngineError, ValueTypeError
from guardrun.process import Completed, run

RULE_FAULT = re.compile(
    r"(?:parsing file RULES_STDIN\[(\d+)\] )?at line (\d+) at column (\d+), when handling (.*?), "
    r"fragment (.*?)\n?`?\n?(?:---|$)",
    re.DOTALL,
)

NOT_COUNTABLE = re.compile(r"Attempting EMPTY operation on type \w+ that does not support it at (.+?)\[L:\d+,C:\d+\]")

UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Legal in JSON, yet refused or taken for line breaks by the engine, which reads its data as YAML."""

PASS, FAIL = 0, 19
"""The only exit codes after which cfn-guard 3 has done its job."""


def evaluate(
    engine: Engine,
    rules: str | Sequence[str],
    names: Collection[str],
    documents: list[str],
    timeout: float,
    *,
    placeless: bool = False,
) -> list[Evaluation]:
    """Evaluate a rules text, or several, on JSON documents, in order; `names` are the rules that must have a status.

    Fails closed with `EngineError`: on any message of the engine's, an unknown exit code, a rule without a status, and
    a failure without a place unless `placeless` says that rules may be written so.
    """
    if not names:
        return [Evaluation() for _ in documents]
    reports = _reports(_validate(engine, rules, documents, timeout))
    if len(reports) != len(documents):
        raise EngineError(f"cfn-guard reported on {len(reports)} of {len(documents)} documents")
    try:
        return [read_evaluation(report, names, placeless=placeless) for report in reports]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"cfn-guard answered in a form that guardrun does not know: {error!r}") from error


def faults(engine: Engine, texts: Sequence[str], timeout: float) -> dict[int, EngineError]:
    """The rules texts that the engine cannot parse, by position, without evaluating any. Raises `EngineError`."""
    done = _validate(engine, texts, [], timeout)
    places = {int(said[1]) - 1: _fault(said) for said in RULE_FAULT.finditer(done.stderr)}
    if not places and (done.stderr.strip() or done.code not in {PASS, FAIL}):
        raise _refusal(done)
    return places


def default_rule(position: int) -> str:
    """What the engine calls the clauses of a text that are in no rule."""
    return f"RULES_STDIN[{position + 1}]/default"


def to_data(document: dict[str, Any]) -> str:
    """A document as the engine can read it: it knows no pairs of surrogates, so only single characters are escaped."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return UNREADABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _validate(engine: Engine, rules: str | Sequence[str], documents: list[str], timeout: float) -> Completed:
    texts = [rules] if isinstance(rules, str) else list(rules)
    payload = json.dumps({"rules": texts, "data": documents})
    arguments = [engine.path, "validate", "--payload", "--structured", "-o", "json", "--show-summary", "none"]
    return run(arguments, stdin=payload, timeout=timeout)


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
        return _fault(place)
    message = f"cfn-guard ended with exit code {done.code} and says: {_shorten(said)}"
    value = NOT_COUNTABLE.search(said)
    return ValueTypeError(message, value[1]) if value else EngineError(message)


def _fault(place: re.Match[str]) -> EngineError:
    _, line, column, handling, fragment = place.groups()
    wanted = f" ({' '.join(handling.split())})" if handling.strip() else ""
    message = f"cfn-guard cannot parse the rule{wanted}: {_shorten(fragment, 80) or 'the text ends too early'}"
    return EngineError(message, line=int(line), column=int(column))


def _shorten(text: str, limit: int = 600) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + " ..."
