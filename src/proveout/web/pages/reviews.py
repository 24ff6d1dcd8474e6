"""The calendar of one pilot: what is due, was held with whom, was moved and why (R113, R504)."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from proveout.charter.sealing.signing import folded
from proveout.register.refresh import REFRESHES, is_of_team, refresh_due
from proveout.register.reviews import REVIEWS, calendar_of, kept, reviews_due
from proveout.register.schedule import PERFORMANCE, Kind, Occasion, OccasionState
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.paths import path_to
from proveout.web.permissions import Permission, names_in

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Notes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]


def _lines(value: Any) -> Any:
    """Read one item a line, in one text of a form or in a list."""
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        return value
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


Lines = Annotated[list[Name], BeforeValidator(_lines), Field(max_length=200)]
Decisions = Annotated[list[Words], BeforeValidator(_lines), Field(max_length=200)]


class MoveLine(BaseModel):
    """A day that was moved."""

    day: date
    to: date
    why: str
    who: str


class OccasionLine(BaseModel):
    """A review that is due, or was held."""

    number: int
    kind: Kind
    name: str
    due: date
    state: OccasionState
    days_overdue: int
    expects: list[str]
    tells: list[str]
    """Who has to know that it is due or overdue."""
    is_escalated: bool
    moved: list[MoveLine]
    planned: date
    """Its day in the charter, before it was moved or fell due with the seal."""
    fell_due_with_seal: bool = False
    """Its day was over when the charter was sealed."""
    waits_for_seal: bool = False
    """Its day is over, and it falls due once the charter is sealed."""
    held_on: date | None = None
    present: list[str] = []
    has_owner: bool = False
    notes: str = ""
    decisions: list[str] = []
    unknown: list[str] = []
    """Who was there and is not named in the charter."""
    noted_by: str | None = None
    days_until_noted: int = 0
    """From the review to the note."""


class RefreshLine(BaseModel):
    """The cadence of refreshing data and logic."""

    every_days: float
    done_by: str
    how: str | None
    last_on: date | None
    last_by: str | None
    note: str | None
    due: date | None
    is_overdue: bool


class ReviewsPage(BaseModel):
    """The calendar of one pilot."""

    pilot: str
    today: date
    every_days: float | None
    """How often performance is reviewed; None where nothing is agreed."""
    live_on: date | None
    share_kept: float | None
    share_with_owner: float | None
    n_due: int
    n_held: int
    waiting: list[OccasionLine]
    """What can still be held, the earliest first."""
    past: list[OccasionLine]
    """What was held or missed, the latest first; the last hundred."""
    n_past: int
    refresh: RefreshLine | None


_SHOWN = 100


def reviews(asked: Asked, _: Nothing) -> ReviewsPage:
    """Show what is due, and what was held."""
    book, today = asked.book, asked.now.astimezone(UTC).date()
    state, charter = book.register.of(REVIEWS), book.charter
    counted = kept(state, charter, today)
    lines = _occasions(asked, today)
    waiting = [
        each for each in lines if each.state not in ("held", "held late", "besides", "missed")
    ]
    past = [each for each in lines if each not in waiting]
    past.sort(key=lambda each: each.held_on or each.due, reverse=True)
    agreed = charter.governance.reviews
    return ReviewsPage(
        pilot=book.pilot,
        today=today,
        every_days=None if agreed is None else agreed.every_days,
        live_on=state.live_on,
        share_kept=None if counted is None or not counted.n_due else counted.share,
        share_with_owner=(None if counted is None or not counted.n_held else counted.attendance),
        n_due=0 if counted is None else counted.n_due,
        n_held=0 if counted is None else counted.n_held,
        waiting=waiting,
        past=past[:_SHOWN],
        n_past=len(past),
        refresh=_refresh(asked, today),
    )


def _occasions(asked: Asked, today: date) -> list[OccasionLine]:
    book = asked.book
    told = {
        (each.occasion.name, each.occasion.due): each
        for each in reviews_due(book.register, book.charter, asked.now)
    }
    owner = book.charter.people.production_owner
    name = "" if owner is None else folded(owner.name)
    charter = book.charter
    expected = [one for each in charter.milestones for one in each.attended_by]
    expected += [] if charter.governance.reviews is None else charter.governance.reviews.attended_by
    named = frozenset(map(folded, [*names_in(charter), *expected]))
    found = []
    known = calendar_of(book.register.of(REVIEWS), book.charter, today)
    for number, each in enumerate(known):
        due = told.get((each.name, each.due))
        found.append(
            _line(
                number, each, today, tells=() if due is None else due.tells,
                is_escalated=due is not None and due.is_escalated, owner=name, named=named,
            )
        )  # fmt: skip
    return found


def _line(
    number: int,
    each: Occasion,
    today: date,
    *,
    tells: tuple[str, ...],
    is_escalated: bool,
    owner: str,
    named: frozenset[str],
) -> OccasionLine:
    held = each.held
    return OccasionLine(
        number=number,
        kind=each.kind,
        name=each.name,
        due=each.due,
        state=each.state(today),
        days_overdue=(
            max(0, (today - each.due).days) if each.is_open() and not each.waits_for_seal else 0
        ),
        planned=each.planned,
        fell_due_with_seal=each.fell_due_with_seal,
        waits_for_seal=each.waits_for_seal,
        expects=list(each.expects),
        tells=list(tells),
        is_escalated=is_escalated,
        moved=[MoveLine(day=m.day, to=m.to, why=m.why, who=m.who) for m in each.moved],
        held_on=None if held is None else held.on,
        present=[] if held is None else list(held.present),
        has_owner=held is not None and owner in map(folded, held.present),
        notes="" if held is None else held.notes,
        decisions=[] if held is None else list(held.decisions),
        unknown=[] if held is None else [n for n in held.present if folded(n) not in named],
        noted_by=None if held is None else held.who,
        days_until_noted=0 if held is None else (held.at.astimezone(UTC).date() - held.on).days,
    )


def _refresh(asked: Asked, today: date) -> RefreshLine | None:
    book = asked.book
    agreed, done = book.charter.governance.refresh, book.register.of(REFRESHES)
    if agreed is None:
        return None
    due = refresh_due(done, book.charter)
    by_charter = agreed.last_practised
    is_ours = (
        done is not None
        and is_of_team(done, book.charter)
        and (by_charter is None or done.on >= by_charter)
    )
    return RefreshLine(
        every_days=agreed.every_days,
        done_by=agreed.done_by,
        how=agreed.how,
        last_on=done.on if done is not None and is_ours else by_charter,
        last_by=done.who if done is not None and is_ours else None,
        note=done.note if done is not None and is_ours else None,
        due=None if due is None else due.due,
        is_overdue=due is not None and due.due < today,
    )


class Hold(BaseModel):
    """A review that was held."""

    name: Name = PERFORMANCE
    """The milestone's, or 'Performance review'."""
    on: date
    present: Lines
    """Names, one a line."""
    notes: Notes = ""
    decisions: Decisions = []
    """One a line."""


