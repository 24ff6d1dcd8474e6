"""What has to change at the source, by whom, and how it is verified (R208, R210)."""

from proveout.checks.readiness.remediation.instructions import Severity
from proveout.checks.readiness.remediation.items import NOBODY, RemediationItem, remediation

__all__ = ["NOBODY", "RemediationItem", "Severity", "remediation"]
