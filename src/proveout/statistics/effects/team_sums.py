"""How far weighted sums over teams and weeks can be off, where teams are few.

All figures of a comparison of teams over time (baseline, effect, a trend before the rollout) are
sums of the teams' weekly figures with fixed weights. Their spread is that of the teams' parts: what
a team's weeks have in common, its memory and its own shocks, is in its part. Each part is scaled
so that the sum is right where shocks are as modelled (a first-order autoregression plus chance),
and the degrees of freedom are Satterthwaite's under the same model, so that few teams, or a few
that carry most of the weight, give the wide interval that they deserve. Where shocks are not as
modelled the parts still tell.

Source: Bell and McCaffrey (2002), Survey Methodology 28, 169-181; Imbens and Kolesár (2016), Review
of Economics and Statistics 98, 701-712; here for any linear estimator, team by team.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.estimate import Figure
from proveout.statistics.effects.panels import Panel

LARGEST_SCALE = 8.0
"""How much a team's part is scaled up at most; what is missing then is taken from the model."""
LONGEST_MEMORY = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocks:
    """What moves a team's weeks besides seasons and chance."""

    variance: float
    memory: float
    """Correlation of one period with the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A weighted sum with its spread."""

    value: float
    error: float
    """Standard error."""
    df: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the two-sided interval."""
        half = float(stdtrit(self.df, 0.5 + confidence / 2)) * self.error
        return self.value - half, self.value + half

    def figure(self, confidence: float) -> Figure:
        """Return the value with its interval."""
        low, high = self.interval(confidence)
        return Figure(value=self.value, low=low, high=high)

    @property
    def p(self) -> float:
        """Two-sided chance of a sum as far from zero, were it zero."""
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return 2 * float(stdtr(self.df, -abs(self.value) / self.error))


class Regression:
    """A weighted regression of a panel's entries, kept for sums of what it leaves over."""

    def __init__(self, panel: Panel, columns: Floats, weight: Floats, shocks: Shocks) -> None:
        self._panel = panel
        self._weighted = columns * weight[:, None]
        self.columns = columns
        self._inverse = np.linalg.pinv(columns.T @ self._weighted, hermitian=True)
        self._shocks = shocks

    def coefficient_weights(self, wanted: Floats) -> Floats:
        """Return the weights of the entries in `wanted` · coefficients."""
        return np.asarray(self._weighted @ (self._inverse @ wanted))

    def left_over(self, values: Floats) -> Floats:
        """Return what the regression does not explain."""
        fitted = self.columns @ (self._inverse @ (self._weighted.T @ values))
        return np.asarray(values - fitted)

    def sum_of(self, weights: Floats, values: Floats) -> Sum:
        """Return weights · values with the spread that the teams' parts show."""
        panel = self._panel
        parts = np.zeros((len(weights), panel.n_teams))
        parts[np.arange(len(weights)), panel.team] = weights
        seen = parts - self._weighted @ (self._inverse @ (self.columns.T @ parts))
        moved = under_shocks(panel, self._shocks, seen)
        between = seen.T @ moved
        expected = np.diag(between).copy()
        meant = np.sum(parts * under_shocks(panel, self._shocks, parts), axis=0)
        concerned = meant > 1e-12 * float(np.max(meant))
        scale = np.zeros(panel.n_teams)
        scale[concerned] = np.minimum(
            LARGEST_SCALE, meant[concerned] / np.maximum(expected[concerned], 1e-300)
        )
        rest = float(np.sum(meant - scale * expected))
        squares = (seen.T @ values) ** 2
        variance = float(scale @ squares) + max(0.0, rest)
        modelled = float(scale @ expected) + max(0.0, rest)
        spread = float(scale @ between**2 @ scale)
        df = max(1.0, modelled**2 / spread) if spread > 0 else 1.0
        return Sum(value=float(weights @ values), error=float(np.sqrt(variance)), df=df)


def modelled_sum(panel: Panel, shocks: Shocks, weights: Floats, values: Floats) -> Sum:
    """Return weights · values with the spread of the model alone.

    For the level of given teams, of which the teams' differences are no error.
    """
    spread = under_shocks(panel, shocks, weights[:, None])[:, 0]
    counted = weights != 0
    length = float(counted.sum()) * (1 - shocks.memory) / (1 + shocks.memory)
    df = max(1.0, length - len(np.unique(panel.team[counted])))
    error = float(np.sqrt(max(0.0, float(weights @ spread))))
    return Sum(value=float(weights @ values), error=error, df=df)


def under_shocks(panel: Panel, shocks: Shocks, weights: Floats) -> Floats:
    """Return the covariance of the entries under the model, times weights."""
    moved = panel.chance[:, None] * weights
    if shocks.variance == 0:
        return np.asarray(moved)
    for team in range(panel.n_teams):
        mine = np.flatnonzero(panel.team == team)
        apart = np.abs(panel.period[mine][:, None] - panel.period[mine][None, :])
        moved[mine] += shocks.variance * (shocks.memory**apart) @ weights[mine]
    return np.asarray(moved)


def shocks_of(panel: Panel, left_over: Floats, n_coefficients: int) -> Shocks:
    """Learn size and memory of shocks from what teams and seasons do not explain."""
    n = len(left_over)
    spare = max(1, n - n_coefficients)
    variance = float(left_over @ left_over) / spare - float(panel.chance.mean())
    if variance <= 0:
        return Shocks(variance=0.0, memory=0.0)
    order = np.lexsort((panel.period, panel.team))
    team, period, rest = panel.team[order], panel.period[order], left_over[order]
    follows = (team[1:] == team[:-1]) & (period[1:] == period[:-1] + 1)
    if not follows.any():
        return Shocks(variance=variance, memory=0.0)
    together = float(np.mean(rest[1:][follows] * rest[:-1][follows])) * n / spare
    memory = together / variance
    # A series that is measured against its own mean looks less persistent than it is.
    length = n / panel.n_teams
    memory += (1 + 3 * max(0.0, memory)) / max(4.0, length)
    return Shocks(variance=variance, memory=float(np.clip(memory, 0.0, LONGEST_MEMORY)))
