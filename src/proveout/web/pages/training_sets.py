"""Preparing a set of cases: draw or enter, look, leave out what is private, approve (R602)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field

from proveout.errors import InputError
from proveout.register.training import training_names
from proveout.training import Case, Classroom
from proveout.training.drawing import MOST_CASES, Wanted, draw, sources
from proveout.training.entering import ORIGIN, entered, pasted
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.writing import Line, Long, MaybeLine
from proveout.web.paths import path_to
from proveout.web.permissions import Permission

_FOLDED_FROM = 400
"""Longer texts are folded."""


class Value(BaseModel):
    """One value of a case."""

    column: str
    text: str | None
    is_long: bool


class Outcome(BaseModel):
    """One thing that was to be answered, and what was."""

    field: str
    truth: str | None
    answer: str | None
    is_right: bool | None


class WholeCase(BaseModel):
    """One case with all that is known of it: for the preparer."""

    number: int
    shown: list[Value]
    outcomes: list[Outcome]
    has_truth: bool
    has_answer: bool
    confidence: float | None
    is_right: bool | None
    trouble: str
    origin: str


class How(BaseModel):
    """How the cases of a set were chosen."""

    origin: str
    looked_at: int | None
    judged: int | None
    """Of those looked at: answered, and the truth is known."""
    wrong: int | None
    """Of the judged, how often the system was wrong."""
    chosen: int
    chosen_wrong: int
    answers_from: str
    is_simulated: bool


class SetPage(BaseModel):
    """One set, for the preparer."""

    id: str
    training: str
    state: Literal["draft", "approved", "withdrawn"]
    made_by: str
    made_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    how: How
    columns: list[str]
    cases: list[WholeCase]
    is_by_hand: bool
    practise_at: str


class NewSetPage(BaseModel):
    """What a set can be drawn from."""

    trainings: list[str]
    sources: list[tuple[str, str]]
    """Name, and how it is called."""
    given: list[str]
    """Columns that the system is given, as the charter says; shown unless others are named."""
    site_column: str | None
    has_system: bool
    is_recorded: bool
    is_paid: bool
    """The system is a service: each question may cost money."""
    most_cases: int
    seed: int


def new_set(asked: Asked, _: Nothing) -> NewSetPage:
    """Show what cases can be drawn from."""
    charter = asked.book.charter
    system = charter.system
    return NewSetPage(
        trainings=list(training_names(charter)),
        sources=sources(charter),
        given=list(charter.data.inputs),
        site_column=charter.data.site_column,
        has_system=system is not None,
        is_recorded=system is not None and system.recorded is not None,
        is_paid=system is not None and system.web is not None,
        most_cases=MOST_CASES,
        seed=int(asked.now.timestamp()) % 100_000,
    )


def one_set(asked: Asked, _: Nothing) -> SetPage:
    """Show a set with all that is known of its cases."""
    kept, cases = room_of(asked).set(asked.path["set"])
    columns = dict.fromkeys(each.column for case in cases for each in case.shown)
    return SetPage(
        id=kept.id,
        training=kept.training,
        state=kept.state,
        made_by=kept.made_by,
        made_at=kept.made_at,
        approved_by=kept.approved_by,
        approved_at=kept.approved_at,
        how=how_of(kept.says, cases),
        columns=list(columns),
        cases=[_whole(case) for case in cases],
        is_by_hand=kept.says.get("origin") == ORIGIN,
        practise_at=f"{path_of(asked, kept.id)}/try",
    )


def room_of(asked: Asked) -> Classroom:
    """Return where the pilot's training is kept."""
    return Classroom(asked.parts.desk, asked.book.pilot)


def path_of(asked: Asked, set_id: str) -> str:
    """Return the path of a set's page."""
    return path_to(asked.book.pilot, f"/training/sets/{quote(set_id, safe='')}")


