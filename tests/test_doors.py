"""The ways in: hooks, the action, the CI jobs and the image, each driven as its host would."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrun.discover import discover
from guardrun.init import CI, PRE_COMMIT

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
EXPRESSION = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
WORKFLOW = yaml.safe_load(CI["github"].text())
BUCKET = "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: PublicRead\n"
CLEAN = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
RULE = ["--select", "S3_BUCKET_ACL_PROHIBITED"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def run(*command: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def write(name: str, text: str, mode: int = 0o644) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments)


def test_a_hook_names_all_files_and_only_templates_are_checked() -> None:
    for name in ("t.yaml", "t.template", "T.JSON", ".guardrun.yml", "README.md"):
        write(name, BUCKET)
    write("compose.yaml", "services: {}\n")
    named = ["t.yaml", "t.template", "T.JSON", ".guardrun.yml", "README.md", "compose.yaml"]
    found = discover(named, only_templates=True)
    assert list(found.templates) == ["t.yaml", "t.template", "T.JSON"]
    assert (found.skipped, found.problems) == (3, [])


def test_a_hook_still_hears_of_a_path_that_is_not_there() -> None:
    (problem,) = discover(["gone.yaml"], only_templates=True).problems
    assert problem.message == "there is no such file or folder"


@pytest.mark.engine
def test_a_commit_without_a_template_passes_and_a_broken_template_does_not() -> None:
    write("compose.yaml", "services: {}\n")
    write("broken.yaml", "Resources: [\n  Type: AWS::S3::Bucket\n")
    assert run("guardrun", "check", "--only-templates", "compose.yaml").returncode == 0
    assert run("guardrun", "check", "--only-templates", "compose.yaml", "broken.yaml").returncode == 2


def test_pre_commit_accepts_the_hooks_and_the_entry_that_init_writes() -> None:
    assert run("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml").returncode == 0
    assert run("pre-commit", "validate-config", write("c.yaml", PRE_COMMIT.text())).returncode == 0


def test_the_entry_that_init_writes_does_what_the_hook_does() -> None:
    (local,) = yaml.safe_load(PRE_COMMIT.text())["repos"]
    entry = local["hooks"][0]
    assert entry.pop("additional_dependencies") == ["guardrun"]
    assert entry == {key: value for key, value in HOOKS["guardrun-check"].items() if key != "description"}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("a/t.yaml", True),
        ("t.YML", True),
        ("t.json", True),
        ("t.template", True),
        ("t.yaml.bak", False),
        ("json", False),
    ],
)
def test_the_hook_is_for_the_files_that_guardrun_looks_for(name: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS["guardrun-check"]["files"], name)) is wanted


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of what a build of guardrun needs, and the hooks."""
    folder = tmp_path_factory.mktemp("doors") / "guardrun"
    copied_sources(folder)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", folder)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "guardrun"]):
        assert git("-C", str(folder), *arguments).returncode == 0
    return folder


def copied_sources(folder: Path) -> None:
    """Copy just what the image's build copies."""
    folder.mkdir()
    for name in image_sources():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_bin"))
        else:
            shutil.copy(source, folder)


def committed(message: str, home: Path) -> subprocess.CompletedProcess[str]:
    git("add", "-A")
    return run(
        "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-m", message, PRE_COMMIT_HOME=str(home)
    )


@pytest.mark.build
def test_real_pre_commit_installs_the_hooks_and_stops_a_commit_with_findings(checkout: Path, tmp_path: Path) -> None:
    revision = git("-C", str(checkout), "rev-parse", "HEAD").stdout.strip()
    hooks = [{"id": "guardrun-check", "args": RULE}, {"id": "guardrun-test"}]
    config = {"repos": [{"repo": checkout.as_uri(), "rev": revision, "hooks": hooks}]}
    write(".pre-commit-config.yaml", json.dumps(config))
    git("init", "-q")
    assert run("pre-commit", "install").returncode == 0

    write("compose.yaml", "services: {}\n")
    without = committed("nothing to check", tmp_path)
    assert without.returncode == 0, without.stderr
    assert "guardrun check" in without.stderr

    write("my stack.template", BUCKET)
    stopped = committed("a public bucket", tmp_path)
    assert stopped.returncode == 1
    assert "my stack.template:5:22 high S3_BUCKET_ACL_PROHIBITED" in stopped.stderr

    write("my stack.template", CLEAN)
    assert committed("a topic", tmp_path).returncode == 0

    write("guard-rules/naming/topic_named.guard", TOPIC_RULE)
    write("rule-tests/naming/topic_named_tests.yaml", TOPIC_TESTS)
    tested = committed("a rule", tmp_path)
    assert tested.returncode == 0, tested.stderr

    write("rule-tests/naming/topic_named_tests.yaml", TOPIC_TESTS.replace("TOPIC_NAMED: SKIP", "TOPIC_NAMED: FAIL"))
    failed = committed("a wrong test", tmp_path)
    assert failed.returncode == 1
    assert "expected FAIL, got SKIP" in failed.stderr


