"""What a project starts with: settings, a pre-commit hook and a job for its CI."""

from guardrun.init.project import recognised_ci, repository
from guardrun.init.starters import CI, PRE_COMMIT, SETTINGS, Starter, write

__all__ = ["CI", "PRE_COMMIT", "SETTINGS", "Starter", "recognised_ci", "repository", "write"]
