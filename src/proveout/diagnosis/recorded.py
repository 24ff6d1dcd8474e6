"""A diagnosis as somebody recorded it in a ledger, for whoever plans the next pilot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

RECORDED: Final = "diagnosis.recorded"
"""Kind of the act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDiagnosis:
    """What was found, by whom and when."""

    pilot: str
    title: str | None
    result: str | None
    who: str
    at: datetime
    named: tuple[str, ...]
    """Causes that were active."""
    activities: Mapping[str, float]

    @classmethod
    def from_act(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild from the body of an act. Raises KeyError, TypeError or ValueError on another."""
        says = body["says"]
        return cls(
            pilot=body["pilot"],
            title=says.get("title"),
            result=says.get("result"),
            who=body["who"],
            at=datetime.fromisoformat(body["at"]),
            named=tuple(says["named"]),
            activities={each["failure"]: float(each["activity"]) for each in says["causes"]},
        )


def is_recorded_diagnosis(kind: str, body: Mapping[str, Any]) -> bool:
    """Tell whether an entry of the ledger is one."""
    return kind == "act" and body.get("act") == RECORDED
