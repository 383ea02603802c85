"""What a run finds out, template by template: what every report is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from guardrun.model.findings import Finding, Problem, Suppressed
from guardrun.model.rules import RuleInfo


@dataclass(frozen=True, slots=True)
class Said:
    """What companions say of a template beyond the pack.

    `rules` are those of the findings, and one for each companion that did its job, under its name.
    """

    findings: tuple[Finding, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The rules with findings."""
        return tuple(sorted({finding.rule for finding in self.findings}))

    @property
    def passed(self) -> tuple[str, ...]:
        """The companions that did their job."""
        return tuple(rule.id for rule in self.rules if rule.id == rule.origin)


@dataclass(frozen=True, slots=True)
class Graph:
    """The resources of a template by logical id, each with its type, and who refers to whom."""

    types: dict[str, str]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TemplateResult:
    """All that is known of one template after a run.

    `error` is set when the template has no result at all; `rule_errors` names single rules that could not be
    applied. Rules are named by id, sorted; a rule whose findings are all suppressed has failed nonetheless.
    `warnings` speak of suppressions that are expired, unused or without a reason. `seconds` is wall time for reading
    and evaluating. `source` is the template's text and `graph` its resources, None where nothing is shown on them.
    `more_rules` are those of companions, which the pack does not know.
    """

    path: str
    error: Problem | None = None
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    rule_errors: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    warnings: tuple[Problem, ...] = ()
    seconds: float = 0.0
    source: str | None = None
    graph: Graph | None = None
    more_rules: tuple[RuleInfo, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that could not be done for this template."""
        return (self.error, *self.rule_errors) if self.error else self.rule_errors

    @property
    def status(self) -> str:
        """`error` outranks `fail`, which outranks `pass`."""
        if self.problems:
            return "error"
        return "fail" if self.findings else "pass"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which cfn-guard gave these results; `sha256` computes the executable's, for the reports that show it."""

    version: str
    sha256: Callable[[], str]


@dataclass(frozen=True, slots=True)
class PackInfo:
    """Which rules were applied, by id; `hash` computes a sha256 over their texts."""

    version: str
    hash: Callable[[], str]
    rules: Mapping[str, RuleInfo]


@dataclass(frozen=True, slots=True)
class Report:
    """One run: results in template order.

    `files_skipped` counts the files that were passed over because they are no templates; `problems` are those of the
    run as a whole: paths without templates, rules that could not be loaded. `warnings` speak of settings. `history` has
    the counts by severity of earlier reports, each with a name, oldest first. `companions` are the other linters that
    ran beside the pack, with their versions.
    """

    engine: EngineInfo
    pack: PackInfo
    templates: tuple[TemplateResult, ...]
    files_skipped: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    history: tuple[tuple[str, dict[str, int]], ...] = ()
    companions: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, template by template."""
        return tuple(finding for template in self.templates for finding in template.findings)

    @property
    def suppressed(self) -> tuple[Suppressed, ...]:
        """All findings that are accepted, template by template."""
        return tuple(one for template in self.templates for one in template.suppressed)

    @property
    def errors(self) -> int:
        """How many things could not be done."""
        return len(self.problems) + sum(len(template.problems) for template in self.templates)
