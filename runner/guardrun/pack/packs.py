"""Several packs as one: by path, by the name `bundled`, of an added pack or of one that a distribution brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guardrun.discover import shown
from guardrun.errors import PackError
from guardrun.model import PackInfo
from guardrun.pack.load import Pack, distinct_rules, in_order, load_pack
from guardrun.pack.source import bundled_rules

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from guardrun.pack.mapping import PackMapping

BUNDLED = "bundled"
GROUP = "guardrun.packs"
"""The entry points of distributions that bring a pack: each loads to a path, or to a package whose folder has rules."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A pack that has a name: `source` says for people where it is from."""

    name: str
    source: str
    path: Path
    version: str | None = None


def load_packs(
    names: Sequence[str], foreign: Mapping[str, Any] | None = None, where: str = "settings", *, here: bool = True
) -> Pack:
    """The rules of all these packs; `foreign` is what the settings, in the file `where`, say of foreign rules.

    `here` says whether a bare name may be a file or folder in the working directory: not where settings name it, since
    that is not where they are. Raises `PackError` for a name that means nothing and for a pack without rules.
    """
    if tuple(names) == (BUNDLED,):
        return load_pack(bundled_rules(), "guard-rules")
    mappings = [_mapping(foreign, where)] if foreign else []
    packs = [load_named(name, mappings, here=here) for name in dict.fromkeys(names)]
    return packs[0] if len(packs) == 1 else _united(packs)


def load_named(name: str, foreign: Sequence[PackMapping] = (), *, here: bool = True) -> Pack:
    """One pack, by its path or name; `here` as for `load_packs`. Raises `PackError`."""
    if name == BUNDLED:
        return load_pack(bundled_rules(), "guard-rules")
    if (here or "/" in name or name.startswith(".")) and Path(name).exists():
        return load_pack(Path(name), shown(Path(name)), foreign=foreign)
    pack = _installed(name, here=here)
    loaded = load_pack(pack.path, f"{name}:", foreign=foreign, name=name)
    return replace(loaded, info=replace(loaded.info, version=pack.version)) if pack.version else loaded


def path_of(name: str) -> Path:
    """Where the rules of a pack are, by its path or name. Raises `PackError`."""
    if name == BUNDLED:
        return bundled_rules()
    return Path(name) if Path(name).exists() else _installed(name).path


def _installed(name: str, *, here: bool = True) -> Installed:
    for pack in installed_packs(name):
        return pack
    beside = "" if here or "/" in name else " beside the settings"
    raise _unknown(name, beside)


def installed_packs(only: str | None = None) -> Iterator[Installed]:
    """The packs that have a name beside the bundled one, or `only` one. Raises `PackError` for one that fails."""
    from guardrun.pack.added import added_packs  # noqa: PLC0415  most runs name none

    for name, path in added_packs().items():
        if only in {None, name}:
            yield Installed(name, "added", path)
    for entry in entry_points():
        if only in {None, entry.name}:
            dist = entry.dist
            source = f"{dist.name} {dist.version}" if dist else "a distribution"
            yield Installed(entry.name, source, _folder(entry, source), dist.version if dist else None)


def entry_points() -> list[EntryPoint]:
    """The entry points of the group, sorted."""
    from importlib.metadata import entry_points as find  # noqa: PLC0415  slow to import

    return sorted(find(group=GROUP), key=lambda entry: entry.name)


def _folder(entry: EntryPoint, source: str) -> Path:
    """The folder that an entry point means: a path, or the folder of a module."""
    try:
        value: Any = entry.load()
        return Path(next(iter(value.__path__)) if hasattr(value, "__path__") else getattr(value, "__file__", value))
    except Exception as error:
        message = f"the pack {entry.name} of {source} cannot be loaded: {error!r}"
        raise PackError(message, hint=f"its entry point {entry.value} must be a path or a package") from error


def _unknown(name: str, beside: str) -> PackError:
    from guardrun.pack.added import CONTROL_TOWER, added_packs  # noqa: PLC0415  only this error needs it

    known = [BUNDLED, *added_packs(), *(entry.name for entry in entry_points())]
    more = "" if CONTROL_TOWER in known else f"; guardrun packs add {CONTROL_TOWER} adds AWS Control Tower's rules"
    hint = f"there are the packs {', '.join(known)}{more}"
    return PackError(f"there is no file, folder or pack {name}{beside}", hint=hint)


def _mapping(foreign: Mapping[str, Any], where: str) -> PackMapping:
    from guardrun.errors import ConfigError  # noqa: PLC0415  few settings say so
    from guardrun.pack.mapping import mapping_of  # noqa: PLC0415

    def fault(_: Sequence[str], message: str, hint: str | None) -> ConfigError:
        return ConfigError(message, path=where, hint=hint)

    return mapping_of(foreign, fault)


def _united(packs: Sequence[Pack]) -> Pack:
    found, clashes = distinct_rules(rule for pack in packs for rule in pack.rules.values())
    rules = in_order(found)
    version = ", ".join(f"{pack.name} {pack.info.version}" for pack in packs)
    problems = (*(problem for pack in packs for problem in pack.problems), *clashes)
    return Pack(rules, PackInfo(version, lambda: _hash(packs), rules), problems, "+".join(pack.name for pack in packs))


def _hash(packs: Sequence[Pack]) -> str:
    from hashlib import sha256  # noqa: PLC0415  slow to import, and not every report shows it

    return sha256("".join(pack.info.hash() for pack in packs).encode()).hexdigest()