class Move(BaseModel):
    """A review that is moved."""

    name: Name
    day: date
    """The day that it has."""
    to: date
    why: Words


class GoLive(BaseModel):
    """When it went live."""

    on: date


class Practise(BaseModel):
    """A retraining run that the team did itself."""

    on: date
    note: Words


def hold(asked: Asked, given: Hold) -> Done:
    """Note that a review was held: who was there, what was said and decided."""
    says = {
        "name": given.name,
        "on": given.on.isoformat(),
        "present": given.present,
        "notes": given.notes,
        "decisions": given.decisions,
    }
    asked.record("review.held", says)
    return _done(asked, f"{given.name} of {given.on} is noted.")


def move(asked: Asked, given: Move) -> Done:
    """Move a review to another day, for a reason."""
    says = {
        "name": given.name,
        "day": given.day.isoformat(),
        "to": given.to.isoformat(),
        "why": given.why,
    }
    asked.record("review.moved", says)
    return _done(asked, f"{given.name} is moved to {given.to}.")


def go_live(asked: Asked, given: GoLive) -> Done:
    """Note when it went live: performance reviews are counted from there."""
    asked.record("review.live", {"on": given.on.isoformat()})
    return _done(asked, f"Live since {given.on}: reviews are counted from there.")


def practise(asked: Asked, given: Practise) -> Done:
    """Note that the internal team did the retraining run itself."""
    agreed = asked.book.charter.governance.refresh
    team = {} if agreed is None else {"by": agreed.done_by}
    asked.record("refresh.practised", {"on": given.on.isoformat(), "note": given.note, **team})
    return _done(asked, f"The run of {given.on} is noted.")


def _done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/reviews"))


_BASE = "/pilots/{pilot}/reviews"
PAGES = (
    Page(
        path=_BASE, title="Reviews", template="reviews.html.j2", needs=Permission.see,
        view=reviews, shows=ReviewsPage,
    ),
)  # fmt: skip
DEEDS = (
    Deed(path=f"{_BASE}/held", needs=Permission.review, takes=Hold, do=hold),
    Deed(path=f"{_BASE}/moved", needs=Permission.review, takes=Move, do=move),
    Deed(path=f"{_BASE}/live", needs=Permission.review, takes=GoLive, do=go_live),
    Deed(path=f"{_BASE}/refreshed", needs=Permission.review, takes=Practise, do=practise),
)
