"""Whether teams were already going different ways before the system came to them.

A comparison of teams over time takes it that all would have gone the same way. The weeks before
the rollout can speak against that: teams that got it early may have been on a slope of their own,
or moved just before. They can never prove it, so it is also said how steep a slope would have to be
to explain the effect away, against the steepest that those weeks leave possible, and what is left
of the effect when the slope that was seen is taken to go on.

Source: Roth (2022), American Economic Review: Insights 4, 305-322, on why a test that finds nothing
is not enough; Rambachan and Roth (2023), Review of Economic Studies 90, 2555-2591, for bounds;
Borusyak, Jaravel and Spiess (2024) for tests that use the entries without the system alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.panels import Panel
from proveout.statistics.effects.rollouts import Weights
from proveout.statistics.effects.team_sums import Regression, Sum

LEADS = ((0.0, 2.0), (2.0, 6.0))
"""Periods before the rollout in which a team may have moved already."""
SURELY, PERHAPS = 0.05, 0.20
"""Chance below which a difference from before the rollout is taken as one, or as a doubt."""
FEWEST_PERIODS = 6
"""Periods before the first rollout below which slopes cannot be told."""

State = Literal["holds", "doubtful", "broken", "untested"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the weeks before the rollout say."""

    slope: Sum | None
    """Per period: how much faster the figure rose in teams that got it for the whole window than in
    teams that did not; None where it cannot be told."""
    leads: tuple[Sum, ...]
    """How far teams were off their usual level just before they got it, latest first."""
    allowing: Sum | None
    """The effect, were the slope to go on."""
    p: float
    """Chance of differences as large as these among teams that go the same way."""
    needed: float
    """The slope that would explain the whole effect."""
    bearable: float | None
    """How steep a slope the effect withstands, over the steepest not excluded (95 %)."""

    def state(self, effect: Sum, confidence: float) -> State:
        """Return what that means for the estimate."""
        if self.slope is None or self.allowing is None:
            return "untested"
        low, high = effect.interval(confidence)
        found = low > 0 or high < 0
        low, high = self.allowing.interval(confidence)
        confirmed = (low > 0 or high < 0) and self.allowing.value * effect.value > 0
        gone = (effect.value - self.allowing.value) * np.sign(effect.value)
        halved = gone >= abs(effect.value) / 2
        if self.p < SURELY:
            return "doubtful" if found and confirmed and not halved else "broken"
        if found and not confirmed:
            return "broken" if halved or self.p < PERHAPS else "doubtful"
        return "doubtful" if self.p < PERHAPS else "holds"


def before_of(panel: Panel, weights: Weights, effect: Sum, confidence: float) -> Before:
    """Look at the weeks before the rollout."""
    exposure = _exposure(panel)
    slope_column = exposure[panel.team] * panel.period
    slope, slope_weights = _coefficient(panel, weights, slope_column)
    leads = [
        found
        for near, far in LEADS
        if (found := _coefficient(panel, weights, _lead(panel, near, far))[0]) is not None
    ]
    needed = bearable = None
    allowing = None
    per_slope = float(weights.effect @ slope_column)
    first = int((panel.rollout.min() - panel.begins) // panel.days)
    if slope is None or slope_weights is None or first < FEWEST_PERIODS:
        return Before(
            slope=None, leads=tuple(leads), allowing=None,
            p=_joint([each.p for each in leads]), needed=float("inf"), bearable=None,
        )  # fmt: skip
    allowing = weights.regression.sum_of(weights.effect - per_slope * slope_weights, panel.value)
    needed = abs(effect.value / per_slope) if per_slope else float("inf")
    low, high = effect.interval(confidence)
    distance = max(low, -high, 0.0)
    steepest = max(abs(each) for each in slope.interval(0.95))
    bearable = distance / abs(per_slope) / steepest if per_slope and steepest else None
    return Before(
        slope=slope, leads=tuple(leads), allowing=allowing,
        p=_joint([slope.p, *(each.p for each in leads)]), needed=needed, bearable=bearable,
    )  # fmt: skip


def _exposure(panel: Panel) -> Floats:
    """Return for each team the share of the compared time in which it had the system, 1 at most."""
    last = panel.begins + (int(panel.period.max()) + 1) * panel.days
    had = np.clip((last - panel.rollout) / max(1, last - int(panel.rollout.min())), 0.0, 1.0)
    return np.asarray(had, dtype=float)


def _lead(panel: Panel, near: float, far: float) -> Floats:
    lag = -panel.lag
    return np.asarray((~panel.treated & (lag > near) & (lag <= far)), dtype=float)


def _coefficient(
    panel: Panel, weights: Weights, column: Floats
) -> tuple[Sum, Floats] | tuple[None, None]:
    """Return the coefficient of a column among entries without the system, and its weights."""
    manual = ~panel.treated
    precision = np.where(manual, weights.precision, 0.0)
    own = np.where(manual, column, 0.0)
    rest = np.where(manual, weights.before.left_over(own), 0.0)
    size = float(precision @ rest**2)
    if size <= 1e-8 * max(float(precision @ own**2), 1e-300):
        return None, None
    slope_weights = precision * rest / size
    columns = np.column_stack([weights.before.columns, own])
    regression = Regression(panel, columns, precision, weights.shocks)
    return regression.sum_of(slope_weights, panel.value), slope_weights


def _joint(chances: list[float]) -> float:
    """Return Holm's (here Bonferroni's) chance that none of several differences is one."""
    return min(1.0, len(chances) * min(chances)) if chances else 1.0
