"""A prediction says what the peak brings, or refuses in words that tell what to do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import inf

import numpy as np
import pytest

from fixtures.capacity_runs import level, ramp
from proveout.capacity.discrete import Slots
from proveout.capacity.predicting import predict_from
from proveout.capacity.prediction import Limits, Month, Prediction, Refused
from proveout.capacity.runs import Demand, Level

DEMAND = Demand(
    users=10_000, requests_per_user_per_day=30, peak_share_of_day=0.2, give_up_after_s=10.0
)


@cache
def at_half_use() -> tuple[Level, ...]:
    """Eight slots of 0.24 s: the peak brings half of what they can do."""
    return tuple(ramp(Slots(slots=8), mean_s=0.24))


@cache
def borne() -> Prediction | Refused:
    """What is predicted from it."""
    limits = Limits(p95_latency_s=1.0)
    return predict_from(at_half_use(), DEMAND, limits=limits, month=Month(working_days=20))


def predicted(levels: list[Level] | tuple[Level, ...], demand: Demand = DEMAND) -> Prediction:
    said = predict_from(levels, demand)
    assert isinstance(said, Prediction)
    return said


def refused(levels: list[Level] | tuple[Level, ...], demand: Demand = DEMAND) -> Refused:
    said = predict_from(levels, demand)
    assert isinstance(said, Refused)
    return said


def test_a_peak_that_is_borne() -> None:
    """At half use hardly anybody waits: latency is that of the work, which is exponential."""
    said = borne()

    assert isinstance(said, Prediction)
    assert said.slots.value == said.slots.low == said.slots.high == 8
    assert said.p50_s.value == pytest.approx(0.24 * np.log(2), rel=0.1)
    assert said.p95_s.low <= 0.24 * np.log(20) * 1.02
    assert said.p95_s.high >= 0.24 * np.log(20)
    assert said.abandonment.value < 0.001
    assert said.utilisation.value == pytest.approx(0.5, rel=0.05)
    assert said.throughput_per_s.value == pytest.approx(1000 / 60, rel=0.001)
    assert said.asked_per_month == said.worked_per_month.value == 6_000_000
    assert said.input_tokens is not None
    assert said.input_tokens.value == 500
    assert said.output_tokens is None
    assert said.needed_slots is not None
    assert 5 <= said.needed_slots.low <= said.needed_slots.value <= said.needed_slots.high <= 7


def test_a_peak_that_is_not_borne() -> None:
    """At twice what can be done nearly all give up, and 95 % are never answered."""
    said = predicted(ramp(Slots(slots=4), mean_s=0.48))

    assert said.p95_s.value == said.p95_s.low == said.p95_s.high == inf
    assert said.abandonment.low > 0.85
    assert said.worked_per_month.value < 0.95 * said.asked_per_month


def test_the_same_run_gives_the_same_prediction() -> None:
    """All chance comes from the seed."""
    limits = Limits(p95_latency_s=1.0)
    again = predict_from(at_half_use(), DEMAND, limits=limits, month=Month(working_days=20))

    assert again == borne()


def test_errors_count_as_slower_than_any_answer() -> None:
    """With eight in a hundred failing, 95 % are never answered."""
    said = predicted(
        [level(Slots(slots=8), users=n, mean_s=0.24, error_rate=0.08) for n in (1, 2, 4, 8, 16)]
    )

    assert said.p95_s.low == inf
    assert said.error_rate.low < 0.08 < said.error_rate.high


def test_slots_never_seen_at_their_limit_are_not_guessed() -> None:
    """Unless the peak stays below what was seen."""
    levels = ramp(Slots(slots=64), mean_s=0.8, users=(1, 2, 4, 8))
    said = refused(levels)

    assert said.reasons[0] == (
        "With up to 8 requests at once no limit to what is worked on at the same time was "
        "reached, and the peak brings about 24 at once: where its limit lies is not known."
    )
    assert said.next_step == (
        "Measure with more users at once, or without pauses between their requests, until more "
        "users no longer get more answered."
    )
    assert said.forced is not None
    assert predicted(levels, replace(DEMAND, users=500)).p95_s.value == pytest.approx(2.4, rel=0.15)


def test_a_run_with_hardly_any_requests() -> None:
    """Says so."""
    said = refused([level(Slots(slots=8), users=2, mean_s=0.1, think_s=6.0)])

    assert {f"Only {n} requests could be used; it takes at least 100." for n in range(40)} & {
        *said.reasons
    }


def test_a_rate_limit() -> None:
    """Is a matter of the contract."""
    levels = [*at_half_use()[:-1], replace(at_half_use()[-1], faults={"HTTP 429": 900})]
    asked = sum(len(one.requests.due_s) for one in levels)
    said = refused(levels)

    assert said.reasons == (
        f"A rate limit turned 900 of {asked:,} requests away: how many are let through at the "
        "peak is a matter of that limit, not of what the system can do.",
    )
    assert said.next_step == "Ask for a rate limit that holds the peak, and measure again."


def test_errors_that_grow_with_use() -> None:
    """Their share at the peak is not known."""
    levels = [
        level(Slots(slots=8), users=n, mean_s=0.24, error_rate=0.0 if n < 8 else 0.2)
        for n in (1, 2, 4, 8, 16)
    ]
    (reason,) = refused(levels).reasons

    assert reason.startswith("Errors depend on use: 0.0% of requests failed at one level and ")
    assert reason.endswith(" users; what share fails at the peak is not known.")


def test_a_system_that_slows_down() -> None:
    """Within a level, whatever the users do."""
    slowing = [slowed_down(one) for one in at_half_use()[:3]]
    said = refused(slowing)

    assert any(
        reason.startswith("The system became slower during the run: the second half of the levels ")
        for reason in said.reasons
    )


def test_patience_too_short_to_see_the_work() -> None:
    """How long it takes was not seen."""
    levels = [
        level(Slots(slots=8), users=n, mean_s=3.0, seconds=300, give_up_after_s=3.0)
        for n in (1, 2, 4)
    ]
    said = refused(levels)

    assert any(
        reason.endswith("at every level: how long the work on them takes was not seen.")
        for reason in said.reasons
    )
    assert said.next_step == (
        "Measure with users who wait longer than they will in earnest, six times as long, so "
        "that it is seen how long the work takes."
    )


def test_nothing_to_go_by() -> None:
    """Without a single request nothing is said, not even by force."""
    empty = level(Slots(slots=1), users=1, mean_s=0.1, think_s=1e9)

    assert predict_from([empty], DEMAND) == Refused(
        reasons=("No request of the run tells how long the work on it took.",),
        next_step="Measure longer, above all with as many requests per second as the peak will "
        "bring.",
        forced=None,
    )


def slowed_down(one: Level) -> Level:
    """Stretch work in the second half of a level by half."""
    requests = one.requests
    late = requests.due_s > one.seconds / 2
    took = requests.done_s - requests.sent_s
    stretched = requests.sent_s + np.where(late, took * 1.5, took)
    return replace(one, requests=replace(requests, done_s=stretched))
