"""What the README shows is true: its commands run, its settings load, its code works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from guardrun.config import load_config
from guardrun.suppress import COMMENT
from project import BAD, GOOD, git, guardrun

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:^    .*\n|^\n(?=    ))+", README, re.MULTILINE)
LINES = [line.strip() for block in BLOCKS for line in block.splitlines()]
COMMANDS = [
    re.sub(r"\s{2,}#.*", "", line) for line in LINES if re.match(r"(guardrun [a-z]+|cat .*\| guardrun) ?", line)
]
ELSEWHERE = ("guardrun packs add", "guardrun check infra/ --rules control-tower")
"""Commands that fetch something: tests of their own run them."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with everything that the README's commands name."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"template.yaml": BAD, "infra/a.yaml": BAD, "infra/b.yaml": GOOD}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("stacks/one").mkdir(parents=True)
    queue = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}
    Path("stacks/one/jobs.json").write_text(json.dumps(queue), encoding="utf-8")
    Path("my-rules").mkdir()
    Path("my-rules/names.guard").write_text("rule OWN_RULE { Resources exists }\n", encoding="utf-8")
    Path("answer.md").write_text(f"# Logs\n\n```yaml\n{BAD}```\n", encoding="utf-8")
    Path("answers.jsonl").write_text(json.dumps({"id": "a", "model": "m", "response": BAD}) + "\n", encoding="utf-8")
    Path("prod.json").write_text('{"Environment": "prod"}', encoding="utf-8")
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    return tmp_path


def run(command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=environment)


@pytest.mark.engine
@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.startswith(ELSEWHERE)])
def test_a_command_of_the_readme_runs(command: str) -> None:
    for name in ("shard-1.json", "shard-2.json", "main.json", "branch.json"):
        if name in command:
            run(f"guardrun check template.yaml -o json:{name}")
    for name in ("scores.jsonl", "new.jsonl", "old.jsonl"):
        if command.startswith("guardrun scorecard") and name in command:
            run(f"guardrun score answers.jsonl -o jsonl:{name}")
    if "baseline check" in command:
        run("guardrun baseline write infra/")
    done = run(command)
    assert done.returncode in {0, 1}, done.stderr
    assert "error" not in done.stderr


def block_with(text: str) -> str:
    return re.sub(r"(?m)^    ", "", next(block for block in BLOCKS if text in block))


@pytest.mark.engine
def test_the_settings_of_the_readme_hold(tmp_path: Path) -> None:
    path = tmp_path / ".guardrun.yml"
    path.write_text(block_with("fail_on: medium"), encoding="utf-8")
    config = load_config(path)
    (tmp_path / "t.yaml").write_text(BAD, encoding="utf-8")
    (tmp_path / ".guardrun-baseline.json").write_text('{"schema_version": 1, "templates": {}}', encoding="utf-8")
    assert guardrun("check", "t.yaml", "-q", cwd=str(tmp_path)).returncode == 1
    assert (config.profiles, config.fail_on, config.overrides[0].fail_on) == (("strict",), "medium", "critical")


def test_the_suppressing_comment_of_the_readme_is_one() -> None:
    match = COMMENT.search(next(line for line in LINES if "guardrun: ignore" in line))
    assert match is not None
    assert (match["rules"], match["reason"]) == ("S3_BUCKET_ACL_PROHIBITED", "served to anybody")


@pytest.mark.engine
def test_the_python_of_the_readme_runs(project: Path) -> None:
    code = block_with("import guardrun")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project)
    assert "infra/a.yaml" in done.stdout


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
