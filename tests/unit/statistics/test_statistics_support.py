"""What of production a pilot sample covers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from proveout.statistics.support import coverage


def records(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "site": rng.choice(["north", "south", "east"], n, p=[0.5, 0.3, 0.2]),
            "weight": rng.normal(10, 2, n),
            "parts": rng.integers(1, 5, n).astype(float),
            "number": [f"A{seed}-{at}" for at in range(n)],
        }
    )


def test_a_value_that_the_pilot_never_showed_is_outside() -> None:
    """New categories, figures beyond its range, gaps where it has none."""
    production = records(1_000, 2)
    production.loc[0:9, "site"] = "west"
    production.loc[10:14, "weight"] = 99.0
    production.loc[15:17, "parts"] = np.nan

    found = coverage(records(1_000, 1), production)

    assert found.by_value[:18].all()
    assert found.by_value.sum() <= 22
    assert [(each.words, each.n) for each in found.segments[:3]] == [
        ("site west", 10),
        ("weight over 16.3722", 5),
        ("parts empty", 3),
    ]


def test_a_field_in_which_every_value_is_new_says_nothing() -> None:
    """No pilot holds the order numbers of next month."""
    found = coverage(records(500, 1), records(500, 2))

    assert found.left_out == ("number",)
    assert found.columns == ("site", "weight", "parts")


def test_an_empty_combination_that_chance_explains_is_not_named() -> None:
    """Of 200 pilots from production itself, few name a combination: 5 % at most."""
    named = 0
    for seed in range(200):
        found = coverage(records(150, seed), records(3_000, 1_000 + seed))
        named += any(len(each.columns) > 1 for each in found.segments)

    assert named <= 10 + 3 * 3.1  # three standard errors


def test_a_pilot_that_is_too_small_is_refused() -> None:
    """Nothing follows from what ten records lack."""
    with pytest.raises(ValueError, match="10 records of a pilot say nothing of what it lacks"):
        coverage(records(10, 1), records(100, 2))
