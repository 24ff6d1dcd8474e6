"""The tables, one module per subject; all in METADATA.

Moments are seconds since 1970 (UTC) as doubles; JSON is text.
"""

from proveout.desk.tables import accounts, feedback, jobs, observations, outbox, training, usage
from proveout.desk.tables.base import METADATA

__all__ = [
    "METADATA", "accounts", "feedback", "jobs", "observations", "outbox", "training", "usage",
]  # fmt: skip
