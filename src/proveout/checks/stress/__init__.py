"""What damaged inputs do to the system: drop in quality, refusals, silent failures."""

from proveout.checks.stress.check import CHECK

__all__ = ["CHECK"]
