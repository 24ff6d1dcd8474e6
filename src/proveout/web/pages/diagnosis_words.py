"""A diagnosis and its interview as a page tells them: every figure with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from proveout.diagnosis.conditions import Condition
from proveout.diagnosis.diagnosis import HONESTLY, Diagnosis
from proveout.diagnosis.failures import named
from proveout.diagnosis.questions import BY_ID, QUESTIONS, UNKNOWN, Question
from proveout.diagnosis.readings import Known, Reading, Source
from proveout.diagnosis.weighing import ACTIVE, Cause, Weight
from proveout.report.charts import Mark, Reference, Row, Scale, track_svg

SOURCES: Final[Mapping[Source, str]] = {
    "measured": "measured, in the ledger",
    "attested": "said by name, in the ledger",
    "agreed": "written in the charter",
    "left out": "left out of the charter",
    "said": "said in the interview",
}
_SCALE: Final = Scale(low=0.0, high=1.0, ticks=(0.0, 0.25, 0.5, 0.75, 1.0))
_LINE: Final = (Reference(value=ACTIVE, label="active"),)
_STRONG, _CLEAR = 1.5, 0.75
"""Log-odds from which on a weight is called so; as in `signals`."""


class OptionLine(BaseModel):
    """One possible answer."""

    id: str
    text: str


class EvidenceLine(BaseModel):
    """What is known, and on whose word."""

    says: str
    """What is so, in a sentence."""
    told: str
    """What shows it; '' where only an option was chosen."""
    source: str
    """'measured, in the ledger'."""


class QuestionLine(BaseModel):
    """One question, and what is answered already."""

    id: str
    text: str
    hint: str
    options: list[OptionLine]
    """With "don't know" at the end."""
    chosen: str
    ledger: list[EvidenceLine]
    """What the ledger tells; then nobody is asked."""


class AnswerLine(BaseModel):
    """One answer that was given."""

    id: str
    question: str
    option: str
    text: str


class GroupLine(BaseModel):
    """Questions under one heading."""

    part: str
    questions: list[QuestionLine]


class SignLine(BaseModel):
    """One thing that speaks for or against a cause."""

    strength: str
    """'strong', 'clear' or 'a hint'."""
    weight: float
    """Log-odds (docs/diagnosis.md)."""
    evidence: list[EvidenceLine]


class CauseLine(BaseModel):
    """How active one cause was."""

    failure: str
    name: str
    means: str
    place: int
    activity: float
    low: float
    high: float
    is_active: bool
    state: str
    """'active', 'not active', or 'open' where what is missing could make it either."""
    sure: str
    said: str
    """The figures in a sentence."""
    speaks_for: list[SignLine]
    speaks_against: list[SignLine]
    not_known: list[str]
    """Questions whose answers would tell most."""
    drawing: str


class ConditionLine(BaseModel):
    """What must be shown before a next pilot."""

    after: str
    """The cause that it answers to."""
    text: str
    fix: str
    who: str


class FoundLine(BaseModel):
    """What the diagnosis comes to."""

    summary: str
    result: str | None
    causes: list[CauseLine]
    """The five structural failures, the most active first."""
    others: list[CauseLine]
    """What else it could have been."""
    conditions: list[ConditionLine]
    n_open: int
    n_questions: int = len(QUESTIONS)
    note: str = HONESTLY
    named_first: list[str]
    """The causes at the top, where any is active."""


def groups_of(ledger: Mapping[str, Known], chosen: Mapping[str, str]) -> list[GroupLine]:
    """Return the interview: under each heading its questions, with what is answered."""
    groups: dict[str, list[QuestionLine]] = {}
    for question in QUESTIONS:
        known = ledger.get(question.id)
        groups.setdefault(question.part, []).append(
            QuestionLine(
                id=question.id,
                text=question.text,
                hint=question.hint,
                options=_options(question),
                chosen=chosen.get(question.id, UNKNOWN),
                ledger=[] if known is None else [evidence_line(each) for each in known.counting],
            )
        )
    return [GroupLine(part=part, questions=each) for part, each in groups.items()]


def found_line(found: Diagnosis) -> FoundLine:
    """Return a diagnosis in words."""
    active = [each for each in found.causes if each.is_active]
    return FoundLine(
        summary=found.summary,
        result=found.result,
        causes=[_cause(each) for each in found.structural],
        others=[_cause(each) for each in found.others],
        conditions=[_condition(each) for each in found.conditions],
        n_open=len(found.open_questions),
        named_first=[each.name for each in active if each.place == active[0].place],
    )


def answer_line(question: str, option: str) -> AnswerLine:
    """Return an answer in words."""
    asked = BY_ID[question]
    chosen = asked.option(option)
    return AnswerLine(
        id=question,
        question=asked.text,
        option=option,
        text=option if chosen is None else chosen.text,
    )


def evidence_line(reading: Reading) -> EvidenceLine:
    """Return one reading in words."""
    return EvidenceLine(says=reading.says, told=reading.told, source=SOURCES[reading.source])


def _options(question: Question) -> list[OptionLine]:
    own = [OptionLine(id=each.id, text=each.text) for each in question.options]
    return [*own, OptionLine(id=UNKNOWN, text="don't know")]


def _cause(cause: Cause) -> CauseLine:
    return CauseLine(
        failure=cause.failure,
        name=cause.name,
        means=named(cause.failure).means,
        place=cause.place,
        activity=round(cause.activity, 4),
        low=round(cause.low, 4),
        high=round(cause.high, 4),
        is_active=cause.is_active,
        state=_state(cause),
        sure=cause.sure,
        said=_said(cause),
        speaks_for=[_sign(each) for each in cause.speaks_for],
        speaks_against=[_sign(each) for each in cause.speaks_against],
        not_known=[BY_ID[each].text for each in cause.unknown],
        drawing=_drawn(cause),
    )


def _state(cause: Cause) -> str:
    """Tell active from not active only where what is missing cannot turn it, or much is known."""
    if cause.is_active:
        return "active"
    return "open" if cause.high >= ACTIVE and cause.sure == "unsure" else "not active"


def _said(cause: Cause) -> str:
    if cause.high - cause.low < 0.005:
        return f"{cause.activity:.2f}; nothing that could tell is missing"
    return (
        f"{cause.activity:.2f}; what is not known could make it {cause.low:.2f} to {cause.high:.2f}"
    )


def _drawn(cause: Cause) -> str:
    mark = Mark(
        value=cause.activity, low=cause.low, high=cause.high, series="production", is_bar=True
    )
    return track_svg(Row(label="", marks=(mark,), figures=()), _SCALE, _LINE)


def _sign(weight: Weight) -> SignLine:
    size = abs(weight.weight)
    return SignLine(
        strength="strong" if size >= _STRONG else "clear" if size >= _CLEAR else "a hint",
        weight=round(weight.weight, 4),
        evidence=[evidence_line(each) for each in weight.readings],
    )


def _condition(condition: Condition) -> ConditionLine:
    return ConditionLine(
        after=named(condition.failure).name,
        text=condition.text,
        fix=condition.fix,
        who=condition.role,
    )
