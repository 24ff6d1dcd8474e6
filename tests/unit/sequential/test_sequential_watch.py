"""Evidence of one stream, carried on from look to look."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from proveout.statistics.sequential import (
    Watch,
    average,
    from_p,
    from_p_at,
    product,
    silent_decay,
    to_p,
)

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def watch() -> Watch:
    return Watch(share=0.02, begins=BEGINS, life_days=100.0)


def after(values: list[float]) -> Watch:
    found = watch()
    for day, e in enumerate(values, 1):
        found = found.after(e, until=BEGINS + day * DAY)
    return found


def test_it_is_the_mixture_over_all_days_on_which_a_change_may_begin() -> None:
    """Equal, after any looks, to the slow sum over beginnings of weight times product."""
    values = [0.5, 3.0, 2.0, 0.1, 4.0, 1.5]

    slow = sum(0.01 * math.prod(values[start:]) for start in range(len(values)))

    assert after(values).evidence == pytest.approx(slow + (1 - 0.01 * len(values)))


def test_an_alarm_stays_and_says_since_when() -> None:
    """Ten quiet days, five telling ones, and quiet again: the alarm stands, with its beginning."""
    found = after([0.8] * 10 + [6.0] * 5 + [0.5] * 3)

    assert found.is_alarm
    assert found.since == BEGINS + 10 * DAY
    assert found.alarmed_at == BEGINS + 14 * DAY
    assert found.highest >= found.threshold == 50


def test_data_count_once() -> None:
    """A look at data that were counted is refused, and so is a look that could not be computed."""
    found = after([1.0])

    with pytest.raises(ValueError, match="data up to 2026-01-02T00:00:00"):
        found.after(2.0, until=BEGINS + DAY)
    with pytest.raises(ValueError, match="an e-value is 0 or more; got nan"):
        found.after(math.nan, until=BEGINS + 2 * DAY)


def test_looks_far_apart_stake_the_days_between() -> None:
    """One look after thirty days stakes what thirty looks would have."""
    once = watch().after(2.0, until=BEGINS + 30 * DAY)

    assert (once.running, once.unspent) == (pytest.approx(0.6), pytest.approx(0.7))
    assert not once.is_spent
    assert after([1.0] * 100).is_spent


def test_it_is_the_same_after_json() -> None:
    """A monitor carries on from the details of evidence."""
    found = after([0.8, 6.0, 90.0, 3.0])

    assert Watch.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_p_values_become_evidence_that_is_fair_on_average() -> None:
    """The mean over uniform p-values is one at most, near zero and near one included."""
    steps = [(nth + 0.5) / 200_000 for nth in range(200_000)]

    assert sum(map(from_p, steps)) / len(steps) == pytest.approx(0.93, abs=0.02)  # rest below 5e-6
    assert sum(from_p_at(p, 0.01) for p in steps) / len(steps) == pytest.approx(0.93, abs=0.05)
    assert (from_p(1.0), round(from_p(0.001)), to_p(50.0)) == (0.5, 21, 0.02)
    assert from_p(0.99999) == pytest.approx(from_p(1.0), abs=1e-3)
    for broken in (math.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="a p-value lies between 0 and 1"):
            from_p(broken)


def test_evidence_is_averaged_where_it_depends_and_multiplied_where_it_does_not() -> None:
    """Averages may be weighted; a product that has lost everything has lost everything."""
    assert average([1.0, 3.0]) == 2.0
    assert average([1.0, 3.0], [3.0, 1.0]) == 1.5
    assert product([2.0, 0.0, math.inf]) == 0.0
    with pytest.raises(ValueError, match="there are 0 e-values and 0 weights to combine"):
        average([])


def test_silent_decay_takes_accuracy_overrides_and_use_together() -> None:
    """Accuracy counts double; what could not be had is left out, and nothing is nothing."""
    found = silent_decay(10.0, None, 40.0)

    assert found is not None
    assert (found.evidence, found.by) == (20.0, "use")
    assert silent_decay(None, None, None) is None
