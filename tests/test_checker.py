"""Templates that are checked together: what goes wrong with one leaves the others alone."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import pytest

from guardrun.checker import Checker
from guardrun.engine import Engine, Evaluation
from guardrun.errors import EngineStopped
from guardrun.pack import load_pack
from guardrun.read import Template, parse_template


class Refusing:
    """Stands for the engine: refuses all templates that it is given together with the one that it refuses."""

    def __init__(self, refused: str) -> None:
        self.refused = refused
        self.asked: list[int] = []

    def evaluate(self, templates: Sequence[Template]) -> list[Evaluation]:
        self.asked.append(len(templates))
        if any(template.path == self.refused for template in templates):
            raise EngineStopped("refused")
        return [Evaluation() for _ in templates]


def test_a_template_that_the_engine_refuses_is_found_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    checker, engine = Checker(None, []), Refusing("11.yaml")  # type: ignore[arg-type]
    monkeypatch.setattr(checker.evaluator, "evaluate", engine.evaluate)
    templates = [parse_template(b"Resources: {A: {Type: AWS::SNS::Topic}}", f"{number}.yaml") for number in range(16)]
    results = checker.check_templates(templates, perf_counter())
    assert [result.path for result in results] == [template.path for template in templates]
    assert [result.path for result in results if result.error] == ["11.yaml"]
    assert engine.asked == [16, 8, 8, 4, 2, 2, 1, 1, 4]


RULE = """\
# title: {title}
# severity: low
# profile: core
# resources: [AWS::SNS::Topic]
# why: Because.
# fix: Mend it.

let sns_topics = Resources.*[ Type == 'AWS::SNS::Topic' ]

rule {name} when %sns_topics !empty {{
  %sns_topics {{
    {clause} << it fails >>
  }}
}}
"""
TOPIC = b"Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: x, Tags: 5}}}"


def checker(engine: Engine, folder: Path, **clauses: str) -> Checker:
    """A checker with a rule for each clause."""
    (folder / "naming").mkdir()
    for name, clause in clauses.items():
        path = folder / "naming" / f"{name.lower()}.guard"
        path.write_text(RULE.format(title=name, name=name, clause=clause))
    return Checker(engine, load_pack(folder).rules.values())


@pytest.mark.engine
def test_a_rule_that_stops_the_engine_leaves_the_others_alone(engine: Engine, tmp_path: Path) -> None:
    numeric = "let n = parse_int(Properties.DisplayName)\n    %n > 0"
    clauses = {f"GOOD_{number}": "Properties.Tags exists" for number in range(5)}
    judged = checker(engine, tmp_path, **clauses, STOPS=numeric, WRONG="Properties.Missing exists")
    (result,) = judged.check_templates([parse_template(TOPIC, "topic.yaml")], perf_counter())
    assert [problem.rule for problem in result.rule_errors] == ["STOPS"]
    assert (result.passed, result.failed) == (tuple(clauses), ("WRONG",))


@pytest.mark.engine
def test_a_value_that_cannot_be_empty_fails_the_rule_that_asks(engine: Engine, tmp_path: Path) -> None:
    judged = checker(engine, tmp_path, TAGGED="Properties.Tags !empty", NAMED="Properties.DisplayName !empty")
    (result,) = judged.check_templates([parse_template(TOPIC, "topic.yaml")], perf_counter())
    (finding,) = result.findings
    assert (finding.rule, finding.path, finding.found) == ("TAGGED", "/Resources/A/Properties/Tags", "5")
    assert (result.rule_errors, result.passed) == ((), ("NAMED",))


@pytest.mark.engine
def test_keys_without_values_keep_no_rule_from_judging(engine: Engine, tmp_path: Path) -> None:
    judged = checker(engine, tmp_path, TAGGED="Properties.Tags !empty")
    template = parse_template(b"Resources: {A: {Type: AWS::SNS::Topic, Properties: {Tags: }}}", "topic.yaml")
    (result,) = judged.check_templates([template], perf_counter())
    assert [finding.path for finding in result.findings] == ["/Resources/A/Properties"]
