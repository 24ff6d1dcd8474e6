"""An assessment that was started from the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from proveout.charter.schema import Stage
from proveout.web.jobs.progress import Progress

State = Literal["running", "done", "stopped", "failed", "lost"]
"""`lost`: whoever watched it is gone; what it found until then is in the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One of them."""

    id: str
    pilot: str
    stage: Stage
    state: State
    started_by: str
    started_at: datetime
    beat_at: datetime
    """When somebody last watched it."""
    ended_at: datetime | None = None
    stop_asked_by: str | None = None
    exit_code: int | None = None
    decision: str | None = None
    progress: Progress
    message: str | None = None
    """Why there is no verdict, in the words of the command."""
    hint: str | None = None
