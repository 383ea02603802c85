"""`guardrun init`: settings, a pre-commit hook and a job for CI to start with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from guardrun.init import CI, PRE_COMMIT, SETTINGS, Starter, recognised_ci, repository, write


@click.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[DIR]")
@click.option(
    "--ci",
    "kinds",
    multiple=True,
    type=click.Choice([*CI, "none"]),
    help="The CI to write a job for; by default the one that the project's files or remotes tell of.",
)
@click.option("--pre-commit/--no-pre-commit", default=True, help="Whether to write a pre-commit hook.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
def init(folder: Path, kinds: tuple[str, ...], pre_commit: bool, dry_run: bool) -> None:
    """Write settings, a pre-commit hook and a CI job.

    \b
    guardrun init                  the CI is recognised
    guardrun init --ci gitlab      a job for GitLab
    guardrun init --ci none        no job

    A file that is there already is never touched: the lines to add to it are shown.
    """
    root = repository(folder)
    inside = root is not None and root != folder.resolve()
    for starter in (SETTINGS,) if inside else _starters(kinds or recognised_ci(folder), pre_commit=pre_commit):
        _start(starter, folder, dry_run=dry_run)
    if not dry_run:
        click.echo("guardrun: next: guardrun check .", err=True)
    if inside:
        click.echo(
            "guardrun: hint: pre-commit and CI look for their files in the root of the repository;"
            f" for those, run guardrun init {root}",
            err=True,
        )


def _starters(kinds: tuple[str, ...], *, pre_commit: bool) -> Iterator[Starter]:
    yield SETTINGS
    if pre_commit:
        yield PRE_COMMIT
    yield from (CI[kind] for kind in dict.fromkeys(kinds) if kind in CI)


def _start(starter: Starter, folder: Path, *, dry_run: bool) -> None:
    existing = starter.existing(folder)
    if existing is not None:
        _keep(starter, existing)
    elif dry_run:
        click.echo(f"would write {(folder / starter.path).as_posix()}")
    else:
        write(starter, folder)
        click.echo(f"wrote {(folder / starter.path).as_posix()}")


def _keep(starter: Starter, existing: Path) -> None:
    """Tell that a file is kept, and what to add to it by hand unless guardrun is named in it."""
    if starter.added is None:
        click.echo(f"kept {existing.as_posix()} (exists)")
    elif _names_guardrun(existing):
        click.echo(f"kept {existing.as_posix()} (exists, with guardrun in it)")
    else:
        click.echo(f"kept {existing.as_posix()} (exists): add these lines {starter.added}:\n\n{starter.lines()}")


def _names_guardrun(path: Path) -> bool:
    return path.is_file() and b"guardrun" in path.read_bytes()
