"""A failed batch is taken apart, within limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from proveout.systems import Answers, AnswerStatus
from proveout.systems.answering import failed, read_list, settle
from proveout.systems.isolation import MOST_CALLS, isolate


class Fussy:
    """A system that raises for any batch with a bad row in it, and counts its calls."""

    def __init__(self, bad: set[int]) -> None:
        self.bad = bad
        self.calls = 0

    def answer(self, rows: pd.DataFrame) -> Answers:
        self.calls += 1
        if self.bad & set(rows["row"]):
            return failed(len(rows), AnswerStatus.FAILED, "ValueError: bad", 0.0)
        return settle(read_list(rows["row"].tolist()), rows=len(rows), latency_s=0.0, task=None)


def taken_apart(system: Fussy, n: int, *, seconds: float = 0.0, crashed: bool = False) -> Answers:
    rows = pd.DataFrame({"row": range(n)})
    clock = iter(np.arange(10_000) * seconds)
    return isolate(
        lambda some: system.answer(rows.iloc[some]),
        system.answer(rows),
        crashed=crashed,
        may_go_on=lambda: True,
        clock=lambda: float(next(clock)),
    )


@pytest.mark.parametrize("bad", [{0}, {19_999}, {7_777}, {3, 4, 5}, {0, 10_000, 19_999}])
@pytest.mark.parametrize("crashed", [False, True])
def test_finds_the_bad_rows(bad: set[int], crashed: bool) -> None:
    """With few bad rows, exactly these count as failed."""
    found = taken_apart(Fussy(bad), 20_000, crashed=crashed)

    assert set(np.flatnonzero(found.status == AnswerStatus.FAILED).tolist()) == bad
    assert (found.status[list(set(range(20_000)) - bad)] == AnswerStatus.OK).all()


def test_stops_at_the_limit_of_calls_and_says_so() -> None:
    """Rows that still fail together when the limit is reached count as failed."""
    system = Fussy(set(range(0, 20_000, 20)) - {0})

    found = taken_apart(system, 20_000)

    assert system.calls <= MOST_CALLS + 2
    assert found.faults[-1].startswith("a batch of 20,000 rows failed; in smaller batches 19,")
    assert found.faults[-1].endswith(
        " in batches that were not divided further (limits: 256 extra calls, 30 s, restarts)"
    )


def test_stops_when_time_is_up() -> None:
    """Slow systems are not asked hundreds of times more."""
    system = Fussy({5_000})

    taken_apart(system, 20_000, seconds=20.0)

    assert system.calls < 30


def test_a_system_that_always_fails_is_probed_only() -> None:
    """When every row tried alone fails too, the rest is not tried."""
    system = Fussy(set(range(20_000)))

    found = taken_apart(system, 20_000)

    assert system.calls == 17
    assert (found.status == AnswerStatus.FAILED).all()
