"""What has to change at the source, by whom, and how it is verified (R208, R210)."""

from proveout.checks.readiness.remediation.grouping import RemediationGroup, grouped
from proveout.checks.readiness.remediation.instructions import Severity
from proveout.checks.readiness.remediation.items import NOBODY, RemediationItem, remediation

__all__ = ["NOBODY", "RemediationGroup", "RemediationItem", "Severity", "grouped", "remediation"]
