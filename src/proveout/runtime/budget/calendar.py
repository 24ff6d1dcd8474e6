"""Days and months of a time zone: which period a moment is in, and when the next begins. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from proveout.errors import InputError

Span = Literal["day", "month", "life"]
SPANS: tuple[Span, ...] = ("day", "month", "life")
LIFE = "life"
"""The name of the period that never begins anew."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that a moment is in."""

    day: str
    """'2026-11-21'."""
    month: str
    """'2026-11'."""
    begins: float
    """When this day began, seconds since 1970."""
    next_day: float
    next_month: float

    @property
    def names(self) -> tuple[str, str, str]:
        """Return the day, the month and 'life', in the order of SPANS."""
        return self.day, self.month, LIFE

    def begins_anew(self, span: Span) -> float | None:
        """Return when a limit of this span begins anew; None where it never does."""
        return {"day": self.next_day, "month": self.next_month, "life": None}[span]


class Calendar:
    """Tells the periods of moments; what was told last is remembered, since most are of today."""

    def __init__(self, time_zone: str = "UTC") -> None:
        try:
            self.zone = ZoneInfo(time_zone)
        except (LookupError, ValueError, OSError):
            raise InputError(
                f"budget.time_zone: there is no time zone '{time_zone}'.",
                hint="Write it as in the tz database, for example: time_zone: Europe/Berlin",
            ) from None
        self._last = self._periods(0.0)

    def at(self, moment: float) -> Periods:
        """Return the periods of a moment, seconds since 1970."""
        last = self._last
        if not last.begins <= moment < last.next_day:
            last = self._last = self._periods(moment)
        return last

    def _periods(self, moment: float) -> Periods:
        today = datetime.fromtimestamp(moment, self.zone).date()
        return Periods(
            day=today.isoformat(),
            month=today.isoformat()[:7],
            begins=self._begins(today),
            next_day=self._begins(today + timedelta(days=1)),
            next_month=self._begins((today.replace(day=1) + timedelta(days=32)).replace(day=1)),
        )

    def _begins(self, day: date) -> float:
        # Where midnight is left out or comes twice, the day begins at the first moment of its name.
        return datetime.combine(day, time(), self.zone).timestamp()
