"""One exception: the case, the answer, why it is here, the guidelines, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from proveout.charter.schema import Charter
from proveout.errors import InputError, NotFoundError
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.exception_acts import resolved
from proveout.web.pages.exceptions import OUTCOMES, REASONS, NextResult, Outcome, go_on, here
from proveout.web.pages.feedback_words import Asks, people_of
from proveout.web.permissions import Permission
from proveout.web.runtime_queue import open_queue

if TYPE_CHECKING:
    from proveout.runtime.exceptions.entry import Entry
    from proveout.runtime.exceptions.queue import ExceptionQueue


class SpokenLine(BaseModel):
    """A message, or a column with a long text."""

    who: str
    words: str


class FieldLine(BaseModel):
    """One field of a document that was answered."""

    name: str
    value: str


class AnswerLine(BaseModel):
    """What the system answered for one row."""

    row: int
    text: str
    fields: list[FieldLine]
    """Where the answer is a document."""


class InputLine(BaseModel):
    """One thing that a correction may say."""

    place: str
    label: str
    value: str
    answered: str | None


class Guidelines(BaseModel):
    """What the charter says of exceptions, beside the case."""

    steps: list[str]
    audit: str | None
    will_do: list[str]
    will_not_do: list[str]
    contact: str | None
    escalates_to: str | None


class ExceptionPage(BaseModel):
    """One exception."""

    id: str
    call: str
    version: str | None
    reasons: list[str]
    reason_words: str
    notes: list[str]
    confidence: float | None
    reported_by: str | None
    said: str | None
    team: str | None
    came_at: datetime
    due_at: datetime
    is_overdue: bool
    owner: str
    acts: str
    taken_by: str | None
    is_mine: bool
    escalated_to: str | None
    is_open: bool
    outcome: str | None
    resolved_by: str | None
    resolved_at: datetime | None
    why: str | None
    truth: str | None
    """The true answer, where it was given."""
    messages: list[SpokenLine]
    columns: list[str]
    rows: list[list[str]]
    n_rows: int
    texts: list[SpokenLine]
    answers: list[AnswerLine]
    request: str | None
    answer: str | None
    form: Literal["fields", "class", "number", "words"]
    classes: list[str]
    inputs: list[InputLine]
    is_proposed: bool
    """The user said what the true answer is; it stands in the inputs."""
    guidelines: Guidelines
    people: list[str]
    before: str | None
    after: str | None
    """Ids of the open ones due before and after it."""
    reason: str | None
    """The list is limited to these."""


class ExceptionAsks(Asks):
    """From which list one comes."""

    reason: str | None = Field(default=None, max_length=40)


def exception(asked: Asked, asks: ExceptionAsks) -> ExceptionPage:
    """Show one."""
    from proveout.runtime.exceptions.case import case_of
    from proveout.runtime.exceptions.entry import labels_text
    from proveout.runtime.exceptions.listing import neighbours

    with open_queue(asked.book) as queue:
        entry = _entry(queue, asked)
        before, after = neighbours(queue, entry)
    charter = asked.book.charter
    case, now = case_of(entry, charter), asked.now.timestamp()
    truth = labels_text(list(entry.correction.items()))
    return ExceptionPage(
        id=entry.id,
        call=entry.call,
        version=entry.version,
        reasons=list(entry.reasons),
        reason_words=", ".join(REASONS.get(each, each) for each in entry.reasons),
        notes=list(entry.notes),
        confidence=entry.confidence,
        reported_by=entry.reported_by or None,
        said=entry.said,
        team=entry.team,
        came_at=_moment(entry.at),
        due_at=_moment(entry.due_at),
        is_overdue=entry.is_overdue(now),
        owner=entry.owner,
        acts=entry.acts,
        taken_by=entry.taken_by,
        is_mine=entry.taken_by == asked.who,
        escalated_to=entry.escalated_to,
        is_open=entry.is_open,
        outcome=None if entry.outcome is None else OUTCOMES[entry.outcome],
        resolved_by=entry.resolved_by,
        resolved_at=None if entry.resolved_at is None else _moment(entry.resolved_at),
        why=entry.why,
        truth=truth if truth and not entry.is_open else None,
        messages=[SpokenLine(who=each.who, words=each.words) for each in case.messages],
        columns=list(case.columns),
        rows=[list(each) for each in case.rows],
        n_rows=case.n_rows,
        texts=[SpokenLine(who=each.who, words=each.words) for each in case.texts],
        answers=[
            AnswerLine(
                row=row,
                text=text,
                fields=[
                    FieldLine(name=name, value=value)
                    for name, value in case.documents.get(row, {}).items()
                ],
            )
            for row, text in sorted(case.answers.items())
        ],
        request=case.request,
        answer=case.answer,
        form=case.form,
        classes=list(case.classes),
        inputs=[
            InputLine(place=each.place, label=each.label, value=each.value, answered=each.answered)
            for each in case.inputs
        ],
        is_proposed=bool(entry.correction) and entry.is_open,
        guidelines=_guidelines(charter),
        people=list(dict.fromkeys([asked.who, *people_of(charter)])),
        before=before,
        after=after,
        reason=asks.reason,
    )


def _guidelines(charter: Charter) -> Guidelines:
    protocol, audit = charter.governance.exceptions, charter.governance.output_audit
    return Guidelines(
        steps=list(() if protocol is None else protocol.steps),
        audit=None if audit is None else audit.how,
        will_do=list(charter.change.will_do),
        will_not_do=list(charter.change.will_not_do),
        contact=charter.change.contact,
        escalates_to=None if protocol is None else protocol.escalates_to,
    )


class ResolveForm(Asks):
    """What came of it."""

    outcome: Outcome
    why: str | None = Field(default=None, max_length=4_000)
    """Needed where the answer was neither right nor corrected."""
    place: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        default_factory=list, max_length=2_000
    )
    """Of each value, where it belongs: '0' for row 0, '0.total' for a field of its document."""
    value: list[Annotated[str, StringConstraints(max_length=16_000)]] = Field(
        default_factory=list, max_length=2_000
    )
    """True answers; what is as the system answered it is no correction."""
    then: Literal["next", "stay"] = "next"
    reason: str | None = Field(default=None, max_length=40)


class NameForm(BaseModel):
    """To whom."""

    to: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WhyForm(BaseModel):
    """Why."""

    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


def resolve(asked: Asked, given: ResolveForm) -> Done:
    """Say what came of it, and go on with the next one."""
    if len(given.place) != len(given.value):
        raise InputError("Not every place has one value.", hint="Give them in pairs.")
    with open_queue(asked.book) as queue:
        entry = resolved(
            asked, queue, _entry(queue, asked), given.outcome, why=given.why,
            places=dict(zip(given.place, given.value, strict=True)),
        )  # fmt: skip
        says = f"{entry.id}: {OUTCOMES[given.outcome]}."
        if given.then == "next":
            return go_on(asked, queue, says=says, reason=given.reason)
    return _done(asked, entry, says)


def take(asked: Asked, _: Nothing) -> Done:
    """Say that one works on it; also where somebody else did."""
    with open_queue(asked.book) as queue:
        entry = _entry(queue, asked)
        taken = queue.take(entry.id, who=asked.who, now=asked.now.timestamp(), from_other=True)
    was = entry.taken_by not in (None, asked.who)
    return _done(asked, taken, f"Taken over from {entry.taken_by}." if was else "Yours.")


def put_back(asked: Asked, _: Nothing) -> Done:
    """Give it back, for whoever comes next."""
    with open_queue(asked.book) as queue:
        entry = queue.hand_over(
            _entry(queue, asked).id, to=None, who=asked.who, now=asked.now.timestamp()
        )
    return _done(asked, entry, "Given back: whoever comes next is given it.")


def hand_over(asked: Asked, given: NameForm) -> Done:
    """Give it to somebody by name."""
    with open_queue(asked.book) as queue:
        entry = queue.hand_over(
            _entry(queue, asked).id, to=given.to, who=asked.who, now=asked.now.timestamp()
        )
    return _done(asked, entry, f"{given.to} has it now.")


def escalate(asked: Asked, given: NameForm) -> Done:
    """Hand it up to somebody by name."""
    with open_queue(asked.book) as queue:
        entry = queue.escalate(_entry(queue, asked).id, to=given.to, now=asked.now.timestamp())
    return _done(asked, entry, f"Escalated to {given.to}.")


def reopen(asked: Asked, given: WhyForm) -> Done:
    """Open it again; the true answers that came of it are taken back."""
    with open_queue(asked.book) as queue:
        entry = queue.reopen(
            _entry(queue, asked).id, who=asked.who, why=given.why, now=asked.now.timestamp()
        )
    return _done(asked, entry, "Open again.")


def _entry(queue: ExceptionQueue, asked: Asked) -> Entry:
    try:
        return queue.get(asked.path["entry"])
    except InputError as error:
        raise NotFoundError(error.message, hint="See the list of those that are open.") from None


def _done(asked: Asked, entry: Entry, says: str) -> Done:
    return Done(says=says, goes_to=f"{here(asked)}/{entry.id}", result=NextResult(id=entry.id))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_BASE = "/pilots/{pilot}/exceptions/{entry}"


def _deed(name: str, takes: type[BaseModel], do: Callable[[Asked, Any], Done]) -> Deed:
    return Deed(
        path=f"{_BASE}/{name}", needs=Permission.resolve, takes=takes, do=do, gives=NextResult
    )


PAGES = (
    Page(
        path=_BASE, title="Exception", template="exception.html.j2", needs=Permission.resolve,
        view=exception, shows=ExceptionPage, asks=ExceptionAsks,
    ),
)  # fmt: skip
DEEDS = (
    _deed("resolve", ResolveForm, resolve),
    _deed("take", Nothing, take),
    _deed("put-back", Nothing, put_back),
    _deed("hand-over", NameForm, hand_over),
    _deed("escalate", NameForm, escalate),
    _deed("reopen", WhyForm, reopen),
)
