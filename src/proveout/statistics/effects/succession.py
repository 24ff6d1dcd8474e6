"""Days and weeks that follow each other and are alike: a good stretch is no new evidence each day.

Days on which everything goes well move the figure of an arm, and where good days come in stretches
they even each other out less than their number has it. How long stretches last is learned from the
days of both arms together, with the days of the week and a slow trend taken off; the variance that
days add is that of a first-order autoregression. Bias of the memory after Marriott and Pope (1954),
Biometrika 41, 390-402; that a figure counts as those days have it, after Newey and West (1987),
Econometrica 55, 703-708, in its simplest parametric form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from proveout.statistics.effects.alternation import PERIODS_PER_BEND, seasons
from proveout.statistics.effects.cases import Cases, Floats, Ints
from proveout.statistics.effects.clusters import sum_by

FEWEST_PERIODS = 14
"""With fewer days or weeks no stretch can be told."""

LONGEST = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """How the periods of a record follow each other."""

    memory: float
    """Correlation of what is special to a period with the next, 0 to 0.9."""
    code: Ints
    """For each case, its period counted from the first."""

    def factor(self, arm: Ints) -> float:
        """Return by how much what periods add to the variance of an arm's mean is larger."""
        if self.memory == 0:
            return 1.0
        weight = np.bincount(self.code[arm]).astype(float)
        alike = lfilter([1.0], [1.0, -self.memory], weight)
        return float(2 * (weight @ alike) / (weight @ weight) - 1)


def stretches(residual: Floats, cases: Cases, period: Ints, *, by_day: bool) -> Stretches:
    """Learn from residuals of both arms how alike neighbouring periods are."""
    code = period - period.min()
    n_periods = int(code.max()) + 1
    there = np.unique(code)
    if len(there) < max(FEWEST_PERIODS, n_periods // 3):
        return Stretches(memory=0.0, code=code)
    _, first = np.unique(code, return_index=True)
    one_each = np.zeros(len(code), dtype=bool)
    one_each[first] = True
    season = seasons(cases.where(one_each), period[one_each], by_day=by_day)
    known = np.column_stack([np.ones(len(season)), season])
    order = np.searchsorted(there, code[one_each])
    totals, sizes = sum_by(code, residual)[there][order], np.bincount(code)[there][order]
    explained = known.T @ totals
    slope = np.linalg.lstsq(known.T @ (known * sizes[:, None]), explained, rcond=1e-10)[0]
    series = np.zeros(n_periods)
    series[there[order]] = totals - sizes * (known @ slope)
    own_noise = float(residual @ residual) - float(slope @ explained)
    special = float(series @ series) - own_noise
    together = float(series[1:] @ series[:-1]) * len(there) / max(1, len(there) - 1)
    if special <= 0 or together <= 0:
        return Stretches(memory=0.0, code=code)
    memory = min(1.0, together / special)
    # What was taken off makes neighbours look less alike than they are.
    taken = 1 + max(1, n_periods // PERIODS_PER_BEND)
    memory += taken * (1 + 3 * memory) / n_periods
    return Stretches(memory=min(LONGEST, memory), code=code)
