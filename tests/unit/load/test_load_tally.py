"""What a level that is ended early may tell of itself."""

from __future__ import annotations

import math

from proveout.capacity.runs import Outcome
from proveout.checks.load.engine.tally import Tally


def slow_answers_and_quick_failures() -> Tally:
    """One request a second: every third fails at once, the others are answered after 30 s.

    After 40 s, those that were due in the last 30 s and did not fail are still under way.
    """
    tally = Tally()
    for due in range(40):
        if due % 3 == 0:
            tally.add(due, due, due, due + 0.01, math.nan, Outcome.FAILED, "HTTP 500")
        elif due < 10:
            tally.add(due, due, due, due + 30, math.nan, Outcome.ANSWERED, None)
    return tally


def test_what_ends_first_does_not_stand_for_the_rest() -> None:
    """Of those that have ended two thirds failed; of those whose fate is known, a third."""
    tally = slow_answers_and_quick_failures()

    assert (tally.n, tally.n_bad) == (20, 14)
    assert tally.settled(until=10.0) == (10, 4)


def test_a_level_that_is_ended_tells_only_of_requests_whose_fate_is_known() -> None:
    """Requests, and faults as well."""
    tally = slow_answers_and_quick_failures()
    tally.keep_before(10.0)

    assert tally.columns(begin=0.0).shape == (8, 10)
    assert tally.faults == {"HTTP 500": 4}
