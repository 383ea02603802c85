"""The rules: their files, their headers, and the one text that the engine gets."""

from guardrun.pack.load import Pack, load_pack
from guardrun.pack.rule import Rule
from guardrun.pack.source import bundled_rules, bundled_tests

__all__ = ["Pack", "Rule", "bundled_rules", "bundled_tests", "load_pack"]
