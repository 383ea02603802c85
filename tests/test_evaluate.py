"""What cfn-guard answers, and that anything unexpected is an error, never a pass."""

import json
from typing import Any

import pytest

from guardrun.engine import Engine, Failure, evaluate, to_data
from guardrun.errors import EngineError
from guardrun.model import EngineInfo
from guardrun.process import Completed

ENGINE = Engine("/opt/cfn-guard", EngineInfo("3.1.1", lambda: "0" * 64))


def answering(monkeypatch: pytest.MonkeyPatch, *, code: int = 0, stdout: Any = "", stderr: str = "") -> None:
    text = stdout if isinstance(stdout, str) else json.dumps(stdout)
    monkeypatch.setattr(
        "guardrun.engine.evaluation.run", lambda *_, **__: Completed(("cfn-guard",), code, text, stderr)
    )


def report(number: int = 1, **rules: Any) -> dict[str, Any]:
    return {
        "name": f"DATA_STDIN[{number}]",
        "compliant": rules.get("passed", []),
        "not_applicable": rules.get("skipped", []),
        "not_compliant": [
            {"Rule": {"name": name, "checks": checks}} for name, checks in rules.get("failed", {}).items()
        ],
    }


def clause(kind: str, check: dict[str, Any], message: str | None = None) -> dict[str, Any]:
    return {"Clause": {kind: {"check": check, "messages": {"custom_message": message, "error_message": "e"}}}}


def compared(path: str, value: Any, to: Any, message: str | None = None, *, negated: bool = False) -> dict[str, Any]:
    check = {"from": {"path": path, "value": value}, "to": {"path": "", "value": to}, "comparison": ["Eq", negated]}
    return clause("Binary", {"Resolved": check}, message)


def failures(monkeypatch: pytest.MonkeyPatch, *checks: dict[str, Any]) -> tuple[Failure, ...]:
    answering(monkeypatch, code=19, stdout=[report(failed={"R": list(checks)})])
    return evaluate(ENGINE, "text", ["R"], ["{}"], 1)[0].failures


def test_each_rule_has_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, code=19, stdout=[report(passed=["A"], skipped=["B"], failed={"C": [compared("/x", 1, 2)]})])
    (evaluation,) = evaluate(ENGINE, "text", ["A", "B", "C"], ["{}"], 1)
    assert evaluation.statuses == {"A": "PASS", "B": "SKIP", "C": "FAIL"}


def test_documents_keep_their_order_whatever_the_engine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, stdout=[report(10, passed=["A"]), report(2, skipped=["A"])])
    first, second = evaluate(ENGINE, "text", ["A"], ["{}", "{}"], 1)
    assert (first.statuses, second.statuses) == ({"A": "SKIP"}, {"A": "PASS"})


def test_no_rules_need_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("guardrun.engine.evaluation.run")
    assert evaluate(ENGINE, "", [], ["{}"], 1)[0].statuses == {}


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "message"),
    [
        (255, "", "Error occurred: boom", "exit code 255 and says: Error occurred: boom"),
        (0, "", "Parsing error handling rule file", "Parsing error"),
        (5, "[]", "", "exit code 5"),
        (0, "", "", "did not answer in JSON"),
        (0, "[]", "", "reported on 0 of 1 documents"),
        (-9, "", "", "exit code -9 and says: nothing"),
    ],
)
def test_anything_but_a_plain_answer_is_an_error(
    monkeypatch: pytest.MonkeyPatch, code: int, stdout: str, stderr: str, message: str
) -> None:
    answering(monkeypatch, code=code, stdout=stdout, stderr=stderr)
    with pytest.raises(EngineError, match=message):
        evaluate(ENGINE, "text", ["A"], ["{}"], 1)


def test_a_rule_without_a_status_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, stdout=[report(passed=["A"])])
    with pytest.raises(EngineError, match="no status for B"):
        evaluate(ENGINE, "text", ["A", "B"], ["{}"], 1)


def test_a_failure_that_says_nothing_of_its_place_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="R failed, but not where"):
        failures(monkeypatch)


def test_a_rule_that_does_not_parse_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said = (
        "Parsing error handling rule file = RULES_STDIN[1], Error = Parser Error when parsing `Parsing Error Error "
        'parsing file RULES_STDIN[1] at line 3 at column 7, when handling expecting "x", fragment  /(?<x/ }\n`\n---\n'
    )
    answering(monkeypatch, stderr=said)
    with pytest.raises(EngineError) as caught:
        evaluate(ENGINE, "text", ["A"], ["{}"], 1)
    assert (caught.value.line, caught.value.column) == (3, 7)
    assert caught.value.message == 'cfn-guard cannot parse the rule (expecting "x"): /(?<x/ }'


