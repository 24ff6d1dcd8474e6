"""A diagnosis: what is known, what it comes to, and what must be shown before a next pilot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from proveout.diagnosis.answers import Answers, Result
from proveout.diagnosis.conditions import Condition, conditions_of
from proveout.diagnosis.failures import STRUCTURAL, named
from proveout.diagnosis.questions import QUESTIONS
from proveout.diagnosis.readings import Known, Reading, known_of, said
from proveout.diagnosis.record import Record, readings_of
from proveout.diagnosis.weighing import Cause, Weight, weigh

READ_SO = (
    "From 0.50 on a cause is called active. Between: how far answers that are missing could still "
    "move it. Known: how much of what would tell of it is known. The number at a sign says how "
    "strongly it speaks: from 1.50 on strongly, from 0.75 on clearly, below as a hint."
)
"""How to read a diagnosis in figures."""
HONESTLY = (
    "The weights are judgement, written down and the same for everybody; they were not estimated "
    "from many pilots. An activity says how much of what would show a cause is there. It is no "
    "probability."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Why a pilot failed or stalled, by all that is known."""

    pilot: str
    title: str | None
    result: Result | None
    causes: tuple[Cause, ...]
    """All of them, the most active first."""
    known: tuple[Known, ...]
    """What each signal rests on, in the order of the questions."""
    open_questions: tuple[str, ...]
    """Ids of those that nobody and nothing has answered."""

    @property
    def structural(self) -> tuple[Cause, ...]:
        """Return the five structural failures."""
        return tuple(each for each in self.causes if each.failure in STRUCTURAL)

    @property
    def others(self) -> tuple[Cause, ...]:
        """Return what else it could have been."""
        return tuple(each for each in self.causes if each.failure not in STRUCTURAL)

    @property
    def active(self) -> tuple[Cause, ...]:
        """Return the causes that are called active."""
        return tuple(each for each in self.causes if each.is_active)

    @property
    def could_be_first(self) -> tuple[Cause, ...]:
        """Return those behind the first that missing answers could still put before it."""
        first = self.causes[0]
        return tuple(
            each for each in self.causes[1:] if each.place == first.place or each.high >= first.low
        )

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return what must be shown before a next pilot."""
        return conditions_of(each.failure for each in self.active)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what was found, the most important first."""
        return tuple(_summary(self))

    @property
    def summary(self) -> str:
        """Return what was found in a few sentences."""
        return " ".join(self.sentences)

    def as_says(self, answers: Answers | None) -> dict[str, Any]:
        """Return what the act that records it says: what was found, and the answers it rests on."""
        return {
            "result": self.result,
            "title": self.title,
            "named": [each.failure for each in self.active],
            "causes": [
                {
                    "failure": each.failure,
                    "activity": round(each.activity, 4),
                    "low": round(each.low, 4),
                    "high": round(each.high, 4),
                    "sure": each.sure,
                    "n": len(each.speaks_for) + len(each.speaks_against),
                }
                for each in self.causes
            ],
            "answers": {} if answers is None else answers.known,
            "why": {} if answers is None else dict(answers.why),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "pilot": self.pilot,
            "title": self.title,
            "result": self.result,
            "summary": self.summary,
            "causes": [_plain_cause(each) for each in self.causes],
            "conditions": [_plain_condition(each) for each in self.conditions],
            "open_questions": list(self.open_questions),
            "known": [_plain_known(each) for each in self.known],
            "note": HONESTLY,
        }


def diagnose(
    answers: Answers | None = None,
    record: Record | None = None,
    *,
    pilot: str | None = None,
    result: Result | None = None,
) -> Diagnosis:
    """Return the diagnosis from what was said, what is on record, or both.

    `pilot` and `result` go before what the answers say.
    """
    readings: list[Reading] = []
    charter = None if record is None else record.charter
    if record is not None:
        readings += readings_of(record)
    if answers is not None:
        readings += said(answers)
    name = pilot or (answers and answers.pilot) or (charter and charter.pilot) or "this pilot"
    title = (answers and answers.title) or (charter and charter.title) or None
    return diagnosis_of(
        readings,
        pilot=name,
        title=title,
        result=result or (None if answers is None else answers.result),
    )


