"""Templates that are checked together: what goes wrong with one leaves the others alone."""

from collections.abc import Sequence
from time import perf_counter

import pytest

from guardrun.checker import Checker
from guardrun.engine import Evaluation
from guardrun.errors import EngineStopped
from guardrun.read import Template, parse_template


class Engine:
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
    checker, engine = Checker(None, []), Engine("11.yaml")  # type: ignore[arg-type]
    monkeypatch.setattr(checker.evaluator, "evaluate", engine.evaluate)
    templates = [parse_template(b"Resources: {A: {Type: AWS::SNS::Topic}}", f"{number}.yaml") for number in range(16)]
    results = checker.check_templates(templates, perf_counter())
    assert [result.path for result in results] == [template.path for template in templates]
    assert [result.path for result in results if result.error] == ["11.yaml"]
    assert engine.asked == [16, 8, 8, 4, 2, 2, 1, 1, 4]
