"""One trial: damage a share of the rows, ask the system, set its answers beside the clean ones.

Only rows that were hit are sent again; the others keep the answer they got when clean. A system
that answers row by row cannot tell the difference, and one that is paid by the request is asked
for what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.changes import n_changed
from proveout.checks.stress.examples import examples
from proveout.checks.stress.operators import Damaged
from proveout.scoring import Comparers
from proveout.statistics.scores import Judged, Task, judge
from proveout.systems import Answers, AnswerStatus, System, fit_to_task

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How answers are judged, from the charter."""

    task: Task
    positive: str | None
    tolerance: float | None
    confident_at: float
    comparers: Comparers | None = None
    """For answers in words and documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Some rows, their answers, and how these stand against the truth."""

    inputs: pd.DataFrame
    answers: Answers
    judged: Judged

    def take(self, rows: NDArray[np.intp]) -> Asked:
        """Return the same for some rows, by their places."""
        answers = self.answers
        return Asked(
            inputs=self.inputs.iloc[rows],
            answers=replace(
                answers,
                value=answers.value[rows],
                confidence=answers.confidence[rows],
                status=answers.status[rows],
                latency_s=answers.latency_s[rows],
                elapsed_s=0.0,
                usage=None,
            ),
            judged=self.judged.take(rows),
        )

    @property
    def silent(self) -> NDArray[np.bool_]:
        """Rows answered wrong with no sign of doubt: confident, or without any confidence."""
        judged = self.judged
        assert judged.correct is not None  # noqa: S101  # asked for only where it is known
        unmarked = np.isnan(judged.confidence) | (judged.confidence >= judged.confident_at)
        return np.asarray(judged.answered & ~judged.correct & unmarked, dtype=bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The whole sample with some rows damaged: row for row before and after."""

    before: Judged
    """Each row as it was answered when clean."""
    after: Judged
    """The same rows; those that were not hit as before."""
    silent: NDArray[np.bool_] | None
    """After; None where it is unknown when an answer is wrong."""
    is_hit: NDArray[np.bool_]
    n_hit: int
    n_changed: int
    """Rows hit in which at least one value really differs, or whose columns do."""
    examples: list[dict[str, Any]]
    """Silent failures that were none before: up to three."""
    faults: tuple[str, ...]
    status: dict[str, int]
    """How many of the rows that were hit got an answer of which status."""


def ask(system: System, inputs: pd.DataFrame, truth: NDArray[Any], rules: Rules) -> Asked:
    """Ask the system and judge its answers."""
    answers = fit_to_task(system.answer(inputs), rules.task)
    judged = judge(
        truth,
        answers.value,
        answers.confidence,
        answers.status,
        task=rules.task,
        positive=rules.positive,
        tolerance=rules.tolerance,
        confident_at=rules.confident_at,
        comparers=rules.comparers,
    )
    return Asked(inputs=inputs, answers=answers, judged=judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What the system said to one kind of damage, from which every smaller share of it follows.

    A smaller share of the same damage hits the first of the same rows, and the system has answered
    these: nobody needs to be asked twice.
    """

    clean: Asked
    truth: NDArray[Any]
    damaged: Damaged
    asked: tuple[Asked, ...]
    """One per part."""
    arrived: tuple[NDArray[np.intp], ...]
    """Whose place the rows of each part take."""

    def at(self, n_hit: int) -> Trial:
        """Return the trial in which so many rows were hit."""
        hit = np.sort(self.damaged.order[:n_hit])
        kept = np.setdiff1d(np.arange(len(self.truth)), hit)
        asked, arrived = self._those(hit)
        clean, knows_wrong = self.clean, self.clean.judged.correct is not None
        origin = np.concatenate([kept, *arrived])
        return Trial(
            before=clean.judged.take(origin),
            after=_together([clean.judged.take(kept), *(each.judged for each in asked)]),
            silent=(
                np.concatenate([clean.silent[kept], *(each.silent for each in asked)])
                if knows_wrong
                else None
            ),
            is_hit=np.arange(len(origin)) >= len(kept),
            n_hit=len(hit),
            n_changed=sum(
                n_changed(clean.inputs.iloc[places], each.inputs)
                for each, places in zip(asked, arrived, strict=True)
            ),
            examples=list(examples(clean, asked, self.truth)) if knows_wrong else [],
            faults=tuple(dict.fromkeys(fault for each in asked for fault in each.answers.faults)),
            status=_statuses(asked),
        )

    def _those(self, hit: NDArray[np.intp]) -> tuple[list[Asked], list[NDArray[np.intp]]]:
        """Return the answers to damaged rows that take the place of these, part by part."""
        if len(hit) == len(self.damaged.hit):
            return list(self.asked), list(self.arrived)
        asked, arrived = [], []
        for each, places in zip(self.asked, self.arrived, strict=True):
            rows = np.flatnonzero(np.isin(places, hit))
            if len(rows):
                asked.append(each.take(rows))
                arrived.append(places[rows])
        return asked, arrived


def inquire(
    system: System, clean: Asked, truth: NDArray[Any], damaged: Damaged, rules: Rules
) -> Inquiry:
    """Ask for the damaged rows; for sound ones that take a place, the answers are there already."""
    if damaged.replaces:
        asked = [clean.take(part.index.to_numpy(dtype=np.intp)) for part in damaged.parts]
        arrived = [damaged.hit for _ in damaged.parts]
    else:
        asked = [ask(system, part, truth[part.index], rules) for part in damaged.parts]
        arrived = [part.index.to_numpy(dtype=np.intp) for part in damaged.parts]
    return Inquiry(
        clean=clean, truth=truth, damaged=damaged, asked=tuple(asked), arrived=tuple(arrived)
    )


def _together(parts: list[Judged]) -> Judged:
    first = parts[0]

    def joined(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    return Judged(
        task=first.task,
        truth=joined("truth"),
        answer=joined("answer"),
        answered=joined("answered"),
        confidence=joined("confidence"),
        correct=None if first.correct is None else joined("correct"),
        loss=joined("loss"),
        positive=first.positive,
        confident_at=first.confident_at,
    )


def _statuses(asked: list[Asked]) -> dict[str, int]:
    codes = np.concatenate([each.answers.status for each in asked] or [np.empty(0, np.int8)])
    counts = {status.name.lower(): int((codes == status).sum()) for status in AnswerStatus}
    return {name: count for name, count in counts.items() if count}
