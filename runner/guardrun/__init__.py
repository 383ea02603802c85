"""Find what model-written CloudFormation templates get wrong."""

__version__ = "0.1.0"
