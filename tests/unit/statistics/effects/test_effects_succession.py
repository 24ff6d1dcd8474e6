"""Days that follow each other, and units that even each other out."""

import numpy as np

from proveout.statistics.effects import Cases
from proveout.statistics.effects.clusters import spread, with_days
from proveout.statistics.effects.succession import stretches


def record(residual, day):
    """Return cases of these days."""
    return Cases(value=residual, day=day, with_system=np.zeros(len(day), dtype=bool))


def test_days_without_memory_count_one_by_one_and_with_memory_count_less():
    """What days add grows where good days come in stretches."""
    rng = np.random.default_rng(1)
    day = np.repeat(np.arange(200), 5)
    new = rng.normal(size=200)
    lasting = np.convolve(rng.normal(size=219), np.ones(20) / np.sqrt(20), mode="valid")
    arm = np.arange(1_000)
    factors = []
    for special in (new, lasting):
        residual = special[day] + 0.5 * rng.normal(size=1_000)
        told = stretches(residual - residual.mean(), record(residual, day), day, by_day=True)
        factors.append(told.factor(arm))

    assert factors[0] < 1.5
    assert factors[1] > 4


def test_a_record_of_a_few_days_has_no_memory_to_be_told():
    """With fewer than fourteen days nothing is widened."""
    day = np.repeat(np.arange(10), 3)
    residual = np.repeat([1.0, -1.0], 15)

    assert stretches(residual, record(residual, day), day, by_day=True).factor(day) == 1


def test_teams_that_even_each_other_out_leave_degrees_of_freedom():
    """Where chance has the teams' sums cancel, the interval still has an end."""
    least = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        unit, day = rng.integers(0, 4, 200), rng.integers(0, 10, 200)
        residual = rng.normal(size=200)
        residual -= residual.mean()
        least.append(with_days(spread(residual, unit), residual, unit, day)[1])

    assert min(least) >= 1
