"""A run as a stream of events. Ledger writer, progress bar, JSON lines and report consume it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from proveout.checks import Progress
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import CheckOutcome, NotMeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The first event."""

    run: str
    pilot: str
    charter_hash: str
    at: datetime
    checks: tuple[str, ...]
    window: str | None = None
    """The span of production traffic that is looked at; None in an assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted:
    """A check begins."""

    check: str
    question: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckProgress:
    """A check is under way."""

    check: str
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """A check found one fact."""

    check: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CouldNotMeasure:
    """A check could not have one figure."""

    check: str
    missing: NotMeasured


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEnded:
    """A check is done, was skipped, or broke; the outcome says which and why."""

    outcome: CheckOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The last event."""

    run: str
    at: datetime


Event = (
    RunStarted
    | CheckStarted
    | CheckProgress
    | EvidenceFound
    | CouldNotMeasure
    | CheckEnded
    | RunEnded
)
