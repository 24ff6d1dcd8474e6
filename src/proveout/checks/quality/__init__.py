"""How good is the system, on the curated sample and on production as it is (R301–R303)?"""

from proveout.checks.quality.check import CHECK

__all__ = ["CHECK"]
