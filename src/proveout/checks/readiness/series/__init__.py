"""A folder of files as a series of deliveries: what changed when, and what did not come (R209)."""

from proveout.checks.readiness.series.findings import series_findings

__all__ = ["series_findings"]
