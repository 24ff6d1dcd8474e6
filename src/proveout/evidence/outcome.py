"""How the run of a check ended, and what it could not measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from proveout.evidence.model import WHOLE, Subject

Status = Literal["done", "skipped", "failed", "interrupted"]
"""Ran to its end; could not begin for want of something; broke; or never reported an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A figure that was asked for and could not be had. Never a pass, never in silence."""

    metric: str
    """Name in the metric catalogue."""
    subject: Subject = WHOLE
    """What the figure would have been about."""
    reason: str
    """Why not, in one sentence."""
    next_step: str = ""
    """What the user can do about it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "metric": self.metric,
            "subject": self.subject.as_dict(),
            "reason": self.reason,
            "next_step": self.next_step,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(**{**plain, "subject": Subject.of(**plain["subject"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """The end of one check in one run."""

    run: str
    check: str
    version: str
    status: Status
    started_at: datetime
    ended_at: datetime | None
    reason: str = ""
    """Why it was skipped or failed; empty when done."""
    next_step: str = ""
    """What the user can do about it."""
    n_evidence: int = 0
    not_measured: tuple[NotMeasured, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "run": self.run,
            "check": self.check,
            "version": self.version,
            "status": self.status,
            "started_at": self.started_at.isoformat(),
            "ended_at": None if self.ended_at is None else self.ended_at.isoformat(),
            "reason": self.reason,
            "next_step": self.next_step,
            "n_evidence": self.n_evidence,
            "not_measured": [item.as_dict() for item in self.not_measured],
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        ended = plain["ended_at"]
        return cls(
            **{
                **plain,
                "started_at": datetime.fromisoformat(plain["started_at"]),
                "ended_at": None if ended is None else datetime.fromisoformat(ended),
                "not_measured": tuple(
                    NotMeasured.from_dict(item) for item in plain["not_measured"]
                ),
            }
        )
