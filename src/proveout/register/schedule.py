"""Which reviews fall due when: milestones by their day, performance reviews by their cadence. Pure.

A performance review follows the one before by the cadence: from the day on which that one was
held; where it was never held, from the day on which it was due.

Nothing can be missed before the charter was sealed. A milestone whose day was over by then falls
due with the seal: it is held, or moved. Performance reviews begin with the first of their days
from the seal on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from proveout.charter.schema import Charter

Kind = Literal["milestone", "performance", "refresh"]
OccasionState = Literal["held", "held late", "besides", "overdue", "missed", "due", "planned"]
"""`overdue`: its day is over. `missed`: the next one fell due meanwhile. `due`: within a week.
`besides`: held too soon after the one before to be the next."""

GRACE = timedelta(days=7)
"""A review within a week of its day is in time: people are ill and travel."""
PERFORMANCE = "Performance review"
REFRESH = "Refresh"
_MOST = 400
"""So many performance reviews are told apart: daily ones of a year."""
_LONGEST = 36_500
"""A cadence beyond a century is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A review that took place."""

    name: str
    """The milestone's, or PERFORMANCE."""
    on: date
    present: tuple[str, ...]
    notes: str
    decisions: tuple[str, ...]
    who: str
    """Who noted it."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A day that was moved, with its reason."""

    name: str
    day: date
    """The day that it had."""
    to: date
    why: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One review or refresh with its day."""

    kind: Kind
    name: str
    due: date
    planned: date
    """Its day before it was moved."""
    expects: tuple[str, ...] = ()
    """Who is to be there, or to do it."""
    held: Held | None = None
    is_superseded: bool = False
    """Never held, and the next one fell due."""
    is_besides: bool = False
    """Held within half a cadence after the one before: it takes the place of none."""
    waits_for_seal: bool = False
    """Its day is over, and the charter is not sealed yet: it falls due with the seal."""
    moved: tuple[Move, ...] = ()

    def state(self, today: date) -> OccasionState:
        """Say how it stands on a day."""
        if self.held is not None and self.is_besides:
            return "besides"
        if self.held is not None:
            return "held" if self.held.on <= later(self.due, GRACE) else "held late"
        if self.is_superseded:
            return "missed"
        if self.waits_for_seal:
            return "planned"
        if self.due < today:
            return "overdue"
        return "due" if self.due <= later(today, GRACE) else "planned"

    def is_open(self) -> bool:
        """Tell whether it can still be held."""
        return self.held is None and not self.is_superseded

    def has_fallen_due(self, today: date) -> bool:
        """Tell whether it counts by now: it was held, or is late beyond grace."""
        if self.held is not None or self.waits_for_seal:
            return self.held is not None and not self.is_besides
        return later(self.due, GRACE) < today

    @property
    def fell_due_with_seal(self) -> bool:
        """Whether its day was over when the charter was sealed."""
        return self.kind == "milestone" and not self.moved and self.due > self.planned


def later(day: date, by: timedelta) -> date:
    """Return a day so much later; the last that there is, where it would be beyond."""
    return day + by if by <= date.max - day else date.max


def cadence(days: float) -> timedelta:
    """Return a cadence in whole days."""
    return timedelta(days=max(1, round(min(days, _LONGEST))))


def occasions(
    charter: Charter,
    held: Sequence[Held],
    moves: Sequence[Move],
    *,
    live_on: date | None,
    sealed_on: date | None,
    today: date,
) -> tuple[Occasion, ...]:
    """Return all reviews until the next one, by day."""
    found = [
        *_milestones(charter, held, moves, sealed_on, today),
        *_performance(
            charter, held, moves, live_on=live_on, begins=sealed_on or today, today=today
        ),
    ]
    return tuple(sorted(found, key=lambda each: (each.due, each.name)))


def _milestones(
    charter: Charter,
    held: Sequence[Held],
    moves: Sequence[Move],
    sealed_on: date | None,
    today: date,
) -> Iterator[Occasion]:
    for milestone in charter.milestones:
        due, moved = _moved(milestone.name, milestone.on, moves, sealed_on)
        done = next((each for each in held if each.name == milestone.name), None)
        yield Occasion(
            kind="milestone",
            name=milestone.name,
            due=due,
            planned=milestone.on,
            expects=milestone.attended_by,
            held=done,
            waits_for_seal=sealed_on is None and done is None and due < today,
            moved=moved,
        )


def _performance(
    charter: Charter,
    held: Sequence[Held],
    moves: Sequence[Move],
    *,
    live_on: date | None,
    begins: date,
    today: date,
) -> Iterator[Occasion]:
    agreed = charter.governance.reviews
    mine = sorted((each for each in held if each.name == PERFORMANCE), key=lambda each: each.on)
    if agreed is None:
        return
    every = cadence(agreed.every_days)
    mine, extra = _split(mine, every)
    yield from _besides(extra, agreed.attended_by)
    first = _first(agreed.next_on, live_on, mine, every)
    if first is not None and today - first > _MOST * every:
        # What was missed longer ago is not told one by one.
        first += every * ((today - first) // every - _MOST + 1)
    while first is not None and mine and later(mine[0].on, every) <= first:
        # Held before the calendar began: it stands for itself.
        early = mine.pop(0)
        yield _occasion(early.on, early.on, agreed.attended_by, (), held=early)
    planned = first
    for _ in range(_MOST):
        if planned is None:
            return
        if planned < begins:
            # Nothing is missed before the seal: what was held stands for itself, the rest goes on.
            if mine and mine[0].on < begins:
                one = mine.pop(0)
                yield _occasion(one.on, one.on, agreed.attended_by, (), held=one)
                planned = later(one.on, every)
                continue
            planned = later(planned, every * -((planned - begins) // every))
        due, moved = _moved(PERFORMANCE, planned, moves)
        following = later(due, every)
        if mine and (mine[0].on < following or following > today):
            one = mine.pop(0)
            yield _occasion(due, planned, agreed.attended_by, moved, held=one)
            planned = later(one.on, every)
        elif following <= today:
            yield _occasion(due, planned, agreed.attended_by, moved, is_superseded=True)
            planned = following
        else:
            yield _occasion(due, planned, agreed.attended_by, moved)
            return


def _split(mine: Sequence[Held], every: timedelta) -> tuple[list[Held], list[Held]]:
    """Return those that count, and those held within half a cadence after one that does."""
    counting: list[Held] = []
    extra: list[Held] = []
    for each in mine:
        is_extra = bool(counting) and each.on - counting[-1].on < every / 2
        (extra if is_extra else counting).append(each)
    return counting, extra


def _besides(extra: Sequence[Held], expects: tuple[str, ...]) -> Iterator[Occasion]:
    for each in extra:
        yield replace(_occasion(each.on, each.on, expects, (), held=each), is_besides=True)


def _occasion(
    due: date,
    planned: date,
    expects: tuple[str, ...],
    moved: tuple[Move, ...],
    *,
    held: Held | None = None,
    is_superseded: bool = False,
) -> Occasion:
    return Occasion(
        kind="performance",
        name=PERFORMANCE,
        due=due,
        planned=planned,
        expects=expects,
        held=held,
        is_superseded=is_superseded,
        moved=moved,
    )


def _first(
    next_on: date | None, live_on: date | None, mine: Sequence[Held], every: timedelta
) -> date | None:
    """Return the day of the first one: as the charter says, else a cadence after going live."""
    if next_on is not None:
        return next_on
    if live_on is not None:
        return later(live_on, every)
    return mine[0].on if mine else None


def _moved(
    name: str, day: date, moves: Sequence[Move], sealed_on: date | None = None
) -> tuple[date, tuple[Move, ...]]:
    """Return the day by now, at the earliest that of the seal, and how it came to it."""
    begins = date.min if sealed_on is None else sealed_on
    day = max(day, begins)
    taken: list[Move] = []
    for move in moves:  # in the order in which they were made
        if move.name == name and max(move.day, begins) == day:
            day = max(move.to, begins)
            taken.append(move)
    return day, tuple(taken)
