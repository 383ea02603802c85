"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from guardrun.cli import FAILED, tell
from guardrun.config import find_config, load_config
from guardrun.model import PROFILES, SEVERITIES
from guardrun.pack import Pack

Command = TypeVar("Command", bound=Any)


def _a_number(_: click.Context, __: click.Parameter, value: float) -> float:
    if value != value:  # noqa: PLR0124  not a number, which no range refuses
        raise click.BadParameter("it must be a number")
    return value


cfn_guard_option = click.option(
    "--cfn-guard", metavar="PATH", help="The cfn-guard executable to use instead of the bundled one."
)
rules_option = click.option(
    "--rules",
    "packs",
    multiple=True,
    metavar="PATH|NAME",
    envvar="GUARDRUN_RULES",
    help="A folder or file of rules, or a pack's name, in place of the bundled ones; repeat, with bundled, for both.",
)
config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GUARDRUN_CONFIG",
    help="The settings; by default the nearest .guardrun.yml upwards.",
)
jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    envvar="GUARDRUN_JOBS",
    help="Processes to use; all cores by default.",
)
timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0.1, max=86_400),
    callback=_a_number,
    default=60.0,
    show_default=True,
    envvar="GUARDRUN_TIMEOUT",
    help="Seconds for one template.",
)


def _patterns(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns, each an argument of its own or several with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _complete_patterns(context: click.Context, _: click.Parameter, typed: str) -> list[Any]:
    from guardrun.cli.completions import pattern_items  # noqa: PLC0415  only a shell that completes needs it

    return pattern_items(context.params.get("packs", ()), typed)


select_option = click.option(
    "--select",
    multiple=True,
    callback=_patterns,
    shell_complete=_complete_patterns,
    metavar="PATTERN",
    envvar="GUARDRUN_SELECT",
    help="Only these rules: ids, globs, categories, severities, frameworks or controls, with commas or repeated.",
)
ignore_option = click.option(
    "--ignore",
    multiple=True,
    callback=_patterns,
    shell_complete=_complete_patterns,
    metavar="PATTERN",
    envvar="GUARDRUN_IGNORE",
    help="None of these rules, in the same form.",
)
profile_option = click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Choice(PROFILES),
    envvar="GUARDRUN_PROFILE",
    help="Rules to apply: core alone by default; name others to add them.",
)
color_option = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours; auto: on a terminal."
)

fail_on_option = click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    envvar="GUARDRUN_FAIL_ON",
    help="Exit 1 from here on; by default low.",
)
baseline_option = click.option(
    "-b",
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GUARDRUN_BASELINE",
    help="A file of findings that are there already and pass: see guardrun baseline.",
)
parameters_option = click.option(
    "--parameters",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Parameter values of a deployment, pseudo parameters too (AWS::Region=...); repeat for more.",
)
changed_since_option = click.option(
    "--changed-since",
    metavar="REV",
    envvar="GUARDRUN_CHANGED_SINCE",
    help="Only templates that differ, in git, from where this branch left REV, and those that include them.",
)
no_suppress_option = click.option(
    "--no-suppress", is_flag=True, help="Show what is suppressed or in the baseline, too, as for an audit."
)
stdin_filename_option = click.option(
    "--stdin-filename", default="<stdin>", help="The name to show for a template from standard input (-)."
)


with_option = click.option(
    "--with",
    "companions",
    multiple=True,
    callback=_patterns,
    metavar="COMPANION",
    envvar="GUARDRUN_WITH",
    help="Run another linter beside the pack: cfn-lint or cloudformation-validate; with :all, its hints as well.",
)


def run_options(command: Command) -> Command:
    """The options of every command that checks templates."""
    for option in reversed(
        (
            stdin_filename_option,
            parameters_option,
            changed_since_option,
            no_suppress_option,
            profile_option,
            select_option,
            ignore_option,
            with_option,
            rules_option,
            config_option,
            cfn_guard_option,
            jobs_option,
            timeout_option,
        )
    ):
        command = option(command)
    return command


def complete_rules(context: click.Context, _: click.Parameter, typed: str) -> list[Any]:
    """Answer a shell that asks for a rule."""
    from guardrun.cli.completions import rules_or_files  # noqa: PLC0415  as above

    return rules_or_files(context.params.get("packs", ()), typed)


def chosen_pack(packs: Sequence[str], config_path: Path | None = None) -> Pack:
    """The packs that `--rules` names, else those of the settings."""
    from guardrun.pack.packs import load_packs  # noqa: PLC0415  checks of templates need it not

    config = load_config(config_path or find_config(Path.cwd()))
    return load_packs(packs or config.rules, config.foreign, here=bool(packs))


def tell_problems(pack: Pack) -> int:
    """Name the files that gave no rule on standard error; the exit code that they call for."""
    for problem in pack.problems:
        tell(problem)
    return FAILED if pack.problems else 0
