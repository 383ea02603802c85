"""Packs that were added for the user: which there are, and where Control Tower's rules come from."""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from guardrun.errors import PackError
from guardrun.folders import user_folder
from guardrun.process import run

CONTROL_TOWER = "control-tower"
REQUIREMENT = "cdklabs.cdk-validator-cfnguard==0.0.62"
WHEEL_SHA256 = "83c9c9a086de47637611f414ca90200db97e7b8cd3c4a69475b5f81034bd4b45"
ARCHIVE = "cdklabs/cdk_validator_cfnguard/_jsii/cdk-validator-cfnguard@0.0.62.jsii.tgz"
"""The wheel that the engine comes from, as in hatch_build.py."""

MEMBER = re.compile(r"package/(?:rules/control-tower/((?:[\w-]+/)+[\w.-]+)|(LICENSE|NOTICE))")
PIP_TIMEOUT = 900.0
PIP_LINES = 10
SAID = """\
# AWS Control Tower's proactive controls, unchanged out of the PyPI distribution
# cdklabs.cdk-validator-cfnguard 0.0.62, under the Apache License 2.0 (see LICENSE).
name: control-tower
version: "0.0.62"
"""


def packs_folder() -> Path | None:
    """Where added packs are kept; None for a user without a home."""
    folder = user_folder("XDG_DATA_HOME", ".local", "share")
    return folder / "packs" if folder else None


def added_packs() -> dict[str, Path]:
    """The folders of the added packs by name."""
    folder = packs_folder()
    found = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    return {path.name: path for path in found if path.is_dir() and not path.name.startswith(".")}


def add_control_tower(wheel: Path | None = None) -> Path:
    """Store Control Tower's rules, out of the wheel given or downloaded by pip; returns their folder.

    Raises `PackError`; never stores anything out of a file of another hash.
    """
    packs = packs_folder()
    if packs is None:
        raise PackError("there is no home folder to store the pack in", hint="set HOME, or XDG_DATA_HOME")
    target = packs / CONTROL_TOWER
    with TemporaryDirectory(prefix="guardrun-") as folder:
        content = _checked(wheel or _download(Path(folder)))
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".adding-", dir=target.parent) as fresh:
            _extract(content, Path(fresh, CONTROL_TOWER))
            if target.exists():
                target.rename(Path(fresh, "old"))
            Path(fresh, CONTROL_TOWER).rename(target)
    return target


def remove_pack(name: str) -> Path:
    """Remove an added pack; returns where it was. Raises `PackError`."""
    packs = added_packs()
    if name not in packs:
        hint = f"added packs: {', '.join(packs)}" if packs else "no pack was added"
        raise PackError(f"there is no added pack {name}", hint=hint)
    shutil.rmtree(packs[name])
    return packs[name]


def _download(folder: Path) -> Path:
    """The pinned wheel, by this Python's pip, so that its index, proxy and offline settings hold."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{REQUIREMENT} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(requirements)]
    done = run(command, timeout=PIP_TIMEOUT)
    wheels = list(folder.glob("*.whl"))
    if done.code or not wheels:
        said = "\n".join(done.stderr.strip().splitlines()[-PIP_LINES:])
        hint = f"download the wheel of {REQUIREMENT} yourself, and name it with --wheel"
        raise PackError(f"pip could not download {REQUIREMENT}:\n{said}", hint=hint)
    return wheels[0]


def _checked(wheel: Path) -> bytes:
    try:
        content = wheel.read_bytes()
    except OSError as error:
        raise PackError(f"cannot read the wheel: {error.strerror}", path=wheel.as_posix()) from error
    if (found := sha256(content).hexdigest()) != WHEEL_SHA256:
        message = f"this is another file than the wheel of {REQUIREMENT}: its sha256 is {found}, not {WHEEL_SHA256}"
        raise PackError(message, path=wheel.name, hint="take it from PyPI")
    return content


def _extract(wheel: bytes, into: Path) -> None:
    """Write rules, metadata and licence; nothing else in the archive is looked at."""
    from io import BytesIO  # noqa: PLC0415

    with zipfile.ZipFile(BytesIO(wheel)) as outer, outer.open(ARCHIVE) as inner, tarfile.open(fileobj=inner) as archive:
        for name, content in _members(archive):
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    Path(into, "guardrun-pack.yml").write_text(SAID, encoding="utf-8")


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        name = MEMBER.fullmatch(member.name)
        stream = archive.extractfile(member) if name else None
        if name and stream:
            yield name[1] or name[2], stream.read()
