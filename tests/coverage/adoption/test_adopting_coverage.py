"""The intervals of adoption hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.statistics.adopting import Tried, expected_rejects, people_needed, share_of_uses

pytestmark = pytest.mark.slow
LEVEL = 0.95


@pytest.mark.parametrize("people", [6, 12, 30, 100])
@pytest.mark.parametrize("share", [0.2, 0.5])
@pytest.mark.parametrize("alike", [0.1, 0.4])
@pytest.mark.parametrize("uneven", [0.5, 1.3])
def test_uses_of_one_person_are_alike(
    people: int, share: float, alike: float, uneven: float
) -> None:
    """Few people, who use it very unevenly, and each in a way of his own."""
    random = np.random.default_rng(11)
    held, trials = 0, 400
    a, b = share * (1 / alike - 1), (1 - share) * (1 / alike - 1)
    for _ in range(trials):
        uses = 1 + random.poisson(np.exp(random.normal(2, uneven, people)))
        _, interval = share_of_uses(random.binomial(uses, random.beta(a, b, people)), uses)
        held += interval.low <= share <= interval.high

    assert held / trials >= LEVEL - 0.045


@pytest.mark.parametrize("had", [(3,), (12,), (6, 8, 10), (20, 30, 5)])
@pytest.mark.parametrize("ahead", [10, 2000])
@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_what_will_be_seen_lies_in_the_interval(
    had: tuple[int, ...], ahead: int, rate: float
) -> None:
    """Of so many ahead, few or many, with teams that differ and few who had it."""
    random = np.random.default_rng(13)
    spread = np.array([-0.15, 0, 0.2]) if len(had) > 1 else np.array([0.0])
    rates = np.clip(rate + spread, 0.01, 0.99)
    held, trials = 0, 250 if len(had) == 1 else 100
    for _ in range(trials):
        groups, seen, total = [], 0, 0
        for number, (n, q) in enumerate(zip(had, rates, strict=True)):
            coming = ahead * (number + 1)
            rejecting = int(random.binomial(n, q))
            groups.append(Tried(group=str(number), n=n, rejecting=rejecting, ahead=coming))
            seen, total = seen + int(random.binomial(coming, q)), total + coming
        told = expected_rejects(groups)
        assert told is not None
        held += told.interval.low - 1e-9 <= seen / total <= told.interval.high + 1e-9

    assert held / trials >= LEVEL - 0.05


@pytest.mark.parametrize("alike", [0.02, 0.1, 0.25])
@pytest.mark.parametrize("others", [1, 5])
def test_teams_that_nobody_of_has_had_it_are_told_less_of(alike: float, others: int) -> None:
    """Each team has habits of its own: what five teams did is no promise of the next ones."""
    random = np.random.default_rng(17)
    a, b = 0.35 * (1 / alike - 1), 0.65 * (1 / alike - 1)
    held, trials = 0, 80
    for _ in range(trials):
        had = [
            Tried(group=f"had{n}", n=10, rejecting=int(random.binomial(10, rate)), ahead=0)
            for n, rate in enumerate(random.beta(a, b, 5))
        ]
        coming = [Tried(group=f"new{n}", n=0, rejecting=0, ahead=40) for n in range(others)]
        seen = float(np.mean(random.binomial(40, random.beta(a, b, others)) / 40))
        told = expected_rejects([*had, *coming])
        assert told is not None
        held += told.interval.low - 1e-9 <= seen <= told.interval.high + 1e-9

    assert held / trials >= LEVEL - 0.06


def test_so_many_tell_it_within_fifteen_points() -> None:
    """Wilson's interval at one half, where it is widest, is as wide as was wanted."""
    from proveout.statistics import wilson

    n = people_needed(within=0.15)
    interval = wilson(n // 2, n)

    assert n == 39
    assert (interval.high - interval.low) / 2 <= 0.15 + 1e-3
