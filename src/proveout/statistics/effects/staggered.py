"""The effect of a system that teams got one after another (difference in differences).

Teams that had it are compared with teams that did not have it yet, week by week. The plain
regression with team and week effects is not used: it compares late teams with early ones that
already have the system, which is wrong where the effect grows, fades or differs by team (Goodman-
Bacon 2021, Journal of Econometrics 225, 254-277). Here what teams would have done is foretold from
manual cases alone (`rollouts`), and the spread is that of few teams (`team_sums`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from proveout.statistics.effects.cases import Cases, Floats, Statistic
from proveout.statistics.effects.estimate import Estimate, Figure, Refusal
from proveout.statistics.effects.followed import followed
from proveout.statistics.effects.panels import WEEK
from proveout.statistics.effects.rollouts import Rollout, Weights, rollout_of, weights_of
from proveout.statistics.effects.staggered_assumptions import assumptions_of
from proveout.statistics.effects.staggered_quantiles import baseline_quantile, with_quantiles
from proveout.statistics.effects.team_sums import Sum, modelled_sum
from proveout.statistics.effects.team_trends import PERHAPS, Before, before_of

LAGS_SHOWN = (-12, -8, -4, 0, 4, 8, 12, 16, 20, 26)
"""Edges of the periods around the rollout for which the effect is shown by itself."""

OF_A_SLOPE = (
    " Before the rollout teams were perhaps not going the same way, so that the range also holds "
    "what is left of the effect if that goes on."
)


def estimate(
    cases: Cases,
    statistic: Statistic,
    *,
    confidence: float = 0.95,
    seed: int = 0,  # noqa: ARG001  every design takes one
) -> Estimate | Refusal:
    """Return the effect on the cases of teams that had the system while others had not yet.

    Needs `team` and `rolled_out`. Baseline: the manual cases of the same teams, each team counted
    as much as its cases with the system. Nothing is drawn, so `seed` does not matter.
    """
    ready = followed(cases, statistic, "staggered")
    if isinstance(ready, Refusal):
        return ready
    found = rollout_of(ready, statistic)
    if isinstance(found, tuple):
        return Refusal(design="staggered", why=found[0], next_step=found[1])
    of_quantile = statistic.kind == "quantile"
    if of_quantile:
        found = with_quantiles(found, statistic.quantile or 0.5)
    weights = weights_of(found)
    baseline, effect, level = _sums(found, weights)
    if of_quantile:
        moved = level.value - baseline.value
        baseline = baseline_quantile(found, weights, statistic.quantile or 0.5)
        level = replace(level, value=baseline.value + moved)
    before = before_of(found.panel, weights, effect, confidence)
    bounded = statistic.kind == "share"
    figures = [each.figure(confidence) for each in (baseline, effect, level)]
    narrow = figures[1]
    if before.allowing is not None and _is_doubtful(before, effect, confidence):
        figures[1:] = _wider(figures[1:], before.allowing.figure(confidence))
    is_wider = not np.allclose((narrow.low, narrow.high), (figures[1].low, figures[1].high))
    if bounded:
        figures[0], figures[2] = (each.within_one for each in (figures[0], figures[2]))
    panel = found.panel
    with_system = int(panel.n[panel.treated].sum())
    return Estimate(
        design="staggered",
        baseline=figures[0],
        effect=figures[1],
        level=figures[2],
        share=_share(baseline, effect, level, confidence),
        confidence=confidence,
        n_with=with_system,
        n_without=int(panel.n.sum()) - with_system,
        n_clusters=panel.n_teams,
        method=f"imputation, team-robust t({effect.df:.1f})",
        sentence=_sentence(found) + (OF_A_SLOPE if is_wider else ""),
        assumptions=assumptions_of(found, weights, before, effect, confidence),
        details=_details(found, weights, before, confidence),
    )


def _sums(found: Rollout, weights: Weights) -> tuple[Sum, Sum, Sum]:
    panel = found.panel
    baseline = modelled_sum(panel, weights.shocks, weights.baseline, panel.value)
    effect = weights.regression.sum_of(weights.effect, panel.value)
    level = weights.regression.sum_of(weights.baseline + weights.effect, panel.value)
    return baseline, effect, level


def _is_doubtful(before: Before, effect: Sum, confidence: float) -> bool:
    """Whether the weeks before speak of different ways; broken is worse, and gives no figure."""
    return before.p < PERHAPS and before.state(effect, confidence) == "doubtful"


def _wider(figures: list[Figure], allowing: Figure) -> list[Figure]:
    """Return effect and level with ranges that hold the effect were the slope to go on as well."""
    effect = figures[0]
    below, above = max(0.0, effect.low - allowing.low), max(0.0, allowing.high - effect.high)
    return [replace(each, low=each.low - below, high=each.high + above) for each in figures]


def _share(baseline: Sum, effect: Sum, level: Sum, confidence: float) -> Figure | None:
    """Return effect / baseline by the delta method; how the two go together is in the level."""
    if baseline.interval(confidence)[0] <= 0:
        return None
    together = (level.error**2 - effect.error**2 - baseline.error**2) / 2
    bound = effect.error * baseline.error
    together = float(np.clip(together, -bound, bound))
    ratio = effect.value / baseline.value
    spread = effect.error**2 - 2 * ratio * together + (ratio * baseline.error) ** 2
    error = float(np.sqrt(max(0.0, spread))) / baseline.value
    return Sum(value=ratio, error=error, df=effect.df).figure(confidence)


def _sentence(found: Rollout) -> str:
    teams, panel = len(found.treated_teams), found.panel
    if found.n_never:
        never = "One team" if found.n_never == 1 else f"{found.n_never} teams"
        never += " never had it."
    else:
        never = "All teams have it by now, so cases count only as long as two teams had not."
    unit = "week by week" if panel.days == WEEK else "four weeks by four weeks"
    return (
        f"{teams} teams that had it were compared, {unit}, with teams that did not have it yet, "
        f"each from its own level before. {never}"
        + (f" Not counted: {'; '.join(found.left_out)}." if found.left_out else "")
    )


def _details(
    found: Rollout,
    weights: Weights,
    before: Before,
    confidence: float,
) -> dict[str, Any]:
    panel = found.panel
    told: dict[str, Any] = {
        "teams": panel.n_teams,
        "teams_with": len(found.treated_teams),
        "teams_never": found.n_never,
        "days_of_period": panel.days,
        "last_day_compared": found.last_day,
        "memory": round(weights.shocks.memory, 3),
        "by_lag": _by_lag(found, weights, confidence),
    }
    if before.slope is not None:
        low, high = before.slope.interval(confidence)
        told["slope_before"] = {"value": before.slope.value, "low": low, "high": high}
        told["slope_needed"] = before.needed if np.isfinite(before.needed) else None
        told["withstands"] = before.bearable
    if before.allowing is not None:
        low, high = before.allowing.interval(confidence)
        told["effect_if_slope_goes_on"] = {
            "value": before.allowing.value, "low": low, "high": high
        }  # fmt: skip
    return told


def _by_lag(found: Rollout, weights: Weights, confidence: float) -> list[dict[str, float]]:
    """Return the effect by time since the rollout; before it, how far off the foretold."""
    panel, shown = found.panel, []
    for near, far in pairwise(LAGS_SHOWN):
        inside = (panel.lag >= near) & (panel.lag < far) & (panel.treated == (near >= 0))
        counted = np.where(inside, panel.weight, 0.0)
        if not counted.sum():
            continue
        counted /= counted.sum()
        own: Floats = counted - weights.before.coefficient_weights(
            weights.before.columns.T @ counted
        )
        one = weights.regression.sum_of(own, panel.value)
        low, high = one.interval(confidence)
        shown.append({"from": near, "to": far, "value": one.value, "low": low, "high": high})
    return shown
