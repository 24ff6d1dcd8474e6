"""Practising: the case, one's own answer, the system's, the truth, and what to do next (R602)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from proveout.errors import InputError, NotAllowedError, NotFoundError
from proveout.training import Attempt, Case, CaseSet, summary
from proveout.training.drawing import MOST_CASES
from proveout.web.asked import Asked, Deed, Done, Nothing, Page
from proveout.web.pages.training_sets import (
    How,
    Outcome,
    Value,
    how_of,
    outcomes_of,
    path_of,
    room_of,
    values_of,
)
from proveout.web.pages.writing import MaybeWords, Words
from proveout.web.paths import path_to
from proveout.web.permissions import Permission


class SystemSays(BaseModel):
    """What the system answered; told once one's own answer is given."""

    outcomes: list[Outcome]
    """Without truth until it was decided whether the answer may stand."""
    confidence: float | None
    is_confident: bool | None
    confident_at: float
    trouble: str


class Protocol(BaseModel):
    """What to do with an answer that may not stand."""

    goes_to: str
    due_hours: float
    channel: str | None
    steps: list[str]
    escalates_to: str | None


class Result(BaseModel):
    """What came of an attempt."""

    cases: int
    finished: int
    judged: int
    wrong: int
    caught: int
    doubted: int
    is_complete: bool
    signed_at: datetime | None
    turn: int


class TryPage(BaseModel):
    """One case, as far as the trainee has come; after the last, the summary."""

    set: str
    training: str
    n_cases: int
    step: Literal["answer", "decide", "see", "done"]
    number: int | None
    done: int
    shown: list[Value]
    my_answer: str | None
    lets_stand: bool | None
    why: str
    system: SystemSays | None
    has_truth: bool | None
    """Told at the end of a case."""
    is_right: bool | None
    protocol: Protocol | None
    contact: str | None
    how: How | None
    """How the cases were chosen: told before the first and after the last."""
    result: Result | None
    next_at: str
    training_at: str


class Which(BaseModel):
    """Which case; the first that is not finished when none is named."""

    case: Annotated[int, Field(ge=1, le=MOST_CASES)] | None = None


def practise(asked: Asked, asks: Which) -> TryPage:
    """Show the next case, and of it only what may be known by now."""
    kept, cases = _approved(asked)
    attempt = room_of(asked).attempt(kept.id, _account(asked))
    case = attempt.next_case(cases)
    if asks.case is not None:
        case = next((each for each in cases if each.number == asks.case), case)
    if case is None:
        return _summed_up(asked, kept, cases, attempt)
    tried = attempt.tries.get(case.number)
    step = attempt.step(case)
    follows = attempt.next_case([each for each in cases if each.number != case.number])
    return TryPage(
        set=kept.id,
        training=kept.training,
        n_cases=len(cases),
        step=step,
        number=case.number,
        done=sum(attempt.step(each) == "see" for each in cases),
        shown=values_of(case),
        my_answer=None if tried is None else tried.answer,
        lets_stand=None if tried is None else tried.lets_stand,
        why="" if tried is None else tried.why,
        system=_system(asked, case, is_over=step == "see") if step != "answer" else None,
        has_truth=case.has_truth if step == "see" else None,
        is_right=case.is_right if step == "see" else None,
        protocol=_protocol(asked) if step == "see" else None,
        contact=asked.book.charter.change.contact if step == "see" else None,
        how=how_of(kept.says, cases) if not attempt.tries else None,
        result=None,
        next_at=f"{path_of(asked, kept.id)}/try"
        + ("" if follows is None else f"?case={follows.number}"),
        training_at=path_to(asked.book.pilot, "/training"),
    )


def _summed_up(asked: Asked, kept: CaseSet, cases: list[Case], attempt: Attempt) -> TryPage:
    found = summary(cases, attempt)
    return TryPage(
        set=kept.id,
        training=kept.training,
        n_cases=len(cases),
        step="done",
        number=None,
        done=found.finished,
        shown=[],
        my_answer=None,
        lets_stand=None,
        why="",
        system=None,
        has_truth=None,
        is_right=None,
        protocol=_protocol(asked),
        contact=asked.book.charter.change.contact,
        how=how_of(kept.says, cases),
        result=Result(
            cases=found.cases,
            finished=found.finished,
            judged=found.judged,
            wrong=found.wrong,
            caught=found.caught,
            doubted=found.doubted,
            is_complete=found.is_complete,
            signed_at=attempt.signed_at,
            turn=attempt.turn,
        ),
        next_at=f"{path_of(asked, kept.id)}/try",
        training_at=path_to(asked.book.pilot, "/training"),
    )


def _system(asked: Asked, case: Case, *, is_over: bool) -> SystemSays | None:
    """Return what the system said; what is true only once the case is over."""
    if not case.has_answer and not is_over:
        return None
    outcomes = outcomes_of(case)
    if not is_over:
        outcomes = [each.model_copy(update={"truth": None, "is_right": None}) for each in outcomes]
    system = asked.book.charter.system
    confident_at = 0.9 if system is None else system.confident_at
    return SystemSays(
        outcomes=outcomes,
        confidence=case.confidence,
        is_confident=None if case.confidence is None else case.confidence >= confident_at,
        confident_at=confident_at,
        trouble=case.trouble,
    )


