"""Data readiness: the audit of production data as it really is (R202-R208)."""

from proveout.checks.readiness.check import ReadinessCheck

CHECK = ReadinessCheck()

__all__ = ["CHECK", "ReadinessCheck"]
