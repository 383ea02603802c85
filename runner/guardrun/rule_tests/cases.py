"""Reading rule tests, in cfn-guard's own format, and what every rule must have of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from guardrun.errors import PackError, TemplateError
from guardrun.pack import Rule
from guardrun.read import Template, template_from_node
from guardrun.read.compose import compose
from guardrun.read.values import to_value

STATUSES = ("PASS", "FAIL", "SKIP")
SUFFIX = "_tests.yaml"


@dataclass(frozen=True, slots=True)
class Case:
    """One input with the status that one rule must give it; `path` and `line` say where it stands."""

    rule: str
    name: str
    expected: str
    template: Template
    path: str
    line: int


def tests_path(rule: Rule, tests: Path) -> Path:
    """Where the tests of a rule are: the same folder and name as its file."""
    return tests / rule.category / f"{rule.path.stem}{SUFFIX}"


def read_cases(path: Path, shown: str, rules: Iterable[str]) -> list[Case]:
    """The cases of a file. Raises `PackError` at what is not a case, or names a rule that does not exist."""
    try:
        root = compose(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PackError("the rule has no tests", path=shown, hint="write at least a PASS, a FAIL and a SKIP") from error
    except TemplateError as error:
        raise PackError(error.message, path=shown, line=error.line, column=error.column) from error
    if not isinstance(root, SequenceNode):
        raise PackError("the tests are not a list of cases", path=shown, line=1)
    return [case for node in root.value for case in _cases(node, shown, set(rules))]


def missing_statuses(cases: Iterable[Case]) -> list[str]:
    """The statuses that no case of a rule expects."""
    expected = {case.expected for case in cases}
    return [status for status in STATUSES if status not in expected]


def _cases(node: Node, shown: str, rules: set[str]) -> list[Case]:
    line = node.start_mark.line + 1
    members = {key.value: value for key, value in node.value} if isinstance(node, MappingNode) else {}
    if not {"name", "input", "expectations"} <= members.keys():
        raise PackError("a case has the keys name, input and expectations", path=shown, line=line)
    name, expected = str(members["name"].value), expectations(members["expectations"])
    for rule, status in expected.items():
        if rule not in rules:
            raise PackError(f"the case {name!r} expects something of {rule}, which is no rule", path=shown, line=line)
        if status not in STATUSES:
            raise PackError(f"the case {name!r} expects {status!r}, which is no status", path=shown, line=line)
    try:
        template = template_from_node(members["input"], shown)
    except TemplateError as error:
        raise PackError(f"the case {name!r} is no template: {error.message}", path=shown, line=error.line) from error
    return [Case(rule, name, status, template, shown, line) for rule, status in expected.items()]


def expectations(node: Node) -> dict[str, str]:
    """The status that each rule must give, as a case says it."""
    value = to_value(node)
    rules = value.get("rules") if isinstance(value, dict) else None
    return {str(rule): str(status) for rule, status in rules.items()} if isinstance(rules, dict) else {}
