"""The door to cfn-guard: which executable, how it is started, what its JSON says."""

from guardrun.engine.evaluation import Evaluation, Failure, evaluate, to_data
from guardrun.engine.executable import Engine, find_engine

__all__ = ["Engine", "Evaluation", "Failure", "evaluate", "find_engine", "to_data"]
