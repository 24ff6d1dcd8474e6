"""The load check."""

from proveout.checks.load.check import CHECK

__all__ = ["CHECK"]
