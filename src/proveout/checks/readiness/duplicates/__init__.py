"""Near duplicates: records that are probably about one thing (R205)."""

from proveout.checks.readiness.duplicates.find import find_duplicates
from proveout.checks.readiness.duplicates.findings import (
    METRIC,
    about_of,
    duplicate_findings,
    findings_of,
)
from proveout.checks.readiness.duplicates.model import Cluster, Duplicates, Member, Untold
from proveout.checks.readiness.duplicates.scoring import require_splink
from proveout.checks.readiness.duplicates.words import COLUMNS, evidence_of, lines

__all__ = [
    "COLUMNS", "METRIC", "Cluster", "Duplicates", "Member", "Untold", "about_of",
    "duplicate_findings", "evidence_of", "find_duplicates", "findings_of", "lines",
    "require_splink",
]  # fmt: skip
