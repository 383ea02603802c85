"""The rule pack: what every rule must have, and that its advice holds."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from time import perf_counter

import pytest

from guardrun.checker import Checker
from guardrun.engine import Engine
from guardrun.model import CATEGORIES, TemplateResult
from guardrun.pack import Pack, Rule, bundled_rules, bundled_tests, header, load_pack
from guardrun.pack.analysis import ANALYSIS
from guardrun.pack.syntax import split_header
from guardrun.read import parse_template

ROOT = Path(__file__).parent.parent
RULES = list(load_pack(bundled_rules(), "guard-rules").rules.values())
SECTIONS = {"AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters"}
PLAIN = [rule for rule in RULES if "GuardRun" not in rule.text or "GuardRun !exists" in rule.text]
CONTROL = re.compile(
    r"""
    aws-config/ [a-z0-9]+ (-[a-z0-9]+)*
    | cfn-lint/ [EIW]\d{4}
    | cfn-nag/ [FW]\d+
    | cis-aws-3\.0/ [1-5] (\.\d+){1,2}
    | guard-registry/ [A-Z0-9]+ (_[A-Z0-9]+)+
    | hipaa/ 164\.3\d\d (\([0-9A-Za-z]+\))+
    | nist-800-53/ [A-Z]{2} -\d+ (\(\d+\))?
    | pci-dss-4\.0/ \d+ (\.\d+){2,3}
    | security-hub/ [A-Z]\w+ \.\d+
    """,
    re.VERBOSE,
)

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_the_pack_has_no_problems(pack: Pack) -> None:
    assert pack.problems == ()


def test_every_category_has_at_least_two_rules(pack: Pack) -> None:
    counts = Counter(rule.category for rule in pack.rules.values())
    assert [category for category in CATEGORIES if counts[category] < 2] == []


def test_every_point_of_the_failure_analysis_has_a_rule() -> None:
    served = {point for rule in RULES for point in rule.analysis}
    assert [point for point in ANALYSIS if point not in served] == []


@every_rule
def test_a_rule_is_named_as_its_file(rule: Rule) -> None:
    assert rule.path.stem == rule.id.lower()


@every_rule
def test_a_header_is_read_as_yaml_reads_it(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = split_header(rule.path.read_text(encoding="utf-8"))
    read = header.read_header(text, rule.shown)
    assert header.read_plain(text) is not None
    monkeypatch.setattr(header, "read_plain", lambda _: None)
    assert header.read_header(text, rule.shown) == read


@every_rule
def test_a_rule_says_what_is_wrong_in_its_own_words(rule: Rule) -> None:
    messages = re.findall(r"<<\s*(.*?)\s*>>", rule.body, re.DOTALL)
    assert messages
    assert [message for message in messages if message.endswith(".") or message != message.strip()] == []


@every_rule
def test_a_rule_declares_types_that_it_looks_at(rule: Rule) -> None:
    assert [kind for kind in rule.resources if f"'{kind}'" not in rule.text] == []


@every_rule
def test_a_fix_is_a_sentence_and_an_example(rule: Rule) -> None:
    assert rule.fix_line.endswith(".")
    assert "\n\n" in rule.fix


@every_rule
def test_a_control_has_the_form_of_its_framework(rule: Rule) -> None:
    assert [control for control in rule.controls if not CONTROL.fullmatch(control)] == []


@every_rule
def test_dates_are_iso_dates(rule: Rule) -> None:
    assert rule.as_of is None or re.fullmatch(r"20\d\d-\d\d-\d\d", rule.as_of)


def example(rule: Rule) -> bytes:
    """The fix's example as a template: resources unless it names a section."""
    lines = rule.fix.partition("\n\n")[2].splitlines()
    text = "\n".join(line.removeprefix("    ") for line in lines)
    keys = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    if keys <= SECTIONS:
        return f"{text}\nResources:\n  Other:\n    Type: AWS::CloudFormation::WaitConditionHandle\n".encode()
    indented = "\n".join(f"  {line}" for line in text.splitlines())
    return text.encode() if "Resources" in keys else f"Resources:\n{indented}\n".encode()


@pytest.mark.engine
@every_rule
def test_the_example_of_a_fix_complies(rule: Rule, engine: Engine) -> None:
    checker = Checker(engine, [rule])
    (result,) = checker.check_templates([parse_template(example(rule), "example")], perf_counter())
    assert result.problems == ()
    assert [finding.message for finding in result.findings] == []


@pytest.mark.engine
@pytest.mark.parametrize("rule", PLAIN, ids=lambda rule: rule.id)
def test_a_rule_that_can_do_without_facts_passes_its_tests_in_plain_cfn_guard(rule: Rule, engine: Engine) -> None:
    tests = bundled_tests() / rule.category / f"{rule.path.stem}_tests.yaml"
    command = [engine.path, "test", "--rules-file", str(rule.path), "--test-data", str(tests)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    cases = re.split(r"^Test Case #\d+$", done.stdout, flags=re.MULTILINE)[1:]
    failed = [case for case in cases if "FAIL Rules:" in case and "(needs guardrun)" not in case]
    assert cases
    assert failed == []


def findings(engine: Engine, pack: Pack, name: str) -> list[tuple[str, int]]:
    checker = Checker(engine, pack.rules.values())
    results: list[TemplateResult] = checker.check([(name, ROOT / "examples" / name)])
    return [(finding.rule, finding.place.line) for finding in results[0].findings]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "rule", "line"),
    [
        ("instance-profile-cycle.yaml", "NO_DEPENDENCY_CYCLE", 8),
        ("public-bucket-policy.yaml", "RESOURCE_POLICY_NO_PUBLIC_PRINCIPAL", 18),
        ("open-trust-policy.json", "IAM_ROLE_TRUST_NO_WILDCARD_PRINCIPAL", 13),
    ],
)
def test_the_examples_of_the_failure_analysis_are_found_on_their_lines(
    name: str, rule: str, line: int, engine: Engine, pack: Pack
) -> None:
    assert (rule, line) in findings(engine, pack, name)
