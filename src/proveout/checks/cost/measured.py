"""Put production rows through the system, and see what each takes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.checks import Progress
from proveout.pricing.use import Use
from proveout.systems import Answers, AnswerStatus, System
from proveout.systems.answering import join

if TYPE_CHECKING:
    import pandas as pd

CALLS = 20
"""So many calls, between which it is told how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the rows took."""

    use: Use
    answered_share: float
    tokens_from: str
    simulated: bool
    faults: tuple[str, ...]


def measure(system: System, rows: pd.DataFrame) -> Generator[Progress, None, Measured]:
    """Ask for each row, in calls of equal size."""
    n = len(rows)
    size = max(1, -(-n // CALLS))
    parts: list[Answers] = []
    for start in range(0, n, size):
        yield Progress(done=start, total=n, what="production rows, to see what one costs")
        parts.append(system.answer(rows.iloc[start : start + size]))
    answers = join(parts, elapsed_s=sum(part.elapsed_s for part in parts))
    return Measured(
        use=_use(answers, parts),
        answered_share=float(np.mean(answers.status == AnswerStatus.OK)),
        tokens_from="none" if answers.usage is None else answers.usage.tokens_from,
        simulated=answers.simulated,
        faults=answers.faults,
    )


def _use(answers: Answers, parts: list[Answers]) -> Use:
    n = len(answers.status)
    unknown = np.full(n, np.nan)
    usage = answers.usage
    # A call that answers many rows at once is paid for its time, of which each row has a part.
    seconds = np.concatenate(
        [np.full(len(part.status), part.elapsed_s / max(1, len(part.status))) for part in parts]
    )
    if usage is None:
        return Use(
            requests=np.ones(n),
            input_tokens=unknown,
            cached_input_tokens=unknown,
            output_tokens=unknown,
            seconds=seconds,
        )
    cached = usage.cached_input_tokens
    known = ~np.isnan(usage.input_tokens)
    none_cached = np.where(known, 0.0, np.nan)
    return Use(
        requests=np.where(np.isnan(usage.attempts), 1.0, usage.attempts),
        input_tokens=usage.input_tokens,
        cached_input_tokens=none_cached if cached is None else np.fmax(cached, none_cached),
        output_tokens=usage.output_tokens,
        seconds=seconds,
    )
