"""The sandbox gap: how the curated pilot sample differs from production (R206)."""

from proveout.checks.readiness.gap.findings import findings

__all__ = ["findings"]
