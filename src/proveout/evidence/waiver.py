"""A named person lets one criterion pass until a date, for a reason, in the open (R802)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One waiver. It never turns a criterion into a pass: the verdict shows it as waived."""

    pilot: str
    criterion: str
    """Id of the criterion."""
    who: str
    why: str
    granted_at: datetime
    until: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "pilot": self.pilot,
            "criterion": self.criterion,
            "who": self.who,
            "why": self.why,
            "granted_at": self.granted_at.isoformat(),
            "until": self.until.isoformat(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            **{
                **plain,
                "granted_at": datetime.fromisoformat(plain["granted_at"]),
                "until": datetime.fromisoformat(plain["until"]),
            }
        )
