"""The rules' own tests: templates with the status that a rule must give them, run through the same path as `check`."""

from guardrun.rule_tests.run import Outcome, Tester, copied, run_cases

__all__ = ["Outcome", "Tester", "copied", "run_cases"]
