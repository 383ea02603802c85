"""Scores of many answers in one view: by model and by tag, compared, with how sure each figure is."""

from guardrun.scorecard.card import Card
from guardrun.scorecard.groups import Drawing
from guardrun.scorecard.make import make_card
from guardrun.scorecard.read import Scored, read_scores

__all__ = ["Card", "Drawing", "Scored", "make_card", "read_scores"]
