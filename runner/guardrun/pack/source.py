"""Where the rules of a pack are: its files, and what is said of them beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import guardrun
from guardrun.errors import PackError

if TYPE_CHECKING:
    from guardrun.pack.mapping import PackMapping

SUFFIXES = (".guard", ".ruleset")
UNTOLD = "unversioned"
"""In place of the version that a pack does not tell."""

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
        """The version that the pack tells; what is bundled has guardrun's."""
        told = [mapping.version for mapping in self.mappings[:1] if mapping.version]
        return guardrun.__version__ if self.bundled else [*told, UNTOLD][0]

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything that rules are read from."""
        return (*self.paths, *([self.beside] if self.beside else []), *self.metadata, *self.frameworks)

    def inner(self, path: Path) -> str:
        """A file's path within the pack."""
        return path.relative_to(self.folder).as_posix()

    def name_of(self, path: Path) -> str:
        """A file's name for people; mappings may be above the pack."""
        if not path.is_relative_to(self.folder):
            return path.as_posix()
        separator = "" if self.shown.endswith((":", "/")) else "/"
        return self.inner(path) if self.shown == "." else f"{self.shown}{separator}{self.inner(path)}"

    def state(self) -> list[Any]:
        """What must be the same for the rules to be: the program, what is told of them, all files."""
        files = [[os.path.relpath(path, self.folder), *_stat(path)] for path in self.files]
        return [guardrun.__version__, str(self.folder.resolve()), self.shown, self.name, _said(self.mappings), *files]

    def digest(self) -> Callable[[], str]:
        """What computes a hash of all files, and of what the settings say of the rules."""
        return partial(_digest, self.folder, self.files, _said(self.mappings[1:]))


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


def _stat(path: Path) -> list[int]:
    """What changes with a file; nothing for one that is not there, as behind a dangling link."""
    with suppress(OSError):
        stat = path.stat()
        return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
    return []


def _said(mappings: Sequence[PackMapping]) -> str:
    return json.dumps([asdict(mapping) for mapping in mappings], sort_keys=True) if mappings else ""


def _digest(folder: Path, paths: Iterable[Path], said: str) -> str:
    """A sha256 over files, by their names and texts, and over what is said of their rules elsewhere."""
    from hashlib import sha256  # noqa: PLC0415  slow to import, and not every report shows it

    found = sha256()
    for path in paths:
        found.update(os.fsencode(os.path.relpath(path, folder)) + b"\0")
        with suppress(OSError):
            found.update(path.read_bytes())
        found.update(b"\0")
    found.update(said.encode())
    return found.hexdigest()
