"""Put rows through the system in calls of equal size, and time them."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from proveout.checks.contract import Progress
from proveout.evidence.model import Interval
from proveout.systems.answering import join
from proveout.systems.port import Answers, AnswerStatus, System

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS_PER_CALL = 20_000
FEWEST_CALLS = 10
"""So many calls, where there are rows enough, so that their times tell how far they vary."""

_FEWEST_TIMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the system."""

    rows: int
    seconds: float


def ask(
    system: System, batch: pd.DataFrame, *, what: str
) -> Generator[Progress, None, tuple[Answers, tuple[Call, ...]]]:
    """Ask in calls of equal size, saying how far it is; return all answers and the calls."""
    n = len(batch)
    size = max(1, min(MOST_ROWS_PER_CALL, math.ceil(n / FEWEST_CALLS)))
    parts: list[Answers] = []
    for start in range(0, n, size):
        yield Progress(done=start, total=n, what=what)
        parts.append(system.answer(batch.iloc[start : start + size]))
    yield Progress(done=n, total=n, what=what)
    calls = tuple(Call(rows=len(part.status), seconds=part.elapsed_s) for part in parts)
    return join(parts, elapsed_s=sum(call.seconds for call in calls)), calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Rows that got an answer, per second."""

    value: float
    interval: Interval
    details: dict[str, Any]


def throughput(
    calls: tuple[Call, ...], answered_share: float, *, level: float = 0.95
) -> Throughput | None:
    """Return answered rows per second; None where there are too few calls to tell.

    The first call stands in the details and not in the figure: it carries what the system does
    once, such as loading a model. Calls that are shorter than the others do not count.
    """
    timed = [call for call in calls[1:] if call.rows == calls[0].rows and call.seconds > 0]
    if len(timed) < _FEWEST_TIMED or answered_share == 0:
        return None
    per_row = np.array([call.seconds / call.rows for call in timed])
    centre, error = float(per_row.mean()), float(per_row.std(ddof=1)) / math.sqrt(len(per_row))
    # On the logarithm, so that the slow end stays above zero.
    factor = math.exp(float(stdtrit(len(per_row) - 1, (1 + level) / 2)) * error / centre)
    value = answered_share / centre
    return Throughput(
        value=value,
        interval=Interval(
            low=value / factor, high=value * factor, level=level, method="delta-log over calls"
        ),
        details={
            "calls": len(calls),
            "rows_per_call": calls[0].rows,
            "first_call_s": round(calls[0].seconds, 3),
            "all_calls_s": round(sum(call.seconds for call in calls), 3),
        },
    )


def statuses(answers: Answers) -> dict[str, int]:
    """Count rows by what became of them, exceptions only."""
    counts = np.bincount(answers.status, minlength=len(AnswerStatus))
    return {
        status.name.lower(): int(counts[status])
        for status in AnswerStatus
        if status is not AnswerStatus.OK and counts[status]
    }
