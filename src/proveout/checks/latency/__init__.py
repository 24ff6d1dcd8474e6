"""The latency check."""

from proveout.checks.latency.check import CHECK

__all__ = ["CHECK"]
