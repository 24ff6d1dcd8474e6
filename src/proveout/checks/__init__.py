"""The questions of the gate, one folder each."""

from proveout.checks.contract import (
    Check,
    CheckContext,
    DataAccess,
    Finding,
    Need,
    Progress,
    refuse_mere_mention,
    waits_to_be_asked,
)

__all__ = [
    "Check",
    "CheckContext",
    "DataAccess",
    "Finding",
    "Need",
    "Progress",
    "refuse_mere_mention",
    "waits_to_be_asked",
]
