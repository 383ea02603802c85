"""cloudformation-validate: CloudFormation's schemas and rules by AWS, in native code. Imported in its own process."""

from __future__ import annotations

from cloudformation_validate import (
    CompositeEngine,
    Diagnostic,
    EntityType,
    RuleOrigin,
    Severity,
    TemplateContent,
    ValidateConfig,
)

from guardrun.companions.remark import Answer, Check, Remark

SECTIONS = {
    EntityType.RESOURCE: "Resources",
    EntityType.PARAMETER: "Parameters",
    EntityType.OUTPUT: "Outputs",
    EntityType.MAPPING: "Mappings",
    EntityType.CONDITION: "Conditions",
    EntityType.RULE: "Rules",
    EntityType.METADATA: "Metadata",
}
HOME = "https://github.com/aws-cloudformation/cloudformation-validate"
RULES_OF_CFN_LINT = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"
"""Where the rules are explained that have been taken from there, under the same ids."""


def checker() -> Check:
    """The engine, whose rules and schemas are compiled once."""
    engine = CompositeEngine()

    def check(text: str, informational: bool) -> Answer:
        level = Severity.INFO if informational else Severity.WARN
        report = engine.validate_template(TemplateContent(text), ValidateConfig(severity_level=level))
        return Answer(tuple(_remark(diagnostic) for diagnostic in report.diagnostics))

    return check


def rule_ids() -> set[str]:
    """The rules of the installed version."""
    return {rule.id for rule in CompositeEngine().list_rules()}


def _remark(diagnostic: Diagnostic) -> Remark:
    return Remark(
        rule=diagnostic.rule_id,
        message=diagnostic.message,
        path=_path(diagnostic),
        line=diagnostic.start_line,
        column=diagnostic.start_column,
        end_line=diagnostic.end_line,
        end_column=diagnostic.end_column,
        title=diagnostic.rule_description or diagnostic.rule_id,
        why=diagnostic.rule_description or "",
        fix=diagnostic.suggested_fix or "",
        reference=f"{RULES_OF_CFN_LINT}#{diagnostic.rule_id}" if diagnostic.source is RuleOrigin.CFN_LINT else HOME,
    )


def _path(diagnostic: Diagnostic) -> tuple[str, ...]:
    """The path from the top: theirs begins at the entity, or at a section, with slashes in front and dots behind."""
    parts = tuple((diagnostic.property_path or "").replace("/", ".").split("."))
    parts = parts if parts != ("",) else ()
    entity = diagnostic.entity
    if entity is None or (parts and parts[0] in SECTIONS.values()):
        return parts
    return (SECTIONS.get(entity.entity_type, ""), entity.logical_id, *parts)
