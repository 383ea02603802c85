"""The build hook puts the pinned cfn-guard executable into wheels; `-m build` runs real builds."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
hook = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(hook)

SAMPLE = b"#!/bin/sh\necho sample engine\n"
SAMPLE_ENGINE = hook.Engine("package/bin/ubuntu/x86_64/cfn-guard", hashlib.sha256(SAMPLE).hexdigest(), "sample_tag")


def wheel_holding(content):
    """Return the bytes of a wheel built like the pinned one, with the content as each platform's executable."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        for engine in hook.ENGINES.values():
            entry = tarfile.TarInfo(engine.member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr(hook.ARCHIVE, inner.getvalue())
    return outer.getvalue()


class FakePip:
    """Stands at the hook's one door: serves the wheel it holds and keeps the arguments it was given."""

    def __init__(self, wheel):
        self.wheel = wheel
        self.calls = []

    def __call__(self, arguments):
        self.calls.append(arguments)
        folder = Path(arguments[arguments.index("--dest") + 1])
        (folder / "cdklabs_cdk_validator_cfnguard-0.0.62-py3-none-any.whl").write_bytes(self.wheel)


@pytest.fixture(autouse=True)
def _no_chosen_platform(monkeypatch):
    monkeypatch.delenv("GUARDRUN_BUILD_PLATFORM", raising=False)


@pytest.fixture
def pip(monkeypatch, tmp_path):
    """Let the hook fetch a wheel of sample executables, all hashes right, with a cache of its own."""
    fake = FakePip(wheel_holding(SAMPLE))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(hook, "run_pip", fake)
    monkeypatch.setattr(hook, "WHEEL_SHA256", hashlib.sha256(fake.wheel).hexdigest())
    for name, engine in hook.ENGINES.items():
        monkeypatch.setitem(hook.ENGINES, name, engine._replace(sha256=SAMPLE_ENGINE.sha256))
    return fake


def initialize(root, version="standard"):
    """Run the hook as hatchling does; return it and what it asks hatchling to build."""
    build_hook = hook.CustomBuildHook(str(root), {}, None, None, "", "wheel")
    build_data = {"force_include": {}, "pure_python": True}
    build_hook.initialize(version, build_data)
    return build_hook, build_data


@pytest.mark.parametrize(
    ("platform", "tag"),
    [
        ("linux-x86_64", "py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64"),
        ("linux-aarch64", "py3-none-manylinux_2_17_aarch64.musllinux_1_1_aarch64"),
        ("macos-x86_64", "py3-none-macosx_12_0_x86_64"),
        ("macos-aarch64", "py3-none-macosx_12_0_arm64"),
    ],
)
def test_the_chosen_platform_gives_the_wheel_its_tag(platform, tag, pip, monkeypatch, tmp_path):  # noqa: ARG001
    monkeypatch.setenv("GUARDRUN_BUILD_PLATFORM", platform)
    _, build_data = initialize(tmp_path)
    assert (build_data["tag"], build_data["pure_python"]) == (tag, False)


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "linux-x86_64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("linux", "arm64", "linux-aarch64"),
        ("darwin", "arm64", "macos-aarch64"),
        ("darwin", "x86_64", "macos-x86_64"),
        ("win32", "AMD64", "win32-x86_64"),
    ],
)
def test_the_machine_has_a_platform_name(system, machine, expected, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(hook.platform, "machine", lambda: machine)
    assert hook.build_platform() == expected


def test_a_32_bit_python_on_a_64_bit_machine_has_no_executable(monkeypatch):
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert hook.build_platform() not in hook.ENGINES


def test_a_standard_wheel_gets_the_executable_and_the_rules(pip, monkeypatch, tmp_path):  # noqa: ARG001
    monkeypatch.setenv("GUARDRUN_BUILD_PLATFORM", "linux-x86_64")
    build_hook, build_data = initialize(tmp_path)
    source, destination = build_data["force_include"].popitem()
    assert destination == "guardrun/_bin/cfn-guard"
    assert Path(source).read_bytes() == SAMPLE
    assert os.access(source, os.X_OK)
    assert build_data["force_include"] == {"guard-rules": "guardrun/guard-rules", "rule-tests": "guardrun/rule-tests"}
    build_hook.finalize("standard", build_data, "")
    assert not Path(source).exists()


def test_an_editable_install_gets_the_executable_in_the_checkout_and_includes_nothing(pip, monkeypatch, tmp_path):  # noqa: ARG001
    monkeypatch.setenv("GUARDRUN_BUILD_PLATFORM", "linux-x86_64")
    _, build_data = initialize(tmp_path, "editable")
    placed = tmp_path / "runner/guardrun/_bin/cfn-guard"
    assert placed.read_bytes() == SAMPLE
    assert os.access(placed, os.X_OK)
    assert build_data == {"force_include": {}, "pure_python": True}


def test_the_platform_none_gives_a_plain_wheel_without_fetching(pip, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GUARDRUN_BUILD_PLATFORM", "none")
    _, build_data = initialize(tmp_path)
    assert build_data == {"force_include": hook.RULE_FOLDERS, "pure_python": True}
    assert pip.calls == []
    assert capsys.readouterr().err == ""


def test_an_unknown_platform_gives_a_plain_wheel_and_a_warning(pip, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(hook, "machine_platform", lambda: "win32-x86_64")
    _, build_data = initialize(tmp_path)
    assert build_data == {"force_include": hook.RULE_FOLDERS, "pure_python": True}
    assert pip.calls == []
    assert "no cfn-guard 3.1.1 executable for win32-x86_64; the wheel carries none" in capsys.readouterr().err


def test_an_invalid_override_ends_the_build_and_names_the_choices(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GUARDRUN_BUILD_PLATFORM", "windows")
    with pytest.raises(SystemExit) as stopped:
        initialize(tmp_path)
    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        "guardrun: GUARDRUN_BUILD_PLATFORM=windows is not a platform; "
        "choose one of linux-x86_64, linux-aarch64, macos-x86_64, macos-aarch64, none.\n"
    )


def test_pip_is_asked_for_the_one_pinned_wheel(pip):
    hook.executable(SAMPLE_ENGINE)
    assert pip.calls[0][:5] == ["download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-input"]


def test_a_wheel_of_another_hash_is_refused(pip, monkeypatch):
    monkeypatch.setattr(hook, "WHEEL_SHA256", "0" * 64)
    with pytest.raises(hook.EngineError) as refused:
        hook.executable(SAMPLE_ENGINE)
    message = str(refused.value)
    assert "wrong sha256 of cdklabs_cdk_validator_cfnguard-0.0.62-py3-none-any.whl, downloaded by pip" in message
    assert f"expected {'0' * 64}" in message
    assert f"got      {hashlib.sha256(pip.wheel).hexdigest()}" in message


def test_an_executable_of_another_hash_is_refused_and_not_kept(pip):  # noqa: ARG001
    engine = SAMPLE_ENGINE._replace(sha256="0" * 64)
    with pytest.raises(hook.EngineError) as refused:
        hook.executable(engine)
    message = str(refused.value)
    assert "wrong sha256 of package/bin/ubuntu/x86_64/cfn-guard in cdklabs_cdk_validator_cfnguard-0.0.62" in message
    assert f"expected {'0' * 64}" in message
    assert f"got      {SAMPLE_ENGINE.sha256}" in message
    assert not hook.cache_path(engine).exists()


def test_a_kept_executable_is_used_without_pip(pip):
    hook.executable(SAMPLE_ENGINE)
    assert hook.executable(SAMPLE_ENGINE) == SAMPLE
    assert len(pip.calls) == 1


def test_a_damaged_kept_executable_is_fetched_again(pip):
    kept = hook.cache_path(SAMPLE_ENGINE)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"half an engi")
    assert hook.executable(SAMPLE_ENGINE) == SAMPLE
    assert kept.read_bytes() == SAMPLE
    assert len(pip.calls) == 1


def test_a_cache_that_cannot_be_written_does_no_harm(pip, monkeypatch, tmp_path):  # noqa: ARG001
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert hook.executable(SAMPLE_ENGINE) == SAMPLE


def test_a_failing_pip_shows_its_last_lines_and_the_ways_out(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(hook.EngineError) as failed:
        hook.executable(SAMPLE_ENGINE)
    message = str(failed.value)
    assert "`pip download cdklabs.cdk-validator-cfnguard==0.0.62` exited with 1" in message
    assert "ERROR: No matching distribution found for cdklabs.cdk-validator-cfnguard==0.0.62" in message
    assert "set PIP_FIND_LINKS to a folder" in message
    assert "GUARDRUN_BUILD_PLATFORM=none" in message


def test_a_pip_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(hook, "PIP_TIMEOUT_SECONDS", 0.01)
    with pytest.raises(hook.EngineError, match=r"took more than 0\.01 seconds"):
        hook.executable(SAMPLE_ENGINE)


def run(*arguments, **settings):
    """Run a module of this interpreter in the checkout, for this machine's platform unless the settings differ."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "GUARDRUN_BUILD_PLATFORM": "", **settings},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def build(target, folder, **settings):
    """Build with this interpreter's hatchling, so that only the hook's own fetch may need the index."""
    return run("hatchling", "build", "-t", target, "-d", folder, **settings)


def pip_wheel(source, folder):
    """Build a wheel of the folder or sdist as pip does, and return it."""
    done = run("pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, source)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def files_below(folder, name):
    return {f"guardrun/{path.relative_to(folder).as_posix()}" for path in (folder / name).rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def host_wheel(tmp_path_factory):
    """The wheel of the checkout for this machine, as `pip wheel` builds it."""
    return pip_wheel(ROOT, tmp_path_factory.mktemp("host"))


@pytest.mark.build
def test_pip_builds_a_wheel_with_the_platform_tag_the_executable_and_the_rules(host_wheel):
    tag = hook.ENGINES[hook.machine_platform()].wheel_tag
    assert host_wheel.name.endswith(f"-py3-none-{tag}.whl")
    with zipfile.ZipFile(host_wheel) as wheel:
        names = set(wheel.namelist())
        assert wheel.getinfo("guardrun/_bin/cfn-guard").external_attr >> 16 & 0o7777 == 0o755
    assert {name for name in names if name.startswith("guardrun/guard-rules/")} == files_below(ROOT, "guard-rules")
    assert {name for name in names if name.startswith("guardrun/rule-tests/")} == files_below(ROOT, "rule-tests")


@pytest.mark.build
def test_the_executable_of_an_installed_wheel_runs(host_wheel, tmp_path):
    assert run("pip", "install", "--no-deps", "--target", tmp_path, host_wheel).returncode == 0
    version = subprocess.check_output([tmp_path / "guardrun/_bin/cfn-guard", "--version"], text=True)
    assert version == "cfn-guard 3.1.1\n"


@pytest.mark.build
@pytest.mark.parametrize("platform", ["linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64"])
def test_one_machine_builds_the_wheel_of_each_platform(platform, tmp_path):
    assert build("wheel", tmp_path, GUARDRUN_BUILD_PLATFORM=platform).returncode == 0
    wheel = next(tmp_path.glob(f"*-py3-none-{hook.ENGINES[platform].wheel_tag}.whl"))
    content = zipfile.ZipFile(wheel).read("guardrun/_bin/cfn-guard")
    assert hashlib.sha256(content).hexdigest() == hook.ENGINES[platform].sha256


@pytest.mark.build
def test_a_wheel_built_from_the_sdist_holds_the_same_files(host_wheel, tmp_path):
    assert build("sdist", tmp_path).returncode == 0
    rebuilt = pip_wheel(next(tmp_path.glob("*.tar.gz")), tmp_path)
    assert rebuilt.name == host_wheel.name
    assert zipfile.ZipFile(rebuilt).namelist() == zipfile.ZipFile(host_wheel).namelist()


@pytest.mark.build
def test_an_editable_wheel_holds_only_the_way_to_the_checkout(tmp_path):
    assert build("wheel:editable", tmp_path, GUARDRUN_BUILD_PLATFORM="none").returncode == 0
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert [name for name in names if ".dist-info/" not in name] == ["_guardrun.pth"]


@pytest.mark.build
def test_a_second_build_needs_no_index(host_wheel, tmp_path):
    done = build("wheel", tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode == 0
    assert (tmp_path / host_wheel.name).read_bytes() == host_wheel.read_bytes()


@pytest.mark.build
def test_a_first_build_without_an_index_ends_with_the_ways_out_and_no_traceback(tmp_path):
    done = build("wheel", tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("guardrun: cannot fetch cfn-guard: `pip download")
    assert "Traceback" not in done.stderr
