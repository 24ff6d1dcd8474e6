"""The questions of the gate, one folder each."""

from proveout.checks.contract import (
    Check,
    CheckContext,
    DataAccess,
    Finding,
    Need,
    Progress,
    Served,
    Window,
    looks_before_launch,
    needs_of,
    refuse_mere_mention,
    waits_to_be_asked,
    watches_production,
)

__all__ = [
    "Check",
    "CheckContext",
    "DataAccess",
    "Finding",
    "Need",
    "Progress",
    "Served",
    "Window",
    "looks_before_launch",
    "needs_of",
    "refuse_mere_mention",
    "waits_to_be_asked",
    "watches_production",
]
