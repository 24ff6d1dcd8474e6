"""How much damage is enough: what is told without asking again is what asking again would tell."""

from __future__ import annotations

import numpy as np
import pytest

from proveout.checks.stress.breaking import Effects, breaking


def with_refusals(*, answered: float) -> Effects:
    """20,000 amounts, all hit one after the other: four times the error where still answered."""
    rng = np.random.default_rng(1)
    loss = rng.exponential(1.0, 20_000)
    loss[rng.random(20_000) < 0.1] = np.nan  # not answered as they are, either
    places = rng.permutation(20_000)
    loss_hit = np.where(rng.random(20_000) < answered, 4 * loss[places], np.nan)
    nothing = np.full(20_000, np.nan)
    return Effects(
        is_random=True,
        is_share=False,
        places=places,
        loss=loss,
        loss_hit=loss_hit,
        silent=None,
        silent_hit=None,
        stated=nothing,
        stated_hit=nothing,
    )


def asked_anew(effects: Effects, severity: float) -> float:
    """Damage so many rows and compare those that are answered before and after."""
    k = round(severity * len(effects.loss))
    after = effects.loss.copy()
    after[effects.places[:k]] = effects.loss_hit[:k]
    both = ~np.isnan(after) & ~np.isnan(effects.loss)
    return float(after[both].mean() / effects.loss[both].mean() - 1)


@pytest.mark.parametrize("answered", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("severity", [0.05, 0.25, 0.75])
def test_the_curve_of_amounts_is_that_of_asking_again(answered: float, severity: float) -> None:
    """A damaged record that is no longer answered weighs nothing beside those that are."""
    effects = with_refusals(answered=answered)

    figure = effects.figure("quality-drop", severity)

    assert figure is not None
    assert figure.value == pytest.approx(asked_anew(effects, severity), rel=0.2)


def test_the_breaking_severity_of_amounts_meets_the_limit() -> None:
    """Asked anew at the severity that is told, the error has grown by just the limit."""
    effects = with_refusals(answered=0.1)

    found = breaking(effects, "quality-drop", 0.5)

    assert found is not None
    assert asked_anew(effects, found.severity) == pytest.approx(0.5, rel=0.1)
