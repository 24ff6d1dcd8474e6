"""Which of many candidates become cases: half of them such as the system got wrong. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proveout.training.case import Case

WRONG_SHARE = 0.5
"""So large a part is chosen because the system was wrong, where so many are known: whoever only
sees right answers learns to stop looking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Cases, and what a reader must know of how they were chosen."""

    cases: tuple[Case, ...]
    n_looked_at: int
    """Candidates drawn at random."""
    n_judged: int
    """Of these, how many had both an answer and a known truth."""
    n_wrong: int
    """Of these, how often the system was wrong."""

    @property
    def n_chosen_wrong(self) -> int:
        """Cases on which the system was wrong."""
        return sum(case.is_wrong for case in self.cases)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "looked_at": self.n_looked_at,
            "judged": self.n_judged,
            "wrong": self.n_wrong,
            "chosen": len(self.cases),
            "chosen_wrong": self.n_chosen_wrong,
        }


def choose(candidates: Sequence[Case], *, wanted: int, seed: int) -> Chosen:
    """Choose so many cases, and mix them.

    Half are such as the system got wrong (all there are, where they are fewer); of the others
    those come first whose truth is known, and of these the ones that the system answered.
    """
    mixing = random.Random(seed)  # noqa: S311 - repeatable, no secret
    mixed = list(candidates)
    mixing.shuffle(mixed)
    wrong = [case for case in mixed if case.is_wrong]
    others = sorted(
        (case for case in mixed if not case.is_wrong),
        key=lambda case: (case.is_right is None, not case.has_truth, not case.has_answer),
    )
    n_wrong = min(len(wrong), max(round(wanted * WRONG_SHARE), wanted - len(others)))
    cases = [*wrong[:n_wrong], *others[: wanted - n_wrong]]
    mixing.shuffle(cases)
    return Chosen(
        cases=tuple(case.numbered(number) for number, case in enumerate(cases, start=1)),
        n_looked_at=len(candidates),
        n_judged=sum(case.is_right is not None for case in candidates),
        n_wrong=len(wrong),
    )
