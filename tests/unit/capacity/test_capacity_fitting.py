"""From what users saw, the fit tells work from wait, and finds slots and contention."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.capacity_runs import level, ramp, seen
from proveout.capacity.discrete import Slots, play_open
from proveout.capacity.fitting import as_fitted, fit
from proveout.capacity.peak import capacity_per_s
from proveout.capacity.working import watch, work_with


def busy_run(slots: int, requests: int = 2000):
    """Open arrivals at 90 % of what can be done, from an empty system on."""
    rng = np.random.default_rng(slots)
    due = 10 + np.cumsum(rng.exponential(1 / 0.9 / slots, requests))
    return play_open(Slots(slots=slots), due, rng.exponential(1.0, requests))


@pytest.mark.parametrize("slots", [1, 3, 8])
def test_the_begin_of_work_is_found_again(slots: int) -> None:
    """For the right number of slots, to the last digit, from moments of coming and going alone."""
    played = busy_run(slots)
    watched = watch(seen(played, users=slots, seconds=1e6, give_up_after_s=1e6))
    work = work_with(slots, watched)

    began = played.start_s - 10
    late = began >= watched.from_s
    assert work.impossible == 0
    assert work.took_s == pytest.approx((played.done_s - played.start_s)[late])


def test_too_few_slots_are_impossible() -> None:
    """Work would have ended before it began."""
    watched = watch(seen(busy_run(8), users=8, seconds=1e6, give_up_after_s=1e6))

    assert work_with(7, watched).impossible > 20


@pytest.mark.parametrize(
    ("system", "mean_s"),
    [
        (Slots(slots=1), 0.1),
        (Slots(slots=6, contention=0.04), 0.3),
        (Slots(slots=12, contention=0.02, crosstalk=0.002), 0.4),
    ],
)
def test_slots_and_what_they_can_do_are_found(system: Slots, mean_s: float) -> None:
    """Slots exactly; requests a second at saturation to five per cent."""
    found = as_fitted(fit(ramp(system, mean_s=mean_s)))
    slots = system.slots or 1
    slowed = 1 + (slots - 1) * (system.contention + system.crosstalk * slots)

    assert found.slots == slots
    assert capacity_per_s(found) == pytest.approx(slots / mean_s / slowed, rel=0.05)


def test_without_saturation_no_limit_is_claimed() -> None:
    """Four users never fill eight slots."""
    fitted = fit(ramp(Slots(slots=8), mean_s=0.3, users=(1, 2, 4)))

    assert fitted.candidates[0].slots is None
    assert fitted.most_in_system == 4


def test_work_that_was_not_seen_to_end_is_not_taken_for_short() -> None:
    """Half of the work is longer than users wait; its mean is found to a fifth all the same."""
    alone = level(Slots(slots=4), users=1, mean_s=1.0, seconds=2000.0, give_up_after_s=2.0)

    assert as_fitted(fit([alone])).slowing.alone_s == pytest.approx(1.0, rel=0.2)
