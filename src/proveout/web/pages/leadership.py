"""What leadership did beyond the announcement: attested, dated, visible (R607)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pydantic import BaseModel

from proveout.register.leadership import LEADERSHIP, REMOVED_WITHIN, WINDOW, Obstacle
from proveout.register.managers import MANAGERS
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.pages.writing import (
    Line,
    MaybeDay,
    MaybeLine,
    MaybeLink,
    MaybeWords,
    Words,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

PAGE_SIZE = 50


class Event(BaseModel):
    """One thing that leadership did."""

    kind: str
    what: str
    by: str
    to: str
    link: str
    vouched_by: str
    at: datetime


class ObstacleLine(BaseModel):
    """Something in the way."""

    id: str
    what: str
    raised_by: str
    raised_at: datetime
    owner: str
    due: date
    is_due_agreed: bool
    is_overdue: bool
    days_open: int
    removed_at: datetime | None
    removed_by: str | None
    how: str


class LeadershipPage(BaseModel):
    """The leadership page of a pilot."""

    sponsor: str | None
    owner: str | None
    commitments: list[str]
    managers_equipped_by: str | None
    """Who equips them, as the charter promises."""
    managers: int
    equipped: int
    lately: int
    """Things done in the last 30 days, as of now."""
    window_days: int
    latest_at: datetime | None
    open: list[ObstacleLine]
    overdue: int
    removed: list[ObstacleLine]
    removed_within_days: int
    """By when an obstacle without a day of its own is to be gone."""
    looked_at: datetime | None
    looked_by: str | None
    events: list[Event]
    older: str | None
    """The page before, where there is more."""
    today: date


class From(BaseModel):
    """Which part of the timeline."""

    before: MaybeLine = ""
    """ISO moment and id of the last one seen."""


def leadership(asked: Asked, asks: From) -> LeadershipPage:
    """Show what leadership did, and what stands in the way."""
    book, now = asked.book, asked.now
    charter, state = book.charter, book.register.of(LEADERSHIP)
    managing = book.register.of(MANAGERS)
    timeline = state.timeline(charter)
    rest = [each for each in timeline if not asks.before or _key(each.at, each.id) < asks.before]
    shown = rest[:PAGE_SIZE]
    obstacles = state.obstacles
    open_ = [each for each in obstacles if each.removed is None]
    removed = [each for each in obstacles if each.removed is not None]
    promised = charter.change.leadership
    people = charter.people
    older = None
    if len(rest) > len(shown):
        older = path_to(asked.book.pilot, f"/leadership?before={_key(shown[-1].at, shown[-1].id)}")
    return LeadershipPage(
        sponsor=None if people.executive_sponsor is None else people.executive_sponsor.name,
        owner=None if people.production_owner is None else people.production_owner.name,
        commitments=[] if promised is None else list(promised.commitments),
        managers_equipped_by=None if promised is None else promised.managers_equipped_by,
        managers=len(managing.named),
        equipped=sum(key in managing.equipped for key in managing.named),
        lately=sum(each.at > now - WINDOW for each in timeline),
        window_days=WINDOW.days,
        latest_at=timeline[0].at if timeline else None,
        open=[_line(each, now) for each in sorted(open_, key=lambda each: (each.due, each.id))],
        overdue=sum(each.is_overdue(now) for each in open_),
        removed=[_line(each, now) for each in reversed(removed[-PAGE_SIZE:])],
        removed_within_days=REMOVED_WITHIN.days,
        looked_at=None if state.looked is None else state.looked.at,
        looked_by=None if state.looked is None else state.looked.who,
        events=[
            Event(
                kind=each.kind,
                what=each.what,
                by=each.by,
                to=each.to,
                link=each.link,
                vouched_by=each.who,
                at=each.at,
            )
            for each in shown
        ],
        older=older,
        today=now.astimezone(UTC).date(),
    )


def _key(at: datetime, id_: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}_{id_}"


def _line(obstacle: Obstacle, now: datetime) -> ObstacleLine:
    gone = obstacle.removed
    return ObstacleLine(
        id=obstacle.id,
        what=obstacle.what,
        raised_by=obstacle.raised_by,
        raised_at=obstacle.at,
        owner=obstacle.owner,
        due=obstacle.due,
        is_due_agreed=obstacle.is_due_agreed,
        is_overdue=obstacle.is_overdue(now),
        days_open=obstacle.days_open(now),
        removed_at=None if gone is None else gone.at,
        removed_by=None if gone is None else gone.who,
        how="" if gone is None else gone.how,
    )


class Message(BaseModel):
    """A message that a leader gave."""

    what: Words
    by: Line
    to: MaybeLine = ""
    on: MaybeDay = ""
    link: MaybeLink = ""


class NewObstacle(BaseModel):
    """Something in the way, and who is to remove it."""

    what: Words
    owner: Line
    raised_by: MaybeLine = ""
    due: MaybeDay = ""


class RemovedObstacle(BaseModel):
    """An obstacle that is gone."""

    obstacle: Line
    how: Words


class LookedThrough(BaseModel):
    """The list of obstacles is complete."""

    note: MaybeWords = ""


def give_message(asked: Asked, given: Message) -> Done:
    """Note a message that a leader gave: what, when, to whom."""
    asked.record("leadership.message", given.model_dump())
    return _done(asked, "The message is on the timeline.")


def raise_obstacle(asked: Asked, given: NewObstacle) -> Done:
    """Raise an obstacle, and say who is to remove it by when."""
    asked.record("leadership.obstacle", given.model_dump())
    return _done(asked, f"{given.owner} is to remove it.")


def remove_obstacle(asked: Asked, given: RemovedObstacle) -> Done:
    """Note that an obstacle is gone, and how."""
    asked.record("leadership.removed", given.model_dump())
    return _done(asked, "The obstacle is gone.")


def look_through(asked: Asked, given: LookedThrough) -> Done:
    """Confirm that the list of obstacles is complete as it stands."""
    asked.record("leadership.looked", given.model_dump())
    return _done(asked, "Noted: no other obstacle is known to you.")


def _done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_to(asked.book.pilot, "/leadership"))


_PATH = "/pilots/{pilot}/leadership"
_LEAD = Permission.lead

PAGES = (
    Page(
        path=_PATH,
        title="Leadership",
        template="leadership.html.j2",
        needs=Permission.see,
        view=leadership,
        shows=LeadershipPage,
        asks=From,
    ),
)
DEEDS = (
    Deed(path=f"{_PATH}/messages", needs=_LEAD, takes=Message, do=give_message),
    Deed(path=f"{_PATH}/obstacles", needs=_LEAD, takes=NewObstacle, do=raise_obstacle),
    Deed(path=f"{_PATH}/obstacles/removed", needs=_LEAD, takes=RemovedObstacle, do=remove_obstacle),
    Deed(path=f"{_PATH}/obstacles/looked", needs=_LEAD, takes=LookedThrough, do=look_through),
)
