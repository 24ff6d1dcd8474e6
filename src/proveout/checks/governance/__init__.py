"""Who owns it, who watches, who was asked and trained: what the charter says, taken at its word."""

from proveout.checks.governance.check import CHECK

__all__ = ["CHECK"]
