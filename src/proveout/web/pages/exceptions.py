"""The queue of exceptions: what people have to look at, the one due first in front (R904)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, StringConstraints

from proveout.errors import InputError, ProveoutError
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.pages.exception_acts import resolved
from proveout.web.pages.feedback_words import Asks, people_of
from proveout.web.paths import path_to
from proveout.web.permissions import Permission
from proveout.web.runtime_queue import open_queue

if TYPE_CHECKING:
    from proveout.runtime.exceptions.listing import Line as QueueLine
    from proveout.runtime.exceptions.queue import ExceptionQueue

REASONS = {
    "low-confidence": "not sure enough",
    "failure": "the system failed",
    "timeout": "too late",
    "malformed": "not of the form that is asked for",
    "schema": "breaks the schema",
    "rule": "breaks a rule",
    "reported": "called wrong by a user",
    "lost": "lost on the way",
}
OUTCOMES = {
    "confirmed-right": "the answer is right",
    "corrected": "wrong, the true answer is given",
    "rejected": "thrown away: there is no true answer",
    "duplicate": "another one is about the same",
    "cannot-tell": "it cannot be told",
}
Which = Literal["open", "overdue", "mine", "free", "resolved"]
Outcome = Literal["confirmed-right", "corrected", "rejected", "duplicate", "cannot-tell"]


class ExceptionsAsks(Asks):
    """Which exceptions are listed."""

    which: Which = "open"
    reason: str | None = Field(default=None, max_length=40)
    team: str | None = Field(default=None, max_length=200)
    words: str | None = Field(default=None, max_length=200)
    after: str | None = Field(default=None, max_length=100, pattern=r"^[0-9][0-9.e+]*:[\w-]+$")


class ExceptionLine(BaseModel):
    """One entry of the list."""

    id: str
    reasons: list[str]
    reason_words: str
    note: str
    team: str | None
    confidence: float | None
    came_at: datetime
    due_at: datetime
    is_overdue: bool
    acts: str
    """Who has it."""
    is_taken: bool
    is_escalated: bool
    outcome: str | None
    resolved_by: str | None


class ExceptionsPage(BaseModel):
    """The queue."""

    trouble: str | None
    """Why there is no queue to show; all else is empty then."""
    next_step: str | None
    open: int = 0
    overdue: int = 0
    is_more: bool = False
    """More are open, or late, than are counted."""
    searched: int = 0
    """For words only so many were looked through; the next page goes on."""
    taken: int = 0
    """By whoever asks."""
    items: list[ExceptionLine] = []
    next: str | None = None
    filters: str = ""
    """The query of this list, without where its page begins."""
    reasons: dict[str, str] = REASONS
    outcomes: dict[str, str] = OUTCOMES
    people: list[str] = []
    steps: list[str] = []
    is_agreed: bool = True
    """A charter says who looks at exceptions."""


def exceptions(asked: Asked, asks: ExceptionsAsks) -> ExceptionsPage:
    """List what is to be looked at."""
    from proveout.runtime.exceptions.listing import (
        MOST_COUNTED,
        SEARCHED,
        Wanted,
        lines,
        standing,
    )

    now = asked.now.timestamp()
    wanted = Wanted(
        which=asks.which, who=asked.who, reason=asks.reason, team=asks.team, words=asks.words,
        after=asks.after,
    )  # fmt: skip
    try:
        with open_queue(asked.book) as queue:
            found, end = lines(queue, wanted, now=now)
            stands = standing(queue, who=asked.who, now=now)
            handling = queue.handling
    except ProveoutError as error:
        return ExceptionsPage(trouble=error.message, next_step=error.hint)
    told = asks.model_dump(exclude={"after"}, exclude_none=True)
    return ExceptionsPage(
        trouble=None,
        next_step=None,
        open=min(stands.open, MOST_COUNTED),
        overdue=min(stands.overdue, MOST_COUNTED),
        is_more=max(stands.open, stands.overdue) > MOST_COUNTED,
        searched=SEARCHED if asks.words and end else 0,
        taken=stands.taken,
        items=[_line(each, now) for each in found],
        next=end,
        filters=urlencode(told),
        people=list(dict.fromkeys([asked.who, *people_of(asked.book.charter)])),
        steps=list(handling.steps),
        is_agreed=handling.is_agreed,
    )


class NextForm(Asks):
    """Which one is wanted."""

    reason: str | None = Field(default=None, max_length=40)


class NextResult(BaseModel):
    """The exception that one works on from now on; none where nothing is left."""

    id: str | None


def take_next(asked: Asked, given: NextForm) -> Done:
    """Take the one that is due first; nobody else is given it meanwhile."""
    with open_queue(asked.book) as queue:
        return go_on(asked, queue, says="", reason=given.reason)


def go_on(asked: Asked, queue: ExceptionQueue, *, says: str, reason: str | None) -> Done:
    """Take the next one, and say what came of the one before."""
    entry = queue.take_next(who=asked.who, now=asked.now.timestamp(), reason=reason)
    if entry is None:
        left = f"{says} Nothing is left to look at.".strip()
        return Done(says=left, goes_to=here(asked), result=NextResult(id=None))
    query = f"?{urlencode({'reason': reason})}" if reason else ""
    return Done(
        says=says or "Yours: nobody else is given it.",
        goes_to=f"{here(asked)}/{entry.id}{query}",
        result=NextResult(id=entry.id),
    )


class BulkForm(Asks):
    """What is to be done with several."""

    ids: list[Annotated[str, StringConstraints(max_length=60)]] = Field(
        default_factory=list, max_length=200
    )
    act: Literal["take", "hand-over", "put-back", "resolve"]
    to: str | None = Field(default=None, max_length=200)
    outcome: Outcome | None = None
    correction: str | None = Field(default=None, max_length=16_000)
    """The true answer of all of them."""
    why: str | None = Field(default=None, max_length=4_000)


class BulkResult(BaseModel):
    """What came of it."""

    done: list[str]
    refused: dict[str, str]
    """By id, why not."""


def bulk(asked: Asked, given: BulkForm) -> Done:
    """Take, hand over or resolve several at once; what cannot be is told, the others are done."""
    if not given.ids:
        raise InputError("None was chosen.", hint="Tick those that are meant.")
    done: list[str] = []
    refused: dict[str, str] = {}
    with open_queue(asked.book) as queue:
        for id_ in dict.fromkeys(given.ids):
            try:
                _one_of_many(asked, queue, id_, given)
                done.append(id_)
            except InputError as error:
                refused[id_] = error.message
    says = f"{len(done):,} done."
    if refused:
        first = next(iter(refused.values()))
        says += f" {len(refused):,} could not be: {first}"
    return Done(says=says, goes_to=here(asked), result=BulkResult(done=done, refused=refused))


def _one_of_many(asked: Asked, queue: ExceptionQueue, id_: str, given: BulkForm) -> None:
    now, who = asked.now.timestamp(), asked.who
    if given.act == "resolve":
        if given.outcome is None:
            raise InputError("What came of it was not said.", hint="Choose an outcome.")
        places = {} if given.correction is None else {"0": given.correction}
        resolved(
            asked, queue, queue.get(id_), given.outcome, why=given.why, places=places, is_bulk=True
        )
    elif given.act == "take":
        queue.take(id_, who=who, now=now)
    elif given.act == "put-back":
        queue.hand_over(id_, to=None, who=who, now=now)
    else:
        if not (given.to or "").strip():
            raise InputError("To whom was not said.", hint="Name somebody.")
        queue.hand_over(id_, to=given.to, who=who, now=now)


def _line(line: QueueLine, now: float) -> ExceptionLine:
    return ExceptionLine(
        id=line.id,
        reasons=list(line.reasons),
        reason_words=", ".join(REASONS.get(each, each) for each in line.reasons),
        note=line.note[:300],
        team=line.team,
        confidence=line.confidence,
        came_at=datetime.fromtimestamp(line.at, UTC),
        due_at=datetime.fromtimestamp(line.due_at, UTC),
        is_overdue=line.outcome is None and now > line.due_at,
        acts=line.acts,
        is_taken=line.taken_by is not None,
        is_escalated=line.is_escalated,
        outcome=None if line.outcome is None else OUTCOMES.get(line.outcome, line.outcome),
        resolved_by=line.resolved_by,
    )


def here(asked: Asked) -> str:
    """Return the path of the list."""
    return path_to(asked.book.pilot, "/exceptions")


_BASE = "/pilots/{pilot}/exceptions"
PAGES = (
    Page(
        path=_BASE, title="Exceptions", template="exceptions.html.j2", needs=Permission.resolve,
        view=exceptions, shows=ExceptionsPage, asks=ExceptionsAsks,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        path=f"{_BASE}/next", needs=Permission.resolve, takes=NextForm, do=take_next,
        gives=NextResult,
    ),
    Deed(
        path=f"{_BASE}/bulk", needs=Permission.resolve, takes=BulkForm, do=bulk, gives=BulkResult
    ),
)  # fmt: skip
