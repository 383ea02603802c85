"""What is the same for every template of a run, and what follows from it for one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guardrun.config import Config
from guardrun.model import Finding, Problem, RuleInfo, Suppressed
from guardrun.pack import Rule
from guardrun.read import Template
from guardrun.select import Selection
from guardrun.suppress import apply, find_suppressions, from_config

if TYPE_CHECKING:
    from guardrun.companions.choice import Choice


@dataclass(frozen=True, slots=True)
class Run:
    """What is the same for every template of a run.

    `parameters` are the values of a deployment. `config` has what an organisation asks for and accepts; without it, the
    templates are inputs of rule tests and may say so themselves. `today` is the day by which suppressions expire;
    without it, none counts. `firsts` are the templates that speak for their projects, None for all;
    `selection` says which rules hold for which template, None that all do. `companions` are the linters to ask, too.
    `graphs` says whether results tell who refers to whom.
    """

    parameters: Mapping[str, Any] | None = None
    config: Config | None = None
    today: date | None = None
    firsts: Collection[Path] | None = None
    selection: Selection | None = None
    companions: Choice | None = None
    graphs: bool = True

    def path(self, template: Template) -> str:
        """The path by which the settings know a template."""
        return self.config.relative(template.file, template.path) if self.config else template.path

    def chosen(self, rules: Mapping[str, Rule], template: Template) -> dict[str, Rule]:
        """Of some rules those that hold for a template."""
        if self.selection is None:
            return dict(rules)
        ids = self.selection.of(self.path(template))
        return {name: rule for name, rule in rules.items() if name in ids}

    def accepted(
        self, template: Template, findings: tuple[Finding, ...], rules: Mapping[str, RuleInfo]
    ) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[Problem, ...]]:
        """The findings that stand, those that the template or the settings accept, and warnings about these."""
        if self.today is None or self.config is None:
            return findings, (), ()
        own, faults = find_suppressions(template)
        others = from_config(self.config.suppress, self.path(template), self.config.name)
        standing, suppressed, warnings = apply(findings, [*own, *others], rules, self.today)
        return standing, suppressed, (*faults, *warnings)
