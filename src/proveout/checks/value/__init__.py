"""The value check."""

from proveout.checks.value.check import CHECK, ValueCheck

__all__ = ["CHECK", "ValueCheck"]
