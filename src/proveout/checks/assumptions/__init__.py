"""The assumptions check."""

from proveout.checks.assumptions.check import CHECK

__all__ = ["CHECK"]