def values_of(case: Case) -> list[Value]:
    """Return what a trainee sees of a case."""
    return [
        Value(
            column=each.column,
            text=each.text,
            is_long=each.text is not None and len(each.text) > _FOLDED_FROM,
        )
        for each in case.shown
    ]


def outcomes_of(case: Case) -> list[Outcome]:
    """Return truth and answer of a case."""
    return [
        Outcome(field=each.field, truth=each.truth, answer=each.answer, is_right=each.is_right)
        for each in case.parts
    ]


def how_of(says: Any, cases: list[Case]) -> How:
    """Say how cases were chosen; counts of what is in the set are those of now."""
    return How(
        origin=str(says.get("origin", "")),
        looked_at=says.get("looked_at"),
        judged=says.get("judged"),
        wrong=says.get("wrong"),
        chosen=len(cases),
        chosen_wrong=sum(case.is_wrong for case in cases),
        answers_from=str(says.get("answers_from", "nobody")),
        is_simulated=bool(says.get("simulated")),
    )


def _whole(case: Case) -> WholeCase:
    return WholeCase(
        number=case.number,
        shown=values_of(case),
        outcomes=outcomes_of(case),
        has_truth=case.has_truth,
        has_answer=case.has_answer,
        confidence=case.confidence,
        is_right=case.is_right,
        trouble=case.trouble,
        origin=case.origin,
    )


class DrawSet(BaseModel):
    """What to draw."""

    training: Line
    cases: Annotated[int, Field(ge=1, le=MOST_CASES)] = 12
    source: MaybeLine = ""
    team: MaybeLine = ""
    columns: Annotated[str, Field(max_length=4_000)] = ""
    """Columns to show, separated by commas; what the system is given when empty."""
    leaves_out: Annotated[str, Field(max_length=4_000)] = ""
    """Columns that nobody is to see, separated by commas."""
    asks: bool = False
    """Ask the system now."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class NewSet(BaseModel):
    """The training that a set of one's own is for."""

    training: Line


class Entered(BaseModel):
    """One case by hand."""

    question: Long
    truth: Long = ""
    answer: Long = ""
    verdict: Literal["", "right", "wrong"] = ""
    """Whether the system's answer is right; compared with the truth when empty."""


class Pasted(BaseModel):
    """Cases as a spreadsheet copies them: case, truth, the system's answer; tabs between."""

    rows: Long


class CaseNumber(BaseModel):
    """One case of a set."""

    number: Annotated[int, Field(ge=1, le=MOST_CASES)]


class ColumnsOf(BaseModel):
    """Columns to leave out for good."""

    columns: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=500)] = []


class SetMade(BaseModel):
    """The new set."""

    id: str
    n_cases: int


def draw_set(asked: Asked, given: DrawSet) -> Done:
    """Draw a set of cases from the team's own data, as a draft."""
    _refuse_unplanned(asked, given.training)
    wanted = Wanted(
        cases=given.cases,
        source=given.source,
        team=given.team,
        columns=_names(given.columns),
        leaves_out=_names(given.leaves_out),
        asks=given.asks,
        seed=given.seed,
    )
    drawn = draw(asked.book.loaded, wanted, now=asked.now)
    says = {**drawn.as_dict(), "seed": given.seed}
    _make(asked, given.training, list(drawn.chosen.cases), says)
    n_cases = len(drawn.chosen.cases)
    return Done(
        says=f"Drawn: {n_cases} cases. Look at them before anybody practises on them.",
        goes_to=path_of(asked, asked.act_id),
        result=SetMade(id=asked.act_id, n_cases=n_cases),
    )


def begin_set(asked: Asked, given: NewSet) -> Done:
    """Begin a set of cases that are entered by hand."""
    _refuse_unplanned(asked, given.training)
    _make(asked, given.training, [], {"origin": ORIGIN, "answers_from": "entered"})
    return Done(
        says="Enter the cases, then approve the set.",
        goes_to=path_of(asked, asked.act_id),
        result=SetMade(id=asked.act_id, n_cases=0),
    )


