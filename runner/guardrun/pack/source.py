"""Where the rules of a pack are: its files, and what is said of them beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import guardrun
from guardrun.errors import PackError

if TYPE_CHECKING:
    from guardrun.pack.mapping import PackMapping

SUFFIXES = (".guard", ".ruleset")
PACKAGE = Path(guardrun.__file__).parent
CHECKOUT = PACKAGE.parent.parent


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a pack: rules, its `guardrun-pack.yml` if any, metadata, and mappings of rules to frameworks.

    `shown` is the folder's name for people, `name` the pack's; `mappings` are what is told of its rules, the pack's own
    first. What guardrun itself ships is `bundled`, and has none of that.
    """

    folder: Path
    shown: str
    paths: tuple[Path, ...]
    name: str = "guardrun"
    mappings: tuple[PackMapping, ...] = ()
    beside: Path | None = None
    metadata: tuple[Path, ...] = ()
    frameworks: tuple[Path, ...] = ()
    bundled: bool = False

    @property
    def version(self) -> str:
        """The version that the pack tells, or guardrun's."""
        return next((mapping.version for mapping in self.mappings[:1] if mapping.version), guardrun.__version__)

    def inner(self, path: Path) -> str:
        """A file's path within the pack."""
        return path.relative_to(self.folder).as_posix()

    def name_of(self, path: Path) -> str:
        """A file's name for people."""
        separator = "" if self.shown.endswith((":", "/")) else "/"
        return self.inner(path) if self.shown == "." else f"{self.shown}{separator}{self.inner(path)}"

    def state(self) -> list[Any]:
        """What must be the same for the rules to be: the program, what is told of them, all files."""
        files = [*self.paths, *([self.beside] if self.beside else []), *self.metadata, *self.frameworks]
        stats = [(os.path.relpath(path, self.folder), path.stat()) for path in files]
        said = json.dumps([asdict(mapping) for mapping in self.mappings], sort_keys=True)
        return [
            guardrun.__version__,
            self.shown,
            self.name,
            said,
            *([name, stat.st_size, stat.st_mtime_ns] for name, stat in stats),
        ]


def find_source(path: Path, shown: str, settings: Sequence[PackMapping], name: str | None = None) -> Source:
    """The files of the pack at a path, which is a folder or a file; `settings` say more of its rules.

    Raises `PackError` when there is no rule file.
    """
    if path.resolve() == bundled_rules().resolve():
        return Source(path, shown, tuple(sorted(path.rglob("*.guard"))), bundled=True)
    from guardrun.pack.mapping import PackMapping, read_sidecar, sidecar  # noqa: PLC0415  not for what is bundled
    from guardrun.pack.metadata import SUFFIX, mapping_files  # noqa: PLC0415

    folder = path if path.is_dir() else path.parent
    files = sorted(_files(folder)) if path.is_dir() else [path]
    paths = tuple(file for file in files if file.suffix in SUFFIXES or file == path)
    if not paths:
        raise PackError("there are no rules (*.guard, *.ruleset) in this folder", path=shown)
    beside = sidecar(folder)
    named = shown if path.is_dir() else Path(shown).parent.as_posix()
    own = read_sidecar(beside, f"{named}/{beside.name}") if beside else PackMapping({})
    name = name or own.name or (path.resolve().name if path.is_dir() else path.stem)
    metadata = tuple(file for file in files if file.name.endswith(SUFFIX))
    return Source(folder, named, paths, name, (own, *settings), beside, metadata, tuple(mapping_files(folder)))


def _files(folder: Path) -> Iterator[Path]:
    """All files but those in hidden folders and in those like the registry's `_template`."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] not in "._" and name != "node_modules"]
        yield from (Path(root, name) for name in names)


def bundled_rules() -> Path:
    """The folder of the rules that guardrun ships: in the package, or in the checkout of an editable install."""
    return _bundled("guard-rules")


def bundled_tests() -> Path:
    """The folder of the shipped rules' tests."""
    return _bundled("rule-tests")


def _bundled(folder: str) -> Path:
    shipped = PACKAGE / folder
    return shipped if shipped.is_dir() else CHECKOUT / folder


def digest(folder: Path, paths: Iterable[Path]) -> str:
    """A sha256 over files, by their names and texts."""
    from hashlib import sha256  # noqa: PLC0415  slow to import, and not every report shows it

    found = sha256()
    for path in paths:
        found.update(os.path.relpath(path, folder).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
