"""A model's answers: the texts they come in, and the template in each."""

from guardrun.answers.answer import Answer
from guardrun.answers.extract import STATUSES, Extraction, extract, extract_all
from guardrun.answers.records import Fields, read_answers

__all__ = ["STATUSES", "Answer", "Extraction", "Fields", "extract", "extract_all", "read_answers"]
