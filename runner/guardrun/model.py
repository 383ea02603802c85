"""What a run finds out: the records that every report is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent

CATEGORIES = (
    "dependency",
    "security",
    "naming",
    "parameters",
    "testing",
    "recovery",
    "sizing",
    "observability",
    "compliance",
    "documentation",
    "validity",
)
"""The ten failure categories in the order of the failure analysis, then what CloudFormation itself would reject."""

SEVERITIES = ("critical", "high", "medium", "low")
"""From worst to mildest."""

PROFILES = ("core", "strict", "teardown")
"""core is on by default, strict is opt-in hardening, teardown is for throw-away stacks."""


HIDDEN = "(not shown)"
"""What stands in reports for a value that may be a secret."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in a source file; lines and columns count from 1, the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation of one rule at one place of one template.

    `path` is a JSON pointer into the template, `found` and `expected` are short texts of the values that the engine
    compared, or None where it compared none.
    """

    rule: str
    category: str
    severity: str
    template: str
    logical_id: str | None
    path: str
    place: Place
    message: str
    fix: str
    found: str | None = None
    expected: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What stays the same when lines move: the rule, the template and the place by names."""
        return self.rule, self.template, self.place_by_names, self.message

    @property
    def place_by_names(self) -> str:
        """The path with a star for each position in a list, as items move."""
        return "/".join("*" if part.isdecimal() else part for part in self.path.split("/"))


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody accepted, and why; `in_source` when the template itself says so.

    `in_baseline` when it was there before, and nobody gave a reason.
    """

    finding: Finding
    reason: str
    in_source: bool
    in_baseline: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a template could not be read or evaluated, or a rule not be applied; `path` is the file at fault."""

    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule says of itself in its header.

    `resources` are the types that it selects, empty for a rule on the template as a whole. `as_of` dates knowledge
    that ages. `origin` names the pack or the companion that it is from.
    """

    id: str
    category: str
    title: str
    severity: str
    profile: str
    resources: tuple[str, ...]
    view: str
    analysis: tuple[str, ...]
    controls: tuple[str, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    as_of: str | None
    origin: str = "guardrun"

    @property
    def fix_line(self) -> str:
        """The first sentence or sentences of the fix, without its example."""
        return " ".join(self.fix.partition("\n\n")[0].split())

    @property
    def example(self) -> str:
        """The example of the fix, its lines as they stand in the template."""
        return dedent(self.fix.partition("\n\n")[2].strip("\n"))


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
