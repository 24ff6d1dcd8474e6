"""The exceptions check."""

from proveout.checks.exceptions.check import CHECK

__all__ = ["CHECK"]
