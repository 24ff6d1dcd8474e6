"""What people promised to do by a day: reviews, refresh, practice (R501, R504, R506). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from proveout.charter.schema import Charter

AHEAD = timedelta(days=14)
"""So long before, what falls due is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to be done, and by whom."""

    what: str
    who: str
    on: date | None
    """None where no day was ever named."""
    days_over: int
    """Negative until the day has passed."""

    @property
    def sentence(self) -> str:
        """In words."""
        if self.on is None:
            return f"{self.what}: no day is named for it. To be named by: {self.who}"
        if self.days_over > 0:
            over = "1 day" if self.days_over == 1 else f"{self.days_over} days"
            return f"{self.what} was due on {self.on}, {over} ago: {self.who}"
        return f"{self.what} is due on {self.on}: {self.who}"


def due(charter: Charter, today: date) -> list[Due]:
    """Return what is overdue or falls due soon, the longest overdue first."""
    found = [each for each in _promised(charter, today) if each.days_over > -AHEAD.days]
    return sorted(found, key=lambda each: -each.days_over)


def _promised(charter: Charter, today: date) -> Iterator[Due]:
    governance = charter.governance
    if (reviews := governance.reviews) is not None:
        who = ", ".join(reviews.attended_by)
        yield _due("The performance review", who, reviews.next_on, today)
    if (refresh := governance.refresh) is not None:
        last = refresh.last_practised
        on = None if last is None else last + timedelta(days=refresh.every_days)
        yield _due("The refresh of data and logic", refresh.done_by, on, today)
    for milestone in charter.milestones:
        if milestone.on >= today:
            who = ", ".join(milestone.attended_by) or "nobody is named"
            yield _due(milestone.name.capitalize(), who, milestone.on, today)


def _due(what: str, who: str, on: date | None, today: date) -> Due:
    return Due(what=what, who=who, on=on, days_over=0 if on is None else (today - on).days)
