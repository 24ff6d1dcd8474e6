"""Planned looks: any number of looks for life, with one error."""

import numpy as np
import pytest
from scipy.special import ndtri

from proveout.statistics.effects.looks import Look, decisive, planned

YEAR = 365


def test_before_the_first_look_nothing_counts():
    """A week has to be over before anything is decided."""
    assert decisive(100, 105, confidence=0.95) is None


def test_between_two_looks_the_last_one_counts():
    """The figure of a planned day holds until the next planned day."""
    looks = planned(100, 100 + YEAR, confidence=0.95)
    for today in range(106, 100 + YEAR):
        assert decisive(100, today, confidence=0.95) == [x for x in looks if x.day <= today][-1]


def test_looks_cover_whole_weeks_each_a_quarter_later():
    """Some fourteen looks in a year, with as many Mondays as Sundays in each."""
    ends = [look.day for look in planned(1, YEAR, confidence=0.95)]

    assert ends == [7, 14, 21, 28, 35, 49, 63, 84, 105, 133, 168, 210, 266, 336]


def test_the_first_look_can_be_put_off():
    """A design that needs four weeks does not spend error on less."""
    look = decisive(0, 27, confidence=0.9, first_after=28)

    assert look is not None
    assert (look.day, look.number) == (27, 1)
    assert decisive(0, 26, confidence=0.9, first_after=28) is None


@pytest.mark.parametrize("growth", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_all_looks_of_ten_years_together_err_no_more_than_allowed(confidence, growth):
    """Whether cases come steadily, in growing numbers, or knowledge hardly grows at all."""
    looks = planned(1, 10 * YEAR, confidence=confidence)
    known = np.array([look.day for look in looks], dtype=float) ** growth
    steps = np.sqrt(np.diff(known, prepend=0.0))
    draws = np.random.default_rng(7).normal(size=(40_000, len(looks)))
    z = np.cumsum(draws * steps, axis=1) / np.sqrt(known)

    cuts = ndtri((1 + np.array([look.confidence for look in looks])) / 2)
    error = np.mean(np.any(np.abs(z) > cuts, axis=1))

    assert error <= 1 - confidence + 0.004
    assert error >= (1 - confidence) / 3


def test_a_look_is_a_value():
    """Looks of one plan are the same whoever asks."""
    assert decisive(0, 50, confidence=0.95) == decisive(0, 48, confidence=0.95)
    assert isinstance(decisive(0, 50, confidence=0.95), Look)
