"""The cost check."""

from proveout.checks.cost.check import CHECK

__all__ = ["CHECK"]
