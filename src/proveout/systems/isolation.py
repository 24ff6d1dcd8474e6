"""Which rows of a failed batch fail, and which only stood beside them.

In use a system mostly gets one record at a time, and one bad record spoils one answer. A batch of
20,000 that fails because of one row would look 20,000 times worse, so a failed batch is taken
apart: first a few rows alone, then halves of what is left, within a limit of extra calls. Rows
that still fail together when the limit is reached count as failed, and a fault says how many.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from proveout.systems.answering import distinct
from proveout.systems.port import Answers, AnswerStatus, Usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = NDArray[np.intp]

_COLUMNS = ("input_tokens", "output_tokens", "first_token_s", "attempts")

MOST_CALLS = 256
"""Extra calls for one failed batch."""
MOST_SECONDS = 30.0
"""Time for the extra calls; a call that has begun is not cut short by it."""
PROBES = 16
"""Rows sent alone. When a third of the rows were fine, all of them would fail once in 650 times."""
PROBES_AFTER_CRASH = 4


def isolate(
    ask: Callable[[Positions], Answers],
    whole: Answers,
    *,
    crashed: bool,
    may_go_on: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
) -> Answers:
    """Take a failed batch apart; `whole` is what it gave in one piece, `ask` asks some of its rows.

    After a crash fewer rows are probed, because each further crash costs a start of the system.
    """
    taken_apart = _TakenApart(ask, whole)
    until = clock() + MOST_SECONDS

    def within_limits() -> bool:
        return taken_apart.calls < MOST_CALLS and clock() < until and may_go_on()

    n = len(whole.status)
    every = np.arange(n)
    most = PROBES_AFTER_CRASH if crashed else PROBES
    probes = np.unique(np.linspace(0, n - 1, most).astype(np.intp))
    alone = [taken_apart.fails(probes[i : i + 1]) for i in range(len(probes))]
    if all(alone):
        return taken_apart.result(systematic=len(probes))
    every = np.setdiff1d(every, probes)
    pending = [every] if len(every) else []
    while pending and within_limits():
        pending.sort(key=len)
        largest = pending.pop()
        halves = np.array_split(largest, 2) if len(largest) > 1 else [largest]
        pending += [half for half in halves if taken_apart.fails(half) and len(half) > 1]
    return taken_apart.result(undivided=sum(len(group) for group in pending))


class _TakenApart:
    """The answers so far."""

    def __init__(self, ask: Callable[[Positions], Answers], whole: Answers) -> None:
        self._ask = ask
        self._answers = replace(
            whole,
            value=whole.value.copy(),
            confidence=whole.confidence.copy(),
            status=whole.status.copy(),
            latency_s=whole.latency_s.copy(),
            usage=None if whole.usage is None else _copied(whole.usage),
        )
        self._faults = list(whole.faults)
        self._is_simulated = whole.simulated
        self.calls = 0

    def fails(self, positions: Positions) -> bool:
        """Ask these rows together, keep what comes, and tell whether all of them failed."""
        self.calls += 1
        part = self._ask(positions)
        for name in ("value", "confidence", "status", "latency_s"):
            getattr(self._answers, name)[positions] = getattr(part, name)
        if part.usage is not None and self._answers.usage is not None:
            _put(self._answers.usage, positions, part.usage)
        self._faults += part.faults
        self._is_simulated |= part.simulated
        return bool((part.status == AnswerStatus.FAILED).all())

    def result(self, *, systematic: int = 0, undivided: int = 0) -> Answers:
        n, failed = (
            len(self._answers.status),
            int((self._answers.status == AnswerStatus.FAILED).sum()),
        )
        if systematic:
            note = f"a batch of {n:,} rows failed, and so did each of {systematic} rows sent alone"
            if n > systematic:
                note += "; the others were not tried alone and count as failed"
        else:
            note = f"a batch of {n:,} rows failed; in smaller batches {failed:,} of them failed"
            if undivided:
                note += (
                    f", {undivided:,} in batches that were not divided further"
                    f" (limits: {MOST_CALLS} extra calls, {MOST_SECONDS:g} s, restarts)"
                )
        return replace(
            self._answers,
            faults=distinct([*self._faults, note]),
            simulated=self._is_simulated,
        )


def _copied(usage: Usage) -> Usage:
    columns = {name: getattr(usage, name) for name in _COLUMNS}
    return replace(usage, **{name: column.copy() for name, column in columns.items()})


def _put(usage: Usage, positions: Positions, part: Usage) -> None:
    """Take over what some rows took; requests that they were in before still count."""
    usage.attempts[positions] += part.attempts
    for name in _COLUMNS[:-1]:
        getattr(usage, name)[positions] = getattr(part, name)