TOPIC_RULE = """\
# title: Topics have names
# severity: low
# profile: core
# resources: [AWS::SNS::Topic]
# why: w
# fix: Name it.

let sns_topics = Resources.*[ Type == 'AWS::SNS::Topic' ]

rule TOPIC_NAMED when %sns_topics !empty {
  %sns_topics { Properties.TopicName exists << the topic has no name >> }
}
"""
TOPIC_TESTS = """\
- name: PASS, a name
  input: {Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: a}}}}
  expectations: {rules: {TOPIC_NAMED: PASS}}
- name: FAIL, no name
  input: {Resources: {A: {Type: AWS::SNS::Topic, Properties: {}}}}
  expectations: {rules: {TOPIC_NAMED: FAIL}}
- name: SKIP, no topic
  input: {Resources: {A: {Type: AWS::SQS::Queue}}}
  expectations: {rules: {TOPIC_NAMED: SKIP}}
"""


def script_of(step: dict[str, Any], **inputs: str) -> dict[str, str]:
    """The environment that the action gives a step."""
    defaults = {name: given["default"] for name, given in ACTION["inputs"].items()}
    values = {**defaults, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    return {name: EXPRESSION.sub(lambda found: values[found[1]], value) for name, value in step.get("env", {}).items()}


def steps() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in ACTION["runs"]["steps"]}


