"""The rules: their files, their headers, and the one text that the engine gets."""

from guardrun.pack.load import Pack, bundled_rules, bundled_tests, load_pack
from guardrun.pack.rule import Rule

__all__ = ["Pack", "Rule", "bundled_rules", "bundled_tests", "load_pack"]
