"""`guardrun completions`: the script for a shell, and what guardrun then answers to the shell's questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from click.shell_completion import CompletionItem, get_completion_class

from guardrun.cli.options import chosen_pack
from guardrun.errors import GuardrunError
from guardrun.model import CATEGORIES, PROFILES, SEVERITIES
from guardrun.pack import Rule


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completions(context: click.Context, shell: str) -> None:
    """Print the completions for a shell.

    They are for commands, options, rules, formats and files.

    \b
    bash, in ~/.bashrc:    eval "$(guardrun completions bash)"
    zsh, in ~/.zshrc:      eval "$(guardrun completions zsh)"
    fish, once:            guardrun completions fish > ~/.config/fish/completions/guardrun.fish

    In zsh this comes after compinit. bash needs version 4.4 or later.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise GuardrunError(f"there are no completions for {shell}")
    click.echo(kind(context.find_root().command, {}, "guardrun", "_GUARDRUN_COMPLETE").source(), nl=False)


def rules_or_files(packs: Sequence[str], typed: str) -> list[CompletionItem[str]]:
    """The rules that begin as typed; files where there is none."""
    return rule_items(packs, typed) or [CompletionItem(typed, "file")]


def rule_items(packs: Sequence[str], typed: str) -> list[CompletionItem[str]]:
    """The rules that begin as typed, with their titles."""
    start = typed.upper().replace("-", "_")
    return [CompletionItem(rule.id, help=rule.title) for rule in _rules(packs) if rule.id.upper().startswith(start)]


def pattern_items(packs: Sequence[str], typed: str) -> list[CompletionItem[str]]:
    """What `--select` and `--ignore` take that begins as typed after the last comma."""
    before, comma, last = typed.rpartition(",")
    known = [
        CompletionItem(before + comma + word) for word in (*CATEGORIES, *SEVERITIES, *PROFILES) if _begins(word, last)
    ]
    rules = [CompletionItem(before + comma + item.value, help=item.help) for item in rule_items(packs, last)]
    return [*known, *rules]


def _begins(word: str, typed: str) -> bool:
    return word.startswith(typed.lower())


def _rules(packs: Sequence[str]) -> Iterable[Rule]:
    """The rules of a pack; none where it cannot be read, since a shell that completes shows no errors."""
    try:
        return chosen_pack(packs).rules.values()
    except GuardrunError:
        return ()
