"""`guardrun rules` and `guardrun explain`: what the pack holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from guardrun.cli.options import (
    chosen_pack,
    color_option,
    complete_rules,
    config_option,
    rules_option,
    select_option,
    tell_problems,
)
from guardrun.cli.output import Output, emit, output_option, require_one_stdout, wants_colour
from guardrun.config import find_config, load_config, settings_read
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES
from guardrun.report.rules import FORMATS, explained
from guardrun.select import select_rules


@click.command()
@click.option("--category", "categories", multiple=True, type=click.Choice(CATEGORIES), help="Only of this category.")
@click.option("--severity", "severities", multiple=True, type=click.Choice(SEVERITIES), help="Only of this severity.")
@click.option("--profile", "profiles", multiple=True, type=click.Choice(PROFILES), help="Only of this profile.")
@select_option
@output_option(FORMATS)
@rules_option
@config_option
@color_option
def rules(
    categories: tuple[str, ...],
    severities: tuple[str, ...],
    profiles: tuple[str, ...],
    select: tuple[str, ...],
    outputs: tuple[Output, ...],
    packs: tuple[str, ...],
    config_path: Path | None,
    color: str,
) -> int:
    """List the rules.

    \b
    guardrun rules --category security --severity critical
    guardrun rules --select cis-aws-3.0,hipaa
    guardrun rules -o json
    """
    require_one_stdout(outputs)
    pack = chosen_pack(packs, config_path)
    chosen = [
        rule
        for rule in select_rules(pack.rules, PROFILES, select)
        if rule.category in (categories or CATEGORIES)
        and rule.severity in (severities or SEVERITIES)
        and rule.profile in (profiles or PROFILES)
    ]
    for output in outputs or (Output("console", None),):
        emit(output, FORMATS[output.format](chosen, pack.info), wants_colour(color))
    return tell_problems(pack)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="RULE...", shell_complete=complete_rules)
@rules_option
@config_option
@color_option
def explain(names: tuple[str, ...], packs: tuple[str, ...], config_path: Path | None, color: str) -> None:
    """Explain rules: what each asks for, why, how to comply, and which settings it reads."""
    pack = chosen_pack(packs, config_path)
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    found = [pack.rule(name) for name in names]
    policy = load_config(config_path or find_config(Path.cwd())).policy
    texts = [explained(rule, width, settings_read(rule.text, policy)) for rule in found]
    click.echo("\n\n".join(texts), color=wants_colour(color))