def enter_case(asked: Asked, given: Entered) -> Done:
    """Add a case by hand to a draft."""
    is_right = None if not given.verdict else given.verdict == "right"
    case = entered(given.question, given.truth, given.answer, is_right)
    room_of(asked).add(asked.path["set"], [case], most=MOST_CASES)
    return _set_done(asked, "The case is in the set.")


def paste_cases(asked: Asked, given: Pasted) -> Done:
    """Add cases to a draft, as a spreadsheet copies them."""
    cases = list(pasted(given.rows))
    added = room_of(asked).add(asked.path["set"], cases, most=MOST_CASES)
    known = len(cases) - added
    return _set_done(asked, f"Added: {added}." + (f" In it before: {known}." if known else ""))


def drop_case(asked: Asked, given: CaseNumber) -> Done:
    """Take a case out of a draft for good."""
    room_of(asked).drop_case(asked.path["set"], given.number)
    return _set_done(asked, "The case is left out.")


def drop_columns(asked: Asked, given: ColumnsOf) -> Done:
    """Take columns out of all cases of a draft for good."""
    room_of(asked).drop_columns(asked.path["set"], given.columns)
    return _set_done(asked, "Nobody sees those columns any more.")


def approve_set(asked: Asked, _: Nothing) -> Done:
    """Approve a draft: trainees can practise on it, and it never changes again."""
    room_of(asked).approve(asked.path["set"], who=asked.who, now=asked.now)
    return _set_done(asked, "Trainees can practise on it now.")


def withdraw_set(asked: Asked, _: Nothing) -> Done:
    """Take a set back; what was practised on it stays."""
    room_of(asked).withdraw(asked.path["set"])
    return _set_done(asked, "Nobody practises on it any more.")


def _make(asked: Asked, training: str, cases: list[Case], says: dict[str, Any]) -> None:
    room_of(asked).make(asked.act_id, training, cases, says=says, who=asked.who, now=asked.now)


def _refuse_unplanned(asked: Asked, training: str) -> None:
    if training not in training_names(asked.book.charter):
        raise InputError(
            f"The charter plans no training '{training}'.",
            hint="Plan it in the charter: change.training",
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _set_done(asked: Asked, says: str) -> Done:
    return Done(says=says, goes_to=path_of(asked, asked.path["set"]))


_ALL = "/pilots/{pilot}/training/sets"
_ONE = f"{_ALL}/{{set}}"
_PREPARE = Permission.prepare

PAGES = (
    Page(
        path="/pilots/{pilot}/training/new",
        title="New set of cases",
        template="training_new.html.j2",
        needs=_PREPARE,
        view=new_set,
        shows=NewSetPage,
    ),
    Page(
        path=_ONE,
        title="Set of cases",
        template="training_set.html.j2",
        needs=_PREPARE,
        view=one_set,
        shows=SetPage,
    ),
)
DEEDS = (
    Deed(path=_ALL, needs=_PREPARE, takes=DrawSet, do=draw_set, gives=SetMade),
    Deed(
        path="/pilots/{pilot}/training/own-sets",
        needs=_PREPARE,
        takes=NewSet,
        do=begin_set,
        gives=SetMade,
    ),
    Deed(path=f"{_ONE}/cases", needs=_PREPARE, takes=Entered, do=enter_case),
    Deed(path=f"{_ONE}/pasted", needs=_PREPARE, takes=Pasted, do=paste_cases),
    Deed(path=f"{_ONE}/cases/drop", needs=_PREPARE, takes=CaseNumber, do=drop_case),
    Deed(path=f"{_ONE}/columns/drop", needs=_PREPARE, takes=ColumnsOf, do=drop_columns),
    Deed(path=f"{_ONE}/approve", needs=_PREPARE, takes=Nothing, do=approve_set),
    Deed(path=f"{_ONE}/withdraw", needs=_PREPARE, takes=Nothing, do=withdraw_set),
)
