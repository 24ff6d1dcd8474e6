"""Why a pilot failed or stalled: the interview on one page, and what comes of it (R1001, R1002).

What is answered travels in the address, so that a result can be looked at, changed and sent to
somebody before anybody records it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, create_model

from proveout.diagnosis.answers import Answers, Result
from proveout.diagnosis.diagnosis import diagnose
from proveout.diagnosis.failures import FAILURES
from proveout.diagnosis.questions import BY_ID, QUESTIONS, UNKNOWN
from proveout.diagnosis.readings import known_of
from proveout.diagnosis.record import Record, readings_of
from proveout.errors import InputError
from proveout.register.diagnosing import DIAGNOSING, Recorded
from proveout.web.asked import Asked, Deed, Done, Page
from proveout.web.pages.diagnosis_before import DEEDS as SHOWING
from proveout.web.pages.diagnosis_before import LeftLines, left_to
from proveout.web.pages.diagnosis_words import (
    AnswerLine,
    FoundLine,
    GroupLine,
    answer_line,
    found_line,
    groups_of,
)
from proveout.web.pages.writing import MaybeWords
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

WHY = "why_"
"""Before the name of a question: what shows its answer."""


class Interview(BaseModel):
    """Answers, each an option of its question; what is left out is not known."""

    result: Result | None = None
    """How it ended."""


if TYPE_CHECKING:
    Answered = Interview
else:
    Answered = create_model(
        "Answered",
        __base__=Interview,
        **{each.id: (Literal[each.allowed] | None, None) for each in QUESTIONS},
    )
    Answered.__doc__ = "Answers to the interview; each may be left out."


class RecordedLine(BaseModel):
    """The latest diagnosis that somebody recorded."""

    who: str
    at: datetime
    named: list[str]
    """The causes that were active by what was known on that day."""
    found: FoundLine
    """The same answers, with what the ledger tells now."""


class DiagnosisPage(BaseModel):
    """The interview, what the ledger answers of it, and what it comes to."""

    pilot: str | None
    title: str | None
    at: str
    """The page's own path."""
    may_record: bool
    is_asked: bool
    """Whether answers were given."""
    n_from_ledger: int
    """Questions that the ledger answers."""
    n_questions: int = len(QUESTIONS)
    result: str | None
    groups: list[GroupLine]
    answers: list[AnswerLine]
    """What was answered, for whoever records it."""
    found: FoundLine | None
    """None where nothing is known yet."""
    recorded: RecordedLine | None
    left: LeftLines | None
    """What earlier pilots left to be shown by this one."""


def diagnosis(asked: Asked, asks: Interview) -> DiagnosisPage:
    """Show the interview of a pilot, with what its ledger answers already."""
    return _page(asked, asks, record_of(asked), asked.book.register.of(DIAGNOSING).recorded)


def without_pilot(asked: Asked, asks: Interview) -> DiagnosisPage:
    """Show the interview for a pilot that is in no ledger; nothing is kept."""
    return _page(asked, asks, None, None)


def _page(
    asked: Asked, asks: Interview, record: Record | None, recorded: Recorded | None
) -> DiagnosisPage:
    book = asked.pilot
    given = answers_of(asked, asks)
    is_asked = bool(given.answers) or given.result is not None
    on_record = {} if record is None else known_of(readings_of(record))
    ledger = {signal: here for signal, here in on_record.items() if here.is_settled}
    before = None if recorded is None else _recorded(asked, recorded, record)
    chosen = given.answers if is_asked or recorded is None else _known_here(recorded)
    found = diagnose(given, record, pilot=given.pilot) if is_asked or on_record else None
    return DiagnosisPage(
        pilot=None if book is None else book.pilot,
        title=None if book is None else book.title,
        at="/diagnosis" if book is None else path_to(book.pilot, "/diagnosis"),
        may_record=book is not None and asked.may(Permission.diagnose),
        is_asked=is_asked,
        n_from_ledger=sum(each.id in ledger for each in QUESTIONS),
        result=given.result if is_asked or recorded is None else recorded.result,
        groups=groups_of(ledger, chosen),
        answers=[answer_line(name, option) for name, option in given.answers.items()],
        found=None if found is None else found_line(found),
        recorded=before,
        left=None if book is None else left_to(asked),
    )


