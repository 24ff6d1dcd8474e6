"""How somebody goes through a set: the own answer, then the system's, then the truth. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from proveout.training.case import Case

Step = Literal["answer", "decide", "see"]
"""What is next at one case: say one's own answer, judge the system's, see what is true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What a trainee did with one case."""

    number: int
    answer: str
    lets_stand: bool | None = None
    """None: not decided yet, or there was no answer to judge."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One person's way through a set. Private."""

    set_id: str
    account: str
    turn: int
    """From 1: whoever wants to may practise again."""
    tries: Mapping[int, Try] = field(default_factory=dict)
    """By number of the case."""
    signed_at: datetime | None = None

    def step(self, case: Case) -> Step:
        """Tell what is next at a case."""
        tried = self.tries.get(case.number)
        if tried is None:
            return "answer"
        return "decide" if case.has_answer and tried.lets_stand is None else "see"

    def next_case(self, cases: Sequence[Case]) -> Case | None:
        """Return the first case that is not finished; None where all are."""
        return next((case for case in cases if self.step(case) != "see"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of an attempt."""

    cases: int
    finished: int
    judged: int
    """Finished cases of which it is known whether the system was right."""
    wrong: int
    """Of these, on how many the system was wrong."""
    caught: int
    """Of these, how many the trainee did not let stand."""
    doubted: int
    """Right answers that the trainee did not let stand."""

    @property
    def is_complete(self) -> bool:
        """Whether every case was gone through."""
        return self.cases > 0 and self.finished == self.cases


def summary(cases: Sequence[Case], attempt: Attempt) -> Summary:
    """Sum up."""
    finished = [case for case in cases if attempt.step(case) == "see"]
    refused = {case.number for case in finished if attempt.tries[case.number].lets_stand is False}
    wrong = {case.number for case in finished if case.is_wrong}
    right = {case.number for case in finished if case.is_right}
    return Summary(
        cases=len(cases),
        finished=len(finished),
        judged=len(wrong) + len(right),
        wrong=len(wrong),
        caught=len(wrong & refused),
        doubted=len(right & refused),
    )