def diagnosis_of(
    readings: Iterable[Reading], *, pilot: str, title: str | None = None,
    result: Result | None = None,
) -> Diagnosis:  # fmt: skip
    """Return the diagnosis from readings of any source, in any order."""
    known = known_of(readings)
    order = {question.id: place for place, question in enumerate(QUESTIONS)}
    return Diagnosis(
        pilot=pilot,
        title=title,
        result=result,
        causes=weigh(each for one in known.values() for each in one.counting),
        known=tuple(
            sorted(known.values(), key=lambda one: (order.get(one.signal, 99), one.signal))
        ),
        open_questions=tuple(
            each.id for each in QUESTIONS if not (each.id in known and known[each.id].is_settled)
        ),
    )


def _summary(found: Diagnosis) -> Iterable[str]:
    n_known = sum(each.signal not in found.open_questions for each in found.known)
    if not found.known:
        yield "Nothing is known of this pilot yet, so no cause goes before another."
        return
    active = found.active
    if not active:
        most = found.causes[0]
        yield f"No cause stands out: the most active is {_name(most)} at {most.activity:.2f}."
    else:
        yield _first([each for each in active if each.place == active[0].place])
        rest = [each for each in active if each.place != active[0].place]
        if rest:
            told = _and(f"{_name(each)} ({each.activity:.2f})" for each in rest)
            yield f"Active as well: {told}."
    if found.result == "succeeded":
        yield "It succeeded, by what is said; this tells what was weak all the same."
    open_ = len(found.open_questions)
    if open_:
        yield _open(found, open_)
    else:
        yield f"Every question is answered ({n_known} things are known)."


def _first(first: list[Cause]) -> str:
    if len(first) == 1:
        only = first[0]
        return (
            f"Most active was {_name(only)}: {only.activity:.2f} on a scale from 0 to 1, between "
            f"{only.low:.2f} and {only.high:.2f} whatever is missing ({only.sure})."
        )
    told = _and(f"{_name(each)} ({each.activity:.2f})" for each in first)
    return f"Most active were {told}: what is known does not tell which of them more."


def _open(found: Diagnosis, open_: int) -> str:
    told = f"{open_} of {len(QUESTIONS)} questions are open"
    could = found.could_be_first if found.active else ()
    names = [_name(each) for each in could if each.place != found.causes[0].place]
    if not found.active:
        return f"{told}; answers to them could make a cause stand out."
    if not names:
        return f"{told}; no answer to them would put another cause first."
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} others"]
    return f"{told}; answers to them could still put another cause first: {_and(shown)}."


def _name(cause: Cause) -> str:
    return cause.name[0].lower() + cause.name[1:]


def _and(names: Iterable[str]) -> str:
    *first, last = list(names)
    return f"{', '.join(first)} and {last}" if first else last


def _plain_cause(cause: Cause) -> dict[str, Any]:
    return {
        "failure": cause.failure,
        "name": cause.name,
        "means": named(cause.failure).means,
        "is_structural": cause.failure in STRUCTURAL,
        "place": cause.place,
        "activity": round(cause.activity, 4),
        "low": round(cause.low, 4),
        "high": round(cause.high, 4),
        "is_active": cause.is_active,
        "sure": cause.sure,
        "known": round(cause.known, 4),
        "for": [_plain_weight(each) for each in cause.speaks_for],
        "against": [_plain_weight(each) for each in cause.speaks_against],
        "unknown": list(cause.unknown),
    }


def _plain_weight(weight: Weight) -> dict[str, Any]:
    return {
        "signal": weight.signal,
        "weight": round(weight.weight, 4),
        "evidence": [_plain_reading(each) for each in weight.readings],
    }


def _plain_reading(reading: Reading) -> dict[str, Any]:
    return {
        "option": reading.option,
        "source": reading.source,
        "says": reading.says,
        "told": reading.told,
        "where": reading.where,
    }


def _plain_known(known: Known) -> dict[str, Any]:
    return {
        "signal": known.signal,
        "counting": [_plain_reading(each) for each in known.counting],
        "outranked": [_plain_reading(each) for each in known.outranked],
    }


def _plain_condition(condition: Condition) -> dict[str, Any]:
    return {
        "id": condition.id,
        "failure": condition.failure,
        "text": condition.text,
        "fix": condition.fix,
        "metric": condition.metric,
        "subject": condition.subject.as_dict(),
        "comparison": condition.comparison,
        "threshold": condition.threshold,
        "who": condition.role,
    }
