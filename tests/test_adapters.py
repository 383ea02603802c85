# ruff: noqa: PLC0415  what is imported is perhaps not installed
"""The adapters of docs/rewards.md, each run with the real package that it is for."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import guardrun
from guardrun.answers import Answer
from guardrun.scoring.scorer import failed

pytestmark = [pytest.mark.adapters, pytest.mark.engine]

DOCS = Path(__file__).parent.parent / "docs" / "rewards.md"
SNIPPETS = dict(re.findall(r"<!-- snippet: (\S+) -->\n```\w+\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL))
PROGRAMS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
EXPECTED = ["AWS::S3::Bucket"]
ANSWER = """\
Here it is:

```yaml
Resources:
  Archive:
    Type: AWS::S3::Bucket
```
"""
PUBLIC = "line 5: the bucket does not block public access"
Adapter = Callable[[str], ModuleType]


def needs(package: str) -> pytest.MarkDecorator:
    missing = find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed: make adapters")


@pytest.fixture
def adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adapter:
    """What imports a snippet, in a folder that has all of them."""
    for name, text in SNIPPETS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def load(name: str) -> ModuleType:
        monkeypatch.delitem(sys.modules, name, raising=False)
        return import_module(name)

    return load


@needs("inspect_ai")
def test_inspect_scores_what_guardrun_scores(adapter: Adapter) -> None:
    [sample] = inspected(adapter).samples
    score = sample.scores["cloudformation"]
    judged = guardrun.score(ANSWER, expected_resources=EXPECTED)
    assert score.value == judged.score
    assert score.metadata == {"passed": judged.passed, "failed_rules": list(judged.failed_rules)}
    assert PUBLIC in score.explanation


@needs("inspect_ai")
def test_inspect_leaves_out_what_guardrun_could_not_judge(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardrun, "score", lambda text, **_: failed(Answer("answer", text), "the engine stopped"))
    log = inspected(adapter)
    score = log.samples[0].scores["cloudformation"]
    assert isnan(score.value)
    assert (score.reason, score.explanation) == ("scoring_failed", "the engine stopped")
    assert log.results.scores[0].unscored_samples == 1


def inspected(adapter: Adapter) -> Any:
    from inspect_ai import Task, eval  # noqa: A004
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    said = ModelOutput.from_content("mockllm/model", ANSWER)
    said.usage = ModelUsage()  # else tokens are counted, with a table from the network
    model = get_model("mockllm/model", custom_outputs=[said])
    samples = [Sample("Write a template.", metadata={"expected_resources": EXPECTED})]
    task = Task(samples, scorer=adapter("guardrun_scorer").cloudformation())
    [log] = eval(task, model=model, display="none", log_dir="logs")
    assert log.status == "success", log.error
    return log


@needs("verifiers")
def test_verifiers_rewards_a_rollout(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = rolled_out(adapter, monkeypatch)
    assert trace.ok, trace.errors
    assert [trace.reward] == guardrun.reward([ANSWER], expected_resources=[EXPECTED])
    assert trace.reward > 0


@needs("verifiers")
def test_verifiers_tells_what_guardrun_could_not_judge(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardrun, "reward", lambda completions, **_: [None for _ in completions])
    trace = rolled_out(adapter, monkeypatch)
    assert not trace.ok
    assert trace.rewards == {"template": None}
    assert "guardrun could not judge the answer" in trace.last_error.message


def rolled_out(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> Any:
    import verifiers.v1 as vf

    monkeypatch.setenv("MODEL_KEY", "none")
    adapter("guardrun_templates")
    [task] = vf.load_taskset(vf.TasksetConfig(id="guardrun-templates"))
    return import_module("ask_once").roll_out(task, ANSWER)


@needs("trl")
def test_trl_makes_a_step_with_the_rewards(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    logged = trained(adapter, monkeypatch)
    assert 0 < logged["rewards/reward/mean"] < 1
    security = logged["rewards/guardrun_security/mean"]
    assert logged["reward"] == pytest.approx(logged["rewards/reward/mean"] + 0.2 * security)


@needs("trl")
def test_trl_leaves_out_what_guardrun_could_not_judge(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(completions: list[Any], **_: Any) -> list[float | None]:
        return [0.5 if number % 2 else None for number, _ in enumerate(completions)]

    monkeypatch.setattr(guardrun, "reward", half)
    monkeypatch.setattr(guardrun, "rewarder", lambda **_: half)
    logged = trained(adapter, monkeypatch)
    assert logged["rewards/half/mean"] == 0.5
    assert logged["reward"] == pytest.approx(0.6)


def trained(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What TRL logs of one step."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import trl

    import_module("tiny_model").write_model(Path("my-model"), ANSWER)
    short = {"use_cpu": True, "max_steps": 1, "logging_steps": 1, "report_to": "none", "save_strategy": "no"}
    monkeypatch.setattr(trl, "GRPOConfig", partial(trl.GRPOConfig, **short))
    history: list[dict[str, float]] = adapter("guardrun_grpo").trainer.state.log_history
    return history[0]


NO_PROMPTFOO = shutil.which("promptfoo", path=PROGRAMS) is None
promptfoo = pytest.mark.skipif(NO_PROMPTFOO, reason="promptfoo is not installed: make adapters")


@promptfoo
@pytest.mark.usefixtures("adapter")
def test_promptfoo_asserts_what_guardrun_says() -> None:
    code, result = evaluated()
    judged = guardrun.score(ANSWER, expected_resources=EXPECTED)
    assert (code, result["success"]) == (0, judged.passed)
    assert result["score"] == judged.score
    assert result["namedScores"] == {
        name: one.score for name, one in judged.categories.items() if one.score is not None
    }
    whole, *categories = result["gradingResult"]["componentResults"]
    assert PUBLIC in whole["reason"]
    assert any(one["reason"].startswith("security: 0 of ") for one in categories)


@promptfoo
@pytest.mark.usefixtures("adapter")
def test_promptfoo_fails_what_guardrun_could_not_judge() -> None:
    code, result = evaluated(GUARDRUN_CFN_GUARD="/bin/false")
    assert (code, result["success"], result["score"]) == (100, False, 0)
    assert result["error"].startswith("Error running Python script: guardrun.errors.EngineError")


def evaluated(**environment: str) -> tuple[int, dict[str, Any]]:
    """The exit code of promptfoo and its only result; the echo of its prompt is the answer."""
    Path("answer.txt").write_text(ANSWER, encoding="utf-8")
    command = "promptfoo eval --providers echo --prompts answer.txt --output out.json --no-cache --no-write --no-table"
    quiet = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_CONFIG_DIR": "promptfoo"}
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9"}  # it tells its makers even that it is to tell nothing
    own = {"PATH": PROGRAMS, "PROMPTFOO_PYTHON": sys.executable, **quiet, **nowhere, **environment}
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False, env={**os.environ, **own})
    assert Path("out.json").exists(), done.stderr
    [result] = json.loads(Path("out.json").read_text(encoding="utf-8"))["results"]["results"]
    return done.returncode, result
