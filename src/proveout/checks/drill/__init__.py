"""The drill check."""

from proveout.checks.drill.check import CHECK

__all__ = ["CHECK"]
