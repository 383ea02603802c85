"""What the tools give, key by key: their output schemas are made of this."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Counts(BaseModel):
    """How much was found, whether it is listed or not."""

    findings: int
    critical: int
    high: int
    medium: int
    low: int
    suppressed: int
    rules_passed: int
    rules_failed: int


class Finding(BaseModel):
    """One violation of one rule at one place."""

    rule: str = Field(description="Its id, for explain_rule.")
    severity: str
    category: str
    resource: str | None = Field(description="The logical id, null for the template as a whole.")
    path: str = Field(description="A JSON pointer into the template.")
    line: int
    message: str
    found: str | None = Field(description="The value that is there, where one was compared.")
    expected: str | None
    fix: str


class Suppressed(BaseModel):
    """A finding that the template or the settings accept."""

    rule: str
    severity: str
    resource: str | None
    line: int
    message: str
    reason: str


class Problem(BaseModel):
    """Something that could not be done."""

    message: str
    file: str | None
    line: int | None
    column: int | None
    hint: str | None
    rule: str | None = Field(description="The rule that could not be applied, if it is only one.")


class Checked(BaseModel):
    """A template that was checked."""

    name: str
    status: str = Field(description="pass, fail, or error when something could not be checked: see problems.")
    counts: Counts
    findings: list[Finding] = Field(description="Most severe first.")
    left_out: int = Field(description="How many findings, the least severe ones, are not listed.")
    problems: list[Problem] = Field(description="Why the template could not be read, or a rule not be applied.")
    suppressed: list[Suppressed]
    warnings: list[Problem] = Field(description="Suppressions that are expired, unused or without a reason.")


class Explained(BaseModel):
    """A rule."""

    id: str
    title: str = Field(description="What holds when the rule passes.")
    severity: str
    category: str
    profile: str
    resources: list[str] = Field(description="The types that it looks at; empty for the template as a whole.")
    why: str
    fix: str
    example: str = Field(description="YAML that complies.")
    references: list[str]
    controls: list[str] = Field(description="The same control elsewhere: AWS Config, CIS and others.")
    settings: dict[str, Any] = Field(description="The settings of the organisation that it reads, with their values.")
    as_of: str | None = Field(description="The date of knowledge that ages.")


class Entry(BaseModel):
    """A rule in a list."""

    id: str
    title: str
    severity: str
    category: str
    profile: str
    resources: list[str] = Field(description="The first few types that it looks at.")
    more_resources: int = Field(description="How many types more.")


class Listed(BaseModel):
    """Rules."""

    count: int = Field(description="How many rules there are for this question.")
    by_category: dict[str, int] = Field(description="Of these, how many in each category.")
    by_profile: dict[str, int] = Field(description="How many there are if the profile is left out of the question.")
    rules: list[Entry]
    left_out: int = Field(description="How many come after those listed: ask again with a higher offset.")


class Extraction(BaseModel):
    """The template within the answer."""

    status: str = Field(description="found, none, truncated, not-cloudformation or unparseable.")
    fences: int
    candidates: int
    language: str | None
    line: int | None
    end_line: int | None
    closed: bool
    message: str | None


class Gates(BaseModel):
    """What must hold one after the other."""

    extracted: bool
    parsed: bool
    cloudformation: bool
    valid: bool = Field(description="Nothing critical or high would make CloudFormation refuse the template.")


class Category(BaseModel):
    """How many rules of a category were applicable, and what became of them."""

    applicable: int
    passed: int
    failed: int
    errors: int
    score: float | None


class Certificate(Finding):
    """A finding in an answer."""

    line: int = Field(description="The line in the answer.")
    template_line: int = Field(description="The line in the template.")


class Scored(BaseModel):
    """What an answer is worth."""

    schema_version: int
    score: float | None = Field(description="From 0 to 1, null when guardrun could not judge: see problems.")
    share: float | None = Field(description="The same without the factor for coverage and the gate for validity.")
    coverage: float
    passed: bool = Field(description="All gates hold and nothing critical or high was found.")
    deployable: bool = Field(description="Nothing critical or high of dependency or validity was found.")
    repair_prompt: str = Field(description="What to mend, as a prompt for whoever wrote the answer.")
    extraction: Extraction
    gates: Gates
    categories: dict[str, Category] = Field(description="Those of which rules were applicable.")
    resources: dict[str, int] = Field(description="The template's resources, counted by type.")
    missing: list[str] = Field(description="Expected resource types that the template lacks.")
    suppressions: int = Field(description="How many suppressions the template holds; a score ignores them.")
    findings: list[Certificate] = Field(description="Most severe first.")
    left_out: int = Field(description="How many findings, the least severe ones, are not listed.")
    problems: list[Problem]
    engine: dict[str, str]
    pack: dict[str, Any]