def answers_of(asked: Asked, asks: Interview) -> Answers:
    """Return what was answered, as the diagnosis takes it."""
    told: dict[str, Any] = asks.model_dump()
    chosen = {each.id: told.get(each.id) for each in QUESTIONS}
    answers = {name: option for name, option in chosen.items() if option not in (None, UNKNOWN)}
    why = {name: (told.get(f"{WHY}{name}") or "").strip() for name in answers}
    book = asked.pilot
    return Answers(
        pilot="this pilot" if book is None else book.pilot,
        title=None if book is None else book.title,
        result=asks.result,
        answers=answers,
        why={name: text for name, text in why.items() if text},
    )


def _recorded(asked: Asked, recorded: Recorded, record: Record | None) -> RecordedLine:
    answers = _known_here(recorded)
    given = Answers(
        pilot=asked.book.pilot,
        title=asked.book.title,
        result=next((each for each in get_args(Result) if each == recorded.result), None),
        answers=answers,
        why={name: recorded.why[name] for name in answers if recorded.why.get(name)},
    )
    return RecordedLine(
        who=recorded.who,
        at=recorded.at,
        named=[each.name for each in FAILURES if each.id in recorded.named],
        found=found_line(diagnose(given, record, pilot=given.pilot)),
    )


def _known_here(recorded: Recorded) -> dict[str, str]:
    """Return the answers without those that a newer Proveout asked for."""
    return {
        name: option
        for name, option in recorded.answers.items()
        if name in BY_ID and option in BY_ID[name].allowed
    }


def record_of(asked: Asked) -> Record:
    """Return what is on record of a pilot."""
    return asked.parts.library.record(asked.book)


class DiagnosisResult(BaseModel):
    """What was recorded."""

    named: list[str]
    """Causes that were active."""


if TYPE_CHECKING:
    RecordForm = Interview
else:
    RecordForm = create_model(
        "RecordForm",
        __base__=Answered,
        **{f"{WHY}{each.id}": (MaybeWords, "") for each in QUESTIONS},
    )
    RecordForm.__doc__ = "Answers, and beside each what shows it."


def record_diagnosis(asked: Asked, given: RecordForm) -> Done:
    """Record why it failed or stalled, by name; the next pilot takes over what must be shown."""
    if given.result is None:
        raise InputError("It is not said how it ended.", hint="Choose: failed, stalled, succeeded.")
    answers = answers_of(asked, given)
    found = diagnose(answers, record_of(asked), pilot=answers.pilot)
    says = found.as_says(answers)
    asked.record("diagnosis.recorded", says)
    names = [each.name for each in found.active]
    told = f"Named: {', '.join(names)}." if names else "No cause was called active."
    return Done(
        says=f"Recorded under your name. {told}",
        goes_to=path_to(asked.book.pilot, "/diagnosis"),
        result=DiagnosisResult(named=list(says["named"])),
    )


_BASE = "/pilots/{pilot}/diagnosis"
PAGES = (
    Page(
        path=_BASE, title="Diagnosis", template="diagnosis.html.j2", needs=Permission.see,
        view=diagnosis, shows=DiagnosisPage, asks=Answered,
    ),
    Page(
        path="/diagnosis", title="Diagnosis", template="diagnosis.html.j2",
        needs=Permission.signed_in, view=without_pilot, shows=DiagnosisPage, asks=Answered,
    ),
)  # fmt: skip
DEEDS = (
    Deed(
        path=_BASE, needs=Permission.diagnose, takes=RecordForm, do=record_diagnosis,
        gives=DiagnosisResult,
    ),
    *SHOWING,
)  # fmt: skip
