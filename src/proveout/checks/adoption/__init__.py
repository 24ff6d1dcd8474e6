"""The adoption check."""

from proveout.checks.adoption.check import CHECK

__all__ = ["CHECK"]
