"""The questions of the gate, one folder each."""

from proveout.checks.contract import (
    Check,
    CheckContext,
    DataAccess,
    Finding,
    Need,
    Progress,
)

__all__ = ["Check", "CheckContext", "DataAccess", "Finding", "Need", "Progress"]
