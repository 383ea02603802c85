"""How good an answer is: gates, categories, a number between 0 and 1, and what to mend. Defined in docs/scoring.md."""

from guardrun.scoring.model import AnswerScore, CategoryScore, Certificate, Extracted, Gates
from guardrun.scoring.record import SCHEMA_VERSION, from_record, to_record

__all__ = [
    "SCHEMA_VERSION",
    "AnswerScore",
    "CategoryScore",
    "Certificate",
    "Extracted",
    "Gates",
    "from_record",
    "to_record",
]
