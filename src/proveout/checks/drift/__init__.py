"""The drift check."""

from proveout.checks.drift.check import CHECK

__all__ = ["CHECK"]
