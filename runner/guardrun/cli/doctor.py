"""`guardrun doctor`: whether all is in place, and how old the knowledge is that ages."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

import click

from guardrun.cli import FAILED, tell
from guardrun.cli.options import cfn_guard_option, chosen_pack, config_option, rules_option
from guardrun.cli.version import version_text
from guardrun.config import find_config, load_config
from guardrun.engine import find_engine
from guardrun.errors import GuardrunError
from guardrun.facts.resource_types import source
from guardrun.model import Problem
from guardrun.pack import Pack, bundled_rules, load_pack

OLD = 180
"""Days after which knowledge of versions, runtimes and types should be looked up again."""


@click.command()
@rules_option
@config_option
@cfn_guard_option
def doctor(packs: tuple[str, ...], config_path: Path | None, cfn_guard: str | None) -> int:
    """Tell what is installed, whether it works, and how old the dated knowledge in rules and facts is.

    Exit codes: 0 all is well, 2 something does not work.
    """
    problems: list[Problem] = []
    click.echo(version_text())
    click.echo(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for look in (lambda: find_engine(cfn_guard), lambda: load_config(config_path or find_config(Path.cwd()))):
        try:
            look()
        except GuardrunError as error:
            problems.append(error.as_problem())
    config = config_path or find_config(Path.cwd())
    click.echo(f"settings {config.name if config else 'none: the defaults hold'}")
    try:
        pack = chosen_pack(packs, config_path)
    except GuardrunError as error:
        problems.append(error.as_problem())
        pack = load_pack(bundled_rules(), "guard-rules")
    problems += pack.problems
    for line in _ages(pack, datetime.now(timezone.utc).date()):
        click.echo(line)
    for problem in problems:
        tell(problem)
    return FAILED if problems else 0


def _ages(pack: Pack, today: date) -> Iterator[str]:
    """The dated knowledge, the oldest first, and a word where it is old."""
    dated = [(rule.as_of, rule.id) for rule in pack.rules.values() if rule.as_of]
    dated.append((source()["as_of"], f"resource types ({source()['source']})"))
    yield f"{len(dated)} parts know things that age:"
    for day, name in sorted(dated):
        age = (today - date.fromisoformat(day)).days
        yield f"  {day} {name}" + (f": {age} days old, look for a newer guardrun" if age > OLD else "")
