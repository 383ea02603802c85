"""What a run finds out: the records that every report is made of."""

from guardrun.model.findings import HIDDEN, Finding, Place, Problem, Suppressed
from guardrun.model.results import EngineInfo, Graph, PackInfo, Report, Said, TemplateResult
from guardrun.model.rules import CATEGORIES, PROFILES, SEVERITIES, RuleInfo

__all__ = [
    "CATEGORIES",
    "HIDDEN",
    "PROFILES",
    "SEVERITIES",
    "EngineInfo",
    "Finding",
    "Graph",
    "PackInfo",
    "Place",
    "Problem",
    "Report",
    "RuleInfo",
    "Said",
    "Suppressed",
    "TemplateResult",
]
