"""Put production rows through the system, and see what each takes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from proveout.checks import Progress
from proveout.pricing.use import Use
from proveout.systems import Answers, AnswerStatus, System
from proveout.systems.answering import join

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CALLS = 20
"""So many calls, between which it is told how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the rows took."""

    use: Use
    answered_share: float
    tokens_from: str
    guessed: int
    """Rows without an answer, of which it is not known what they took; as much as the others."""
    simulated: bool
    faults: tuple[str, ...]


def measure(
    system: System, rows: pd.DataFrame, *, rows_per_request: int | None
) -> Generator[Progress, None, Measured]:
    """Ask for each row, in calls of equal size.

    `rows_per_request` is given for services, which work on several requests at a time.
    """
    n = len(rows)
    size = max(1, -(-n // CALLS))
    parts: list[Answers] = []
    for start in range(0, n, size):
        yield Progress(done=start, total=n, what="production rows, to see what one costs")
        parts.append(system.answer(rows.iloc[start : start + size]))
    answers = join(parts, elapsed_s=sum(part.elapsed_s for part in parts))
    seconds = np.concatenate([_seconds(part, rows_per_request) for part in parts])
    use = _use(answers, seconds)
    unanswered = (answers.status != AnswerStatus.OK) & np.isnan(use.input_tokens)
    is_known = bool((~np.isnan(use.input_tokens)).any())
    return Measured(
        use=_with_mean(use, unanswered),
        answered_share=float(np.mean(answers.status == AnswerStatus.OK)),
        tokens_from="none" if answers.usage is None else answers.usage.tokens_from,
        guessed=int(unanswered.sum()) if is_known else 0,
        simulated=answers.simulated,
        faults=answers.faults,
    )


def _seconds(part: Answers, rows_per_request: int | None) -> NDArray[np.float64]:
    """Return how long each row was worked on; of a request with many rows each has its part.

    A service is at work on every request of its own, however many run at the same time.
    """
    n = len(part.status)
    if rows_per_request is None:
        return np.full(n, part.elapsed_s / max(1, n))
    _, request, size = np.unique(
        np.arange(n) // rows_per_request, return_inverse=True, return_counts=True
    )
    samples = 1 if part.usage is None else part.usage.samples
    seconds: NDArray[np.float64] = part.latency_s / size[request] * samples
    return seconds


def _use(answers: Answers, seconds: NDArray[np.float64]) -> Use:
    n = len(answers.status)
    unknown = np.full(n, np.nan)
    usage = answers.usage
    if usage is None:
        return Use(
            requests=np.ones(n),
            needed=np.ones(n),
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
        needed=np.full(n, float(usage.samples)),
        input_tokens=usage.input_tokens,
        cached_input_tokens=none_cached if cached is None else np.fmax(cached, none_cached),
        output_tokens=usage.output_tokens,
        seconds=seconds,
    )


def _with_mean(use: Use, unanswered: NDArray[np.bool_]) -> Use:
    """Put in what the others took on average where no answer came that tells."""

    def filled(tokens: NDArray[np.float64]) -> NDArray[np.float64]:
        known = tokens[~np.isnan(tokens)]
        return np.where(unanswered, known.mean(), tokens) if len(known) else tokens

    return replace(
        use,
        input_tokens=filled(use.input_tokens),
        cached_input_tokens=filled(use.cached_input_tokens),
        output_tokens=filled(use.output_tokens),
    )
