"""What is known of an answer after it was judged: the records that scorecards, rewards and feedback are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guardrun.model import Problem


@dataclass(frozen=True, slots=True)
class Extracted:
    """How the template was found: `status` is one of `guardrun.answers.STATUSES`.

    `fences` counts the code blocks of the answer, `candidates` those that look like templates. `line` and `end_line`
    are those of the judged block in the answer, None when there is none; `closed` is False when the answer ends before
    it does. `message` says at which line why reading it failed.
    """

    status: str
    fences: int = 0
    candidates: int = 0
    language: str | None = None
    line: int | None = None
    end_line: int | None = None
    closed: bool = True
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """What must hold one after the other; behind one that does not hold, none does.

    `extracted`: the answer has a whole template. `parsed`: it is YAML or JSON. `cloudformation`: it has the sections of
    a template. `valid`: CloudFormation would not refuse it, as far as findings that are critical or high tell.
    """

    extracted: bool = False
    parsed: bool = False
    cloudformation: bool = False
    valid: bool = False


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """The rules of one category on one answer: how many were applicable, passed, failed or could not be applied.

    `score` is the severity-weighted share of applicable rules that passed, None when none is applicable.
    """

    applicable: int = 0
    passed: int = 0
    failed: int = 0
    errors: int = 0
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """One finding with all that proves and mends it.

    `path` is a JSON pointer into the template, `line` counts in the answer and `template_line` in the template, both
    from 1. `found` and `expected` are short texts of values, None where nothing was compared.
    """

    rule: str
    category: str
    severity: str
    resource: str | None
    path: str
    line: int
    template_line: int
    message: str
    found: str | None
    expected: str | None
    fix: str


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """One judged answer.

    `score` is in [0, 1], None when guardrun itself failed: then `errors` says how. `share` is what it would be without
    the factor for coverage and the gate for validity. `resources` counts resources by type, `missing` lists the types
    that the prompt asks for and the template lacks. `passed` means that all gates hold and nothing critical or high was
    found; `deployable` that nothing critical or high of dependency or validity was. `suppressions` counts those that
    the answer holds and that were ignored. `failed_rules` are sorted.
    """

    id: str
    extraction: Extracted
    model: str | None = None
    prompt: str | None = None
    tags: tuple[str, ...] = ()
    gates: Gates = field(default_factory=Gates)
    categories: Mapping[str, CategoryScore] = field(default_factory=dict)
    score: float | None = None
    share: float | None = None
    coverage: float = 0.0
    passed: bool = False
    deployable: bool = False
    resources: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    suppressions: int = 0
    applied_rules: tuple[str, ...] = ()
    failed_rules: tuple[str, ...] = ()
    findings: tuple[Certificate, ...] = ()
    errors: tuple[Problem, ...] = ()
