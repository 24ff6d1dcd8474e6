"""Legal's questions, answered and signed where they are read (R112)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from proveout.charter.schema import Charter
from proveout.charter.sealing.signing import digest
from proveout.errors import InputError
from proveout.evidence.model import PART_INPUT
from proveout.register.act import Act, Fact
from proveout.register.growing import added


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The latest word on one question."""

    question: str
    answer: str
    who: str
    at: datetime
    is_signed: bool
    """False: written down, or its signature withdrawn."""


State = Mapping[str, Answer]
"""By question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, with what charter and register say of it together."""

    question: str
    asked_of: str | None
    answer: str | None
    signed_by: str | None
    signed_on: date | None

    @property
    def is_signed(self) -> bool:
        """Whether it is answered, and a person signed that answer."""
        return self.answer is not None and self.signed_by is not None


def questions(state: State, charter: Charter, today: date) -> tuple[Question, ...]:
    """Return every question of the charter as it stands; what was signed here goes before it."""
    found = []
    for asked in charter.legal:
        said = state.get(asked.question)
        by_charter = asked.signed if asked.answer and asked.signed else None
        if said is not None:
            one = Question(
                question=asked.question,
                asked_of=asked.asked_of,
                answer=said.answer,
                signed_by=said.who if said.is_signed else None,
                signed_on=said.at.date() if said.is_signed else None,
            )
        else:
            is_signed = by_charter is not None and by_charter.on <= today
            one = Question(
                question=asked.question,
                asked_of=asked.asked_of,
                answer=asked.answer,
                signed_by=by_charter.who if by_charter is not None and is_signed else None,
                signed_on=by_charter.on if by_charter is not None and is_signed else None,
            )
        found.append(one)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LegalAnswers:
    """The section. Acts: 'legal.answered', 'legal.signed', each {question, answer}."""

    name: str = "legal"

    def empty(self) -> State:
        """Nothing is answered."""
        return {}

    def taken(self, state: State, act: Act) -> State:
        """Keep the latest word on each question."""
        question = act.says["question"]
        answer = Answer(
            question=question,
            answer=act.says["answer"],
            who=act.who,
            at=act.at,
            is_signed=act.kind == "legal.signed",
        )
        return added(state, question, answer)

    def refuse(self, state: State, act: Act, charter: Charter) -> None:
        """Refuse a question that the charter does not have, and an answer that says nothing."""
        asked = [each.question for each in charter.legal]
        if act.says["question"] not in asked:
            raise InputError(
                "The charter has no such question.",
                hint=f"It has: {'; '.join(asked) or 'none yet; write them under legal'}",
            )
        if not str(act.says["answer"]).strip():
            raise InputError("An empty answer is none.", hint="Write what holds, and from where.")

    def facts(self, state: State, charter: Charter, now: datetime) -> Iterator[Fact]:
        """Yield the share that is answered and signed, once somebody answered here."""
        asked = questions(state, charter, now.date())
        if not state or not asked:
            return
        unsigned = [each.question for each in asked if not each.is_signed]
        latest = max(state.values(), key=lambda each: each.at)
        yield Fact(
            metric="governance.legal_signed",
            value=1 - len(unsigned) / len(asked),
            n=len(asked),
            person=latest.who,
            inputs={f"{PART_INPUT}legal-questions": digest("legal-questions", charter)},
            details={
                "signed_by": sorted({each.signed_by for each in asked if each.signed_by}),
                "on": f"{latest.at:%Y-%m-%d}",
                **({"unsigned": unsigned} if unsigned else {}),
            },
        )


LEGAL = LegalAnswers()