def step_run(name: str, env: dict[str, str], temp: Path) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does: bash, errors end it, files for the outputs and the summary."""
    for file in ("output", "summary"):
        (temp / file).touch()
    script = temp / "step.sh"
    script.write_text(steps()[name]["run"], encoding="utf-8")
    return run(
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        script,
        RUNNER_TEMP=str(temp),
        GITHUB_ACTION_PATH=str(ROOT),
        GITHUB_OUTPUT=str(temp / "output"),
        GITHUB_STEP_SUMMARY=str(temp / "summary"),
        **env,
    )


def outputs(temp: Path) -> dict[str, str]:
    lines = (temp / "output").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """RUNNER_TEMP with guardrun where the first step installs it."""
    programs = tmp_path / "runner temp" / "guardrun" / "bin"
    programs.mkdir(parents=True)
    for name, module in (("guardrun", "-m guardrun"), ("python", "")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return programs.parents[1]


def check_step(installed: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    return step_run("Check the templates", script_of(steps()["Check the templates"], **inputs), installed)


def test_the_action_and_the_workflow_are_what_github_reads_and_give_no_way_in() -> None:
    workflow = write(".github/workflows/guardrun.yml", CI["github"].text())
    for schema, file in (("github-actions", ROOT / "action.yml"), ("github-workflows", workflow)):
        done = run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file)
        assert done.returncode == 0, done.stdout
        audit = run("zizmor", "--offline", "--no-config", "--persona", "pedantic", file)
        assert audit.returncode == 0, audit.stdout


def test_what_the_action_and_the_workflow_use_of_others_is_pinned() -> None:
    used = [
        step["uses"] for step in [*ACTION["runs"]["steps"], *WORKFLOW["jobs"]["guardrun"]["steps"]] if "uses" in step
    ]
    assert [name.split("@")[0] for name in used] == [
        "github/codeql-action/upload-sarif",
        "actions/checkout",
        "actions/setup-python",
    ]
    assert [name for name in used if not PINNED.fullmatch(name)] == []


def test_the_action_s_scripts_are_sound_and_hold_no_expression() -> None:
    for step in ACTION["runs"]["steps"]:
        done = run("shellcheck", "--shell", "bash", "-", stdin=step.get("run", ""))
        assert done.returncode == 0, done.stdout
        assert "${{" not in step.get("run", "")


def test_each_input_of_the_action_is_used_and_each_output_is_made() -> None:
    text = json.dumps(ACTION["runs"])
    assert [name for name in ACTION["inputs"] if f"inputs.{name}" not in text] == []
    assert list(ACTION["outputs"]) == ["exit-code", "findings", "counts", "sarif", "junit", "json"]


@pytest.mark.engine
def test_the_action_annotates_reports_and_fails_only_in_its_last_step(installed: Path) -> None:
    write("my stacks/t.yaml", BUCKET)
    write("stacks/app/t.yaml", CLEAN)
    done = check_step(installed, paths="my stacks\nstacks/**/*.yaml\n", args=" ".join(RULE))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("::error file=my stacks/t.yaml,line=5,")
    assert (
        (installed / "summary").read_text(encoding="utf-8").startswith("## \u274c guardrun: 1 finding in 2 templates")
    )
    made = outputs(installed)
    assert (made["exit-code"], made["findings"]) == ("1", "1")
    assert json.loads(made["counts"])["by_severity"] == {"critical": 0, "high": 1, "medium": 0, "low": 0}
    assert json.loads(Path(made["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path(made["junit"]).read_text(encoding="utf-8").startswith("<?xml")
    assert Path(made["json"]).name == "guardrun.json"
    assert step_run("Tell the result", {"CODE": made["exit-code"]}, installed).returncode == 1


@pytest.mark.engine
def test_the_action_passes_where_nothing_is_found_and_hands_its_inputs_on(installed: Path) -> None:
    write("t.yaml", BUCKET)
    write("settings.yml", "ignore: [S3_BUCKET_VERSIONING_ENABLED]\n")
    done = check_step(installed, fail_on="never", profile="strict teardown", config="settings.yml", args="-j 1")
    assert (done.returncode, done.stderr) == (0, "")
    made = outputs(installed)
    assert made["exit-code"] == "0"
    assert step_run("Tell the result", {"CODE": "0"}, installed).returncode == 0


@pytest.mark.engine
def test_the_action_tells_of_wrong_use_without_an_upload(installed: Path) -> None:
    write("t.yaml", BUCKET)
    done = check_step(installed, fail_on="bad")
    assert done.returncode == 0
    assert "'bad' is not one of 'critical', 'high', 'medium', 'low', 'never'" in done.stderr
    assert outputs(installed) == {"exit-code": "2"}
    upload = steps()["Upload to code scanning"]
    assert upload["if"] == "inputs.sarif == 'true' && steps.check.outputs.sarif != ''"
    assert step_run("Tell the result", {"CODE": "2"}, installed).returncode == 2


@pytest.mark.engine
def test_nothing_in_the_action_s_inputs_is_run(installed: Path) -> None:
    write("t.yaml", CLEAN)
    attack = "$(touch made) `touch made` ; touch made"
    check_step(installed, paths=f"t.yaml\n{attack}\n*", args=attack, profile=attack, config=attack, fail_on=attack)
    assert not Path("made").exists()


@pytest.mark.build
def test_the_action_installs_itself(tmp_path: Path) -> None:
    done = step_run("Install guardrun", {"VERSION": ""}, tmp_path)
    assert done.returncode == 0, done.stderr
    assert run(tmp_path / "guardrun/bin/guardrun", "--version").stdout.startswith("guardrun 0.")


@pytest.mark.build
def test_the_action_installs_the_version_that_is_asked_for(tmp_path: Path) -> None:
    done = step_run("Install guardrun", {"VERSION": "0.0.1.dev0", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "."}, tmp_path)
    assert done.returncode == 1
    assert "No matching distribution found for guardrun==0.0.1.dev0" in done.stderr


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pip that finds guardrun installed already."""
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text("#!/bin/sh\n", encoding="utf-8")
    pip.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pip.parent}{os.pathsep}{os.environ['PATH']}")


def test_the_gitlab_template_is_the_job_that_init_writes_and_what_gitlab_reads() -> None:
    template = ROOT / "ci" / "guardrun.gitlab-ci.yml"
    assert template.read_text(encoding="utf-8") == CI["gitlab"].text()
    done = run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", template)
    assert done.returncode == 0, done.stdout


@pytest.mark.engine
@pytest.mark.usefixtures("published")
def test_the_gitlab_job_makes_the_reports_that_it_names() -> None:
    write("stacks/t.yaml", BUCKET)
    job = yaml.safe_load(CI["gitlab"].text())["guardrun"]
    script = "\n".join(job["script"])
    done = run("bash", "-eo", "pipefail", "-c", script, GUARDRUN_PATHS="stacks", GUARDRUN_FAIL_ON="never")
    assert (done.returncode, done.stderr) == (0, "")
    assert "stacks/t.yaml:5:22 high S3_BUCKET_ACL_PROHIBITED" in done.stdout
    assert [Path(file).exists() for file in job["artifacts"]["reports"].values()] == [True, True]


