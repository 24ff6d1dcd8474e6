"""One thing that a user said: triaged, answered, and what was changed for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, StringConstraints

from proveout.desk.feedback import FeedbackStore, Item, Kind, Listing, State
from proveout.desk.feedback.store import Doer
from proveout.errors import InputError, NotFoundError
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.feedback_words import (
    KIND_WORDS,
    STATE_WORDS,
    Asks,
    FeedbackLine,
    Line,
    Words,
    due_of,
    end_of,
    line,
    people_of,
    said_by,
)
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_STEP_WORDS = {
    "triaged": "Triaged",
    "answered": "Answered",
    "declined": "Declined",
    "changed": "Change linked",
    "merged": "Merged with another",
    "reopened": "Opened again",
    "parted": "Parted from the other",
    "blanked": "Words taken out",
}


class StepLine(BaseModel):
    """What was done, by whom."""

    what: str
    who: str
    at: datetime


class ItemPage(BaseModel):
    """One item. What only those who answer may see is empty for others."""

    id: str
    kind: Kind
    kind_words: str
    words: str | None
    shown_case: str | None
    call: str | None
    team: str | None
    said_by: str
    said_at: datetime
    due_at: datetime
    is_overdue: bool
    state: State
    state_words: str
    is_open: bool
    version: int
    owner: str | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    gist: str | None
    change: str | None
    change_link: str | None
    changed_at: datetime | None
    duplicate_of: str | None
    same: list[FeedbackLine]
    blanked_by: str | None
    blanked_at: datetime | None
    blanked_why: str | None
    exception: str | None
    steps: list[StepLine]
    may_answer: bool
    may_blank: bool
    may_resolve: bool
    is_mine: bool
    people: list[str]
    kinds: dict[str, str]


def item(asked: Asked, _: Nothing) -> ItemPage:
    """Show one to those who answer, to auditors, and to whoever said it."""
    store = FeedbackStore(asked.parts.desk, asked.book.pilot)
    found = store.get(asked.path["item"])
    may_answer = asked.may(Permission.answer)
    sees_all = may_answer or asked.may(Permission.audit)
    is_mine = found.account is not None and found.account == asked.viewer.account
    # What was said without a name is shown to whoever has its id, which nobody can guess.
    is_nameless = found.account is None and found.blanked_at is None
    if not (sees_all or is_mine or (is_nameless and asked.may(Permission.say))):
        raise NotFoundError(f"There is no feedback '{found.id}' here.", hint="See the list.")
    listing = Listing(asked.parts.desk, asked.book.pilot)
    return ItemPage(
        **{
            name: getattr(found, name)
            for name in (
                "id", "kind", "words", "team", "said_at", "due_at", "state", "is_open", "version",
                "owner", "answer", "answered_by", "answered_at", "gist", "change", "change_link",
                "changed_at", "blanked_by", "blanked_at", "blanked_why", "call", "shown_case",
            )
        },
        kind_words=KIND_WORDS[found.kind],
        state_words=STATE_WORDS[found.state],
        said_by=said_by(found),
        is_overdue=found.is_overdue(asked.now),
        duplicate_of=found.duplicate_of if sees_all else None,
        same=[line(each, asked.now) for each in listing.same_as(found.id)] if sees_all else [],
        exception=found.exception if sees_all else None,
        steps=[
            StepLine(what=_STEP_WORDS.get(each.kind, each.kind), who=each.who, at=each.at)
            for each in (store.steps(found.id) if sees_all else ())
        ],
        may_answer=may_answer,
        may_blank=asked.may(Permission.administer),
        may_resolve=asked.may(Permission.resolve),
        is_mine=is_mine,
        people=list(dict.fromkeys([asked.who, *people_of(asked.book.charter)])),
        kinds=dict(KIND_WORDS),
    )  # fmt: skip


class ItemResult(BaseModel):
    """How it stands now."""

    id: str
    state: State
    version: int


class TriageForm(BaseModel):
    """What it is, and who answers until when."""

    kind: Kind
    owner: Line
    due: date
    seen: int
    """The version that was looked at."""


class AnswerForm(BaseModel):
    """The answer, which whoever said it reads."""

    answer: Words
    seen: int


class DeclineForm(BaseModel):
    """Why nothing is changed."""

    reason: Words
    seen: int


class ChangedForm(Asks):
    """What was changed."""

    gist: Line
    """What was said, in one line for everybody."""
    change: Words
    link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    on: date | None = None
    seen: int


class MergeForm(BaseModel):
    """The item that says the same."""

    into: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
    seen: int


class ReopenForm(BaseModel):
    """Why it waits for an answer again."""

    why: Line
    seen: int


class BlankForm(BaseModel):
    """Why the words are taken out."""

    why: Line
    seen: int


def triage(asked: Asked, given: TriageForm) -> Done:
    """Say who answers it until when."""
    store, by = _store(asked), _by(asked, given.seen)
    item = store.triage(
        asked.path["item"], by, kind=given.kind, owner=given.owner, due_at=end_of(given.due)
    )
    return _done(asked, item, f"{given.owner} answers by {given.due}.")


def answer(asked: Asked, given: AnswerForm) -> Done:
    """Answer it."""
    item = _store(asked).answer(asked.path["item"], _by(asked, given.seen), answer=given.answer)
    return _done(asked, item, "Answered: whoever said it reads it under 'My feedback'.")


def decline(asked: Asked, given: DeclineForm) -> Done:
    """Say why it stays as it is."""
    item = _store(asked).decline(asked.path["item"], _by(asked, given.seen), reason=given.reason)
    return _done(asked, item, "Answered: it stays as it is, and the reason is told.")


def changed(asked: Asked, given: ChangedForm) -> Done:
    """Say what was changed for it."""
    at = asked.now if given.on is None else min(asked.now, end_of(given.on))
    item = _store(asked).changed(
        asked.path["item"], _by(asked, given.seen), gist=given.gist, change=given.change,
        link=_followed(given.link), on=at,
    )  # fmt: skip
    return _done(asked, item, "Told to everybody, under 'You said, we did'.")


def merge(asked: Asked, given: MergeForm) -> Done:
    """Say that another says the same."""
    item = _store(asked).merge(asked.path["item"], _by(asked, given.seen), into=given.into)
    return _done(asked, item, f"It follows {item.duplicate_of} from now on.")


def reopen(asked: Asked, given: ReopenForm) -> Done:
    """Say that the answer was none."""
    item = _store(asked).reopen(
        asked.path["item"], _by(asked, given.seen), why=given.why,
        due_at=due_of(asked.book.charter, asked.now),
    )  # fmt: skip
    return _done(asked, item, "It waits for an answer again.")


def part(asked: Asked, given: ReopenForm) -> Done:
    """Say that it is not the same as the other after all."""
    item = _store(asked).part(
        asked.path["item"], _by(asked, given.seen), why=given.why,
        due_at=due_of(asked.book.charter, asked.now),
    )  # fmt: skip
    return _done(asked, item, "It waits for an answer of its own.")


def blank(asked: Asked, given: BlankForm) -> Done:
    """Take out words and name; that something was said stays."""
    item = _store(asked).blank(asked.path["item"], _by(asked, given.seen), why=given.why)
    return _done(asked, item, "The words and the name are taken out.")


def _store(asked: Asked) -> FeedbackStore:
    return FeedbackStore(asked.parts.desk, asked.book.pilot)


def _by(asked: Asked, seen: int) -> Doer:
    return Doer(
        act=asked.act_id, who=asked.who, account=asked.viewer.account, now=asked.now, seen=seen
    )


def _done(asked: Asked, item: Item, says: str) -> Done:
    return Done(
        says=says,
        goes_to=path_to(asked.book.pilot, f"/feedback/{item.id}"),
        result=ItemResult(id=item.id, state=item.state, version=item.version),
    )


def _followed(link: str | None) -> str | None:
    """Return a link that a browser may follow. Raises InputError for any other."""
    if not link:
        return None
    parts = urlsplit(link)
    is_ours = link.startswith("/") and not link.startswith(("//", "/\\"))
    if is_ours or (parts.scheme in ("http", "https") and parts.netloc):
        return link
    raise InputError(
        f"'{link[:60]}' is no link.", hint="Begin with https:// or, for a page here, with /"
    )


_BASE = "/pilots/{pilot}/feedback/{item}"


def _deed(
    name: str,
    takes: type[BaseModel],
    do: Callable[[Asked, Any], Done],
    needs: Permission = Permission.answer,
) -> Deed:
    return Deed(path=f"{_BASE}/{name}", needs=needs, takes=takes, do=do, gives=ItemResult)


PAGES = (
    Page(
        path=_BASE, title="What was said", template="feedback_item.html.j2",
        needs=Permission.see, view=item, shows=ItemPage,
    ),
)  # fmt: skip
DEEDS = (
    _deed("triage", TriageForm, triage),
    _deed("answer", AnswerForm, answer),
    _deed("decline", DeclineForm, decline),
    _deed("changed", ChangedForm, changed),
    _deed("merge", MergeForm, merge),
    _deed("reopen", ReopenForm, reopen),
    _deed("part", ReopenForm, part),
    _deed("blank", BlankForm, blank, Permission.administer),
)