def test_a_comparison_gives_what_was_found_and_what_was_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    found = failures(monkeypatch, compared("/Resources/A/P", "no", "yes", " a\n message "))
    assert found == (Failure("R", "/Resources/A/P", " a\n message ", "no", "yes"),)


def test_what_must_not_be_is_not_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    (failure,) = failures(monkeypatch, compared("/x", "*", "*", negated=True))
    assert (failure.found, failure.expected) == ("*", None)


def test_a_choice_is_expected_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    to = [{"path": "", "value": [True, "true"]}]
    check = {"InResolved": {"from": {"path": "/x", "value": False}, "to": to, "comparison": ["In", False]}}
    (failure,) = failures(monkeypatch, clause("Binary", check))
    assert failure.expected == [True, "true"]


def test_a_pattern_is_nothing_to_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    (failure,) = failures(monkeypatch, compared("/x", "EC2", "/(?=ELB)/"))
    assert (failure.found, failure.expected) == ("EC2", None)


def test_a_missing_value_leads_to_where_the_engine_came(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"traversed_to": {"path": "/Resources/A/Properties", "value": {}}, "remaining_query": "P", "reason": "r"}
    check = {"UnResolved": {"value": value, "comparison": ["Eq", False]}}
    (failure,) = failures(monkeypatch, clause("Binary", check, "gone"))
    assert (failure.path, failure.missing, failure.found) == ("/Resources/A/Properties", True, None)


def test_alternatives_that_all_failed_are_one_failure_told_by_the_one_with_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = {"Disjunctions": {"checks": [compared("/a", 1, 2), compared("/b", 1, 2, "neither a nor b")]}}
    (failure,) = failures(monkeypatch, both)
    assert (failure.path, failure.message) == ("/b", "neither a nor b")


def test_nested_rules_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    (failure,) = failures(monkeypatch, {"Rule": {"name": "INNER", "checks": [compared("/a", 1, 2)]}})
    assert (failure.rule, failure.path) == ("R", "/a")


def test_a_filter_that_selects_nothing_fails_without_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    (failure,) = failures(monkeypatch, clause("Unary", {"UnResolvedContext": "Resources.*[ X ]"}, "none"))
    assert (failure.path, failure.message, failure.missing) == ("", "none", True)


def test_an_answer_of_another_form_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="in a form that guardrun does not know"):
        failures(monkeypatch, clause("Unary", {"Strange": 5}))


def test_a_block_without_a_value_fails_where_the_engine_came(monkeypatch: pytest.MonkeyPatch) -> None:
    block = {"unresolved": {"traversed_to": {"path": "/Resources/A", "value": {}}}, "messages": {}}
    (failure,) = failures(monkeypatch, {"Block": block})
    assert failure.path == "/Resources/A"


def test_data_keeps_characters_that_the_engine_reads_and_escapes_those_that_it_does_not() -> None:
    assert to_data({"a": "é🚀\x7f\u2028\x07"}) == '{"a":"é🚀\\u007f\\u2028\\u0007"}'


@pytest.mark.engine
def test_the_engine_reads_whatever_text_a_template_can_hold(engine: Engine) -> None:
    text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000)])) + "🚀\U0010ffff"
    rule = "rule A { X exists }"
    assert evaluate(engine, rule, ["A"], [to_data({"X": text, text[-100:]: 1})], 30)[0].statuses == {"A": "PASS"}


@pytest.mark.engine
def test_the_engine_gives_an_error_for_a_rule_that_does_not_parse(engine: Engine) -> None:
    with pytest.raises(EngineError, match="cannot parse the rule") as caught:
        evaluate(engine, "rule A {\n  X == \n}\n", ["A"], ["{}"], 30)
    assert caught.value.line == 2


@pytest.mark.engine
def test_the_engine_gives_an_error_for_a_variable_that_does_not_exist(engine: Engine) -> None:
    with pytest.raises(EngineError, match="Could not resolve variable"):
        evaluate(engine, "rule A { %nope exists }", ["A"], ["{}"], 30)


@pytest.mark.engine
def test_the_engine_gives_an_error_for_data_that_it_cannot_read(engine: Engine) -> None:
    with pytest.raises(EngineError, match="exit code 255"):
        evaluate(engine, "rule A { X exists }", ["A"], ["{"], 30)
