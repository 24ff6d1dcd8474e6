"""What users say, and what becomes of it: the list, and the form to say something (R603, R604)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from proveout.desk.feedback import FeedbackStore, Filter, Kind, Listing, Rules, Said, Show
from proveout.desk.feedback.listing import MOST_COUNTED
from proveout.errors import InputError
from proveout.evidence.figures import minute
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.heard import record_heard
from proveout.web.pages.feedback_words import (
    KIND_WORDS,
    Asks,
    FeedbackLine,
    Line,
    Words,
    due_of,
    line,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission
from proveout.web.runtime_queue import queue_reported


class FeedbackAsks(Asks):
    """Which items are listed."""

    show: Show = "waiting"
    kind: Kind | None = None
    team: str | None = Field(default=None, max_length=200)
    owner: str | None = Field(default=None, max_length=200)
    after: str | None = Field(default=None, max_length=100, pattern=r"^[0-9][0-9.e+]*:[\w-]+$")


class SaidAndDone(BaseModel):
    """What was said, and what was changed for it."""

    gist: str
    n: int
    """How many said so."""
    change: str
    link: str | None
    changed_at: datetime


class FeedbackPage(BaseModel):
    """The feedback of a pilot."""

    may_say: bool
    may_answer: bool
    may_prepare: bool
    may_record: bool
    sees_all: bool
    counts: dict[str, int]
    overdue: int
    overdue_is_more: bool
    """More than `overdue` are late."""
    items: list[FeedbackLine]
    """Empty for those who may neither answer nor audit."""
    next: str | None
    mine: list[FeedbackLine]
    did: list[SaidAndDone]
    may_be_nameless: bool
    may_show_case: bool
    contact: str | None
    recorded_at: datetime | None
    me: str


def feedback(asked: Asked, asks: FeedbackAsks) -> FeedbackPage:
    """Show what was said, to each what he may see."""
    book, desk, viewer = asked.book, asked.parts.desk, asked.viewer
    store, listing = FeedbackStore(desk, book.pilot), Listing(desk, book.pilot)
    may_answer = asked.may(Permission.answer)
    sees_all = may_answer or asked.may(Permission.audit)
    wanted = Filter(
        show=asks.show, kind=asks.kind, team=asks.team, owner=asks.owner, after=asks.after
    )
    listed = listing.page(wanted, now=asked.now) if sees_all else None
    late = listing.overdue(asked.now) if sees_all else 0
    rules, recorded = store.rules(), store.recorded()
    mine = [] if viewer.account is None else listing.of_account(viewer.account)
    return FeedbackPage(
        may_say=asked.may(Permission.say),
        may_answer=may_answer,
        may_prepare=asked.may(Permission.prepare),
        may_record=asked.may(Permission.assess),
        sees_all=sees_all,
        counts=listing.counts(),
        overdue=min(late, MOST_COUNTED),
        overdue_is_more=late > MOST_COUNTED,
        items=[line(each, asked.now) for each in (listed.items if listed else ())],
        next=None if listed is None else listed.next,
        mine=[line(each, asked.now) for each in mine],
        did=_did(listing),
        may_be_nameless=rules.may_be_nameless,
        may_show_case=rules.may_show_case,
        contact=book.charter.change.contact,
        recorded_at=None if recorded is None else recorded[1],
        me=asked.who,
    )


def _did(listing: Listing) -> list[SaidAndDone]:
    changed = listing.changed(most=20)
    others = listing.numbers_of_same([each.id for each in changed])
    return [
        SaidAndDone(
            gist=each.gist or KIND_WORDS[each.kind],
            n=1 + others.get(each.id, 0),
            change=each.change or "",
            link=each.change_link,
            changed_at=each.changed_at,
        )
        for each in changed
        if each.changed_at is not None
    ]


class NewAsks(Asks):
    """What is known already, where a link leads here."""

    call: str | None = Field(default=None, max_length=60)
    kind: Kind = "wrong"


class NewPage(BaseModel):
    """The form to say something."""

    kinds: dict[str, str]
    may_be_nameless: bool
    may_show_case: bool
    answered_by: str
    due_at: datetime
    contact: str | None
    who: str


def new(asked: Asked, _: NewAsks) -> NewPage:
    """Show the form, and who answers until when."""
    rules, charter = FeedbackStore(asked.parts.desk, asked.book.pilot).rules(), asked.book.charter
    protocol = charter.governance.exceptions
    return NewPage(
        kinds=dict(KIND_WORDS),
        may_be_nameless=rules.may_be_nameless,
        may_show_case=rules.may_show_case,
        answered_by="the team" if protocol is None else protocol.goes_to,
        due_at=due_of(charter, asked.now),
        contact=charter.change.contact,
        who=asked.who,
    )


class SayForm(Asks):
    """What somebody says."""

    kind: Kind
    words: Words
    call: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] | None = None
    """The answer that it is about: its proveout-id."""
    shown_case: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=8_000)] | None
    ) = None
    team: Line | None = None
    nameless: bool = False


class SaidResult(BaseModel):
    """What becomes of it."""

    id: str
    answered_by: str
    due_at: datetime


def say(asked: Asked, given: SayForm) -> Done:
    """Say that something is wrong, unclear, slow or missing, or disagree."""
    book, desk = asked.book, asked.parts.desk
    store = FeedbackStore(desk, book.pilot)
    rules = store.rules()
    if given.nameless and not rules.may_be_nameless:
        raise InputError(
            "Here feedback is given under one's name.",
            hint="Those who prepare the pilot can allow it without.",
        )
    if given.shown_case and not rules.may_show_case:
        raise InputError(
            "Cases may not be copied into feedback here.", hint="Give the answer's id instead."
        )
    item = store.say(
        Said(
            act=asked.act_id, pilot=book.pilot, kind=given.kind, words=given.words,
            now=asked.now, due_at=due_of(book.charter, asked.now),
            account=asked.viewer.account, name=asked.who, is_nameless=given.nameless,
            team=given.team, call=given.call, shown_case=given.shown_case,
        )
    )  # fmt: skip
    if item.is_to_queue:
        queue_reported(book, desk, asked.now)
    protocol, contact = book.charter.governance.exceptions, book.charter.change.contact
    by = "the team" if protocol is None else protocol.goes_to
    says = f"Thank you. {by} answers by {minute(item.due_at)}."
    if given.kind == "disagree" and contact:
        says += f" Until then you can ask {contact}."
    return Done(
        says=says,
        goes_to=path_to(book.pilot, f"/feedback/{item.id}"),
        result=SaidResult(id=item.id, answered_by=by, due_at=item.due_at),
    )


class RulesForm(BaseModel):
    """What users may do; a box that is not ticked is not sent."""

    may_be_nameless: bool = False
    may_show_case: bool = False


def set_rules(asked: Asked, given: RulesForm) -> Done:
    """Say whether feedback may be given without a name, and with a case."""
    FeedbackStore(asked.parts.desk, asked.book.pilot).set_rules(
        Rules(may_be_nameless=given.may_be_nameless, may_show_case=given.may_show_case),
        who=asked.who,
        now=asked.now,
    )
    return Done(says="Kept.", goes_to=here(asked))


class RecordResult(BaseModel):
    """The run that recorded it."""

    run: str


def record_now(asked: Asked, _: Nothing) -> Done:
    """Record as evidence how people were heard."""
    run = record_heard(
        asked.book, asked.parts.desk, asked.parts.registry, asked.now, is_asked_for=True
    )
    assert run is not None  # noqa: S101  # it was asked for
    return Done(
        says="Recorded: the gate decides by it from now on.",
        goes_to=here(asked),
        result=RecordResult(run=run),
    )


def here(asked: Asked) -> str:
    """Return the path of the list."""
    return path_to(asked.book.pilot, "/feedback")


_BASE = "/pilots/{pilot}/feedback"
PAGES = (
    Page(
        path=_BASE, title="Feedback", template="feedback.html.j2", needs=Permission.see,
        view=feedback, shows=FeedbackPage, asks=FeedbackAsks,
    ),
    Page(
        path=f"{_BASE}/new", title="Say something", template="feedback_new.html.j2",
        needs=Permission.say, view=new, shows=NewPage, asks=NewAsks,
    ),
)  # fmt: skip
DEEDS = (
    Deed(path=_BASE, needs=Permission.say, takes=SayForm, do=say, gives=SaidResult),
    Deed(path=f"{_BASE}/rules", needs=Permission.prepare, takes=RulesForm, do=set_rules),
    Deed(
        path=f"{_BASE}/record", needs=Permission.assess, takes=Nothing, do=record_now,
        gives=RecordResult,
    ),
)  # fmt: skip