def _protocol(asked: Asked) -> Protocol | None:
    agreed = asked.book.charter.governance.exceptions
    if agreed is None:
        return None
    return Protocol(
        goes_to=agreed.goes_to,
        due_hours=agreed.due_hours,
        channel=agreed.channel,
        steps=list(agreed.steps),
        escalates_to=agreed.escalates_to,
    )


class OwnAnswer(BaseModel):
    """What one would answer, before the system's answer is seen."""

    case: Annotated[int, Field(ge=1, le=MOST_CASES)]
    answer: Words


class Decision(BaseModel):
    """Whether the system's answer may stand."""

    case: Annotated[int, Field(ge=1, le=MOST_CASES)]
    stands: Literal["yes", "no"]
    why: MaybeWords = ""


def answer(asked: Asked, given: OwnAnswer) -> Done:
    """Say one's own answer to a case."""
    kept, case = _case(asked, given.case)
    room_of(asked).answer(kept.id, _account(asked), case.number, answer=given.answer, now=asked.now)
    return _at_case(asked, kept.id, case.number, "Your answer is noted.")


def decide(asked: Asked, given: Decision) -> Done:
    """Say whether the system's answer may stand, and why."""
    kept, case = _case(asked, given.case)
    if not case.has_answer:
        raise InputError("The system was not asked here: there is nothing to decide.")
    room_of(asked).decide(
        kept.id,
        _account(asked),
        case.number,
        lets_stand=given.stands == "yes",
        why=given.why,
        now=asked.now,
    )
    return _at_case(asked, kept.id, case.number, "Your decision is noted.")


def sign(asked: Asked, _: Nothing) -> Done:
    """Sign off: I have practised on cases of our own work."""
    kept, cases = _approved(asked)
    attempt = room_of(asked).attempt(kept.id, _account(asked))
    found = summary(cases, attempt)
    if not found.is_complete:
        raise InputError(
            f"{found.finished} of {found.cases} cases are done.", hint="Go through all of them."
        )
    says = {
        "training": kept.training,
        "set": kept.id,
        "cases": found.cases,
        "caught": found.caught,
        "of": found.wrong,
    }
    # The ledger first, and under a name of its own: whatever happens in between, to sign again
    # does the rest and counts nobody twice.
    once = f"trained-{kept.id}-{attempt.account}-{attempt.turn}"
    replace(asked, act_id=once).record("training.completed", says)
    room_of(asked).sign(attempt, now=asked.now)
    return Done(
        says=f"Signed: you have practised on {found.cases} cases of your own work.",
        goes_to=f"{path_of(asked, kept.id)}/try",
    )


def again(asked: Asked, _: Nothing) -> Done:
    """Practise once more, from the first case."""
    kept, _cases = _approved(asked)
    room_of(asked).again(kept.id, _account(asked), now=asked.now)
    return Done(says="From the first case.", goes_to=f"{path_of(asked, kept.id)}/try")


def _approved(asked: Asked) -> tuple[CaseSet, list[Case]]:
    kept, cases = room_of(asked).set(asked.path["set"])
    if kept.state == "withdrawn":
        raise InputError(
            "This set of cases was withdrawn meanwhile.",
            hint="What you practised and signed stays. See the training page for another set.",
        )
    if kept.state != "approved":
        raise NotFoundError("There is no such set of cases.", hint="See the training page.")
    return kept, cases


def _case(asked: Asked, number: int) -> tuple[CaseSet, Case]:
    kept, cases = _approved(asked)
    found = next((case for case in cases if case.number == number), None)
    if found is None:
        raise InputError(f"There is no case {number}.", hint=f"Cases: 1 to {len(cases)}")
    return kept, found


def _account(asked: Asked) -> str:
    if asked.viewer.account is None:
        raise NotAllowedError("Nobody is signed in.", hint="Sign in first.")
    return asked.viewer.account


def _at_case(asked: Asked, set_id: str, number: int, says: str) -> Done:
    return Done(says=says, goes_to=f"{path_of(asked, set_id)}/try?case={number}#mine")


_ONE = "/pilots/{pilot}/training/sets/{set}"
_TRAIN = Permission.train

PAGES = (
    Page(
        path=f"{_ONE}/try",
        title="Practise",
        template="training_try.html.j2",
        needs=_TRAIN,
        view=practise,
        shows=TryPage,
        asks=Which,
    ),
)
DEEDS = (
    Deed(path=f"{_ONE}/try/answer", needs=_TRAIN, takes=OwnAnswer, do=answer),
    Deed(path=f"{_ONE}/try/decide", needs=_TRAIN, takes=Decision, do=decide),
    Deed(path=f"{_ONE}/try/sign", needs=_TRAIN, takes=Nothing, do=sign),
    Deed(path=f"{_ONE}/try/again", needs=_TRAIN, takes=Nothing, do=again),
)
