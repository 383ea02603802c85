"""The door to cfn-guard: which executable, how it is started, what its JSON says."""

from guardrun.engine.answer import Evaluation, Failure, joined
from guardrun.engine.evaluation import default_rule, evaluate, faults, to_data
from guardrun.engine.executable import Engine, find_engine

__all__ = ["Engine", "Evaluation", "Failure", "default_rule", "evaluate", "faults", "find_engine", "joined", "to_data"]