@pytest.mark.engine
@pytest.mark.usefixtures("published")
def test_the_github_workflow_annotates_and_summarises(tmp_path: Path) -> None:
    write("t.yaml", BUCKET)
    script = "\n".join(step.get("run", "") for step in WORKFLOW["jobs"]["guardrun"]["steps"])
    done = run("bash", "-eo", "pipefail", "-c", script, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "::error file=t.yaml,line=5," in done.stdout
    assert (tmp_path / "summary").read_text(encoding="utf-8").startswith("## \u274c guardrun: ")
    assert Path("guardrun.sarif").exists()


def test_the_upload_that_the_workflow_offers_can_be_uncommented() -> None:
    text = CI["github"].text()
    offered = re.sub(r"(?m)^( +)# (security-events|- uses|  )", r"\1\2", text)
    workflow = write(".github/workflows/guardrun.yml", offered)
    assert run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow).returncode == 0
    job = yaml.safe_load(offered)["jobs"]["guardrun"]
    assert job["permissions"] == {"contents": "read", "security-events": "write"}
    assert job["steps"][-1]["uses"] == steps()["Upload to code scanning"]["uses"]
    assert job["steps"][-1]["with"] == {"sarif_file": "guardrun.sarif"}


def test_the_script_for_any_ci_is_sound() -> None:
    done = run("shellcheck", "-", stdin=CI["generic"].text())
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def wheels(checkout: Path) -> Path:
    """guardrun's wheel and those that it needs, as the first stage of the image makes them."""
    folder = checkout.parent / "wheels"
    done = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", folder, checkout)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.build
def test_the_script_for_any_ci_installs_checks_and_leaves_only_reports(wheels: Path, tmp_path: Path) -> None:
    script = write("app/guardrun-ci.sh", CI["generic"].text(), mode=0o755)
    write("app/t.yaml", BUCKET)
    (tmp_path / "temp").mkdir()
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "TMPDIR": str(tmp_path / "temp")}
    done = run(script.absolute(), **index)
    assert (done.returncode, done.stderr) == (1, "")
    assert "t.yaml:5:22 high S3_BUCKET_ACL_PROHIBITED" in done.stdout
    assert sorted(path.name for path in Path("app/guardrun-reports").iterdir()) == ["guardrun.html", "guardrun.xml"]
    assert list((tmp_path / "temp").iterdir()) == []
    assert run(script.absolute(), "t.yaml", "--fail-on", "never", "--quiet", **index).returncode == 0


@pytest.mark.build
def test_the_hook_that_init_writes_installs_guardrun_and_checks(wheels: Path, tmp_path: Path) -> None:
    write(".pre-commit-config.yaml", PRE_COMMIT.text())
    write("t.yaml", BUCKET)
    git("init", "-q")
    git("add", "-A")
    assert run(sys.executable, "-m", "pip", "download", "-q", "--dest", wheels, "setuptools>=75").returncode == 0
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PRE_COMMIT_HOME": str(tmp_path / "home")}
    done = run("pre-commit", "run", **index)
    assert done.returncode == 1
    assert "S3_BUCKET_ACL_PROHIBITED" in done.stdout


def image_sources() -> list[str]:
    """What the Dockerfile copies from the checkout."""
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return [name for names in copied for name in names.split()]


def test_the_dockerfile_is_sound() -> None:
    done = run("hadolint", ROOT / "Dockerfile")
    assert done.returncode == 0, done.stdout


def test_what_the_image_is_built_of_exists_and_is_not_ignored() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert kept[0] == "*"
    assert [name for name in image_sources() if not (ROOT / name).exists() or f"!{name}" not in kept] == []


def test_the_image_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "\nUSER 65532:65532\n" in text
    assert '\nENTRYPOINT ["guardrun"]\n' in text


@pytest.mark.build
def test_guardrun_installs_from_what_the_first_stage_of_the_image_made(wheels: Path, tmp_path: Path) -> None:
    assert run(sys.executable, "-m", "venv", tmp_path / "image").returncode == 0
    wheel = next(wheels.glob("guardrun-*.whl"))
    options = ["--quiet", "--no-cache-dir", "--no-index", "--find-links", wheels]
    done = run(tmp_path / "image/bin/pip", "install", *options, wheel)
    assert done.returncode == 0, done.stderr
    write("t.yaml", BUCKET)
    assert run(tmp_path / "image/bin/guardrun", "check", ".", GUARDRUN_CACHE="").returncode == 1
    assert "wrote guardrun-ci.sh" in run(tmp_path / "image/bin/guardrun", "init").stdout
