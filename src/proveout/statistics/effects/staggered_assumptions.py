"""What a comparison of teams over time rests on, tested as far as the cases allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from proveout.statistics.effects.cases import Floats
from proveout.statistics.effects.estimate import Assumption
from proveout.statistics.effects.rollouts import Rollout, Weights, weights_of
from proveout.statistics.effects.team_sums import Sum
from proveout.statistics.effects.team_trends import Before

SURELY = 0.01
"""Chance below which cases are taken to have changed with the rollout."""
FEWEST_RANKED = 5
MOST_TRAITS = 20


def assumptions_of(
    found: Rollout, weights: Weights, before: Before, effect: Sum, confidence: float
) -> tuple[Assumption, ...]:
    """Return all that the estimate rests on."""
    return (
        _parallel(before, effect, confidence),
        _unannounced(before),
        _same_cases(found, weights),
        _order(found),
        _in_use(found),
    )


def _parallel(before: Before, effect: Sum, confidence: float) -> Assumption:
    state = before.state(effect, confidence)
    if before.slope is None:
        seen = "There are too few weeks from before the first rollout to tell."
    else:
        low, high = before.slope.interval(0.95)
        seen = (
            "Before the rollout the figure rose by "
            f"{before.slope.value:.3g} a period ({low:.3g} to {high:.3g}) more in teams that got "
            f"the system first than in those that never did; differences as large come up by "
            f"chance in {before.p:.0%} of cases. To explain the effect, it would have to be "
            f"{before.needed:.3g} a period"
        )
        if before.bearable:
            seen += f", {before.bearable:.1f} times the steepest that those weeks leave possible"
        seen += "."
        if state == "broken":
            seen += " So the effect cannot be told from a difference that was there before."
    return Assumption(
        name="parallel-trends",
        statement="Without the system, teams that got it early would have gone the way of the "
        "others.",
        state=state,
        seen=seen,
        breaks_by="Teams were chosen because they were improving, or something else began for them "
        "alone.",
    )


def _unannounced(before: Before) -> Assumption:
    if not before.leads:
        state, seen = "untested", "There are too few weeks right before the rollouts to tell."
    else:
        last = before.leads[0]
        low, high = last.interval(0.95)
        state = "doubtful" if last.p < 0.05 else "holds"
        seen = (
            f"In the last two periods before they got it, teams were off their usual level by "
            f"{last.value:.3g} ({low:.3g} to {high:.3g})."
        )
    return Assumption(
        name="no-anticipation",
        statement="Teams worked as usual until the day they got it.",
        state=state,  # type: ignore[arg-type]
        seen=seen,
        breaks_by="Cases were held back for the system, or training took time in the weeks before.",
    )


def _same_cases(found: Rollout, weights: Weights) -> Assumption:
    seen, changed, tested = [], [], 0
    volume = _volume(found)
    tests: list[tuple[str, Sum]] = [] if volume is None else [("number of cases", volume)]
    tests += _traits(found, weights)
    for name, one in tests:
        tested += 1
        low, high = one.interval(0.95)
        said = f"{name} {one.value:+.1%} ({low:+.1%} to {high:+.1%})"
        seen.append(said)
        if one.p < SURELY / len(tests):
            changed.append(said)
    if not tested:
        told = "There are too few weeks to tell."
    elif changed:
        told = "Changed with the rollout: " + "; ".join(changed) + "."
    else:
        told = "Not seen to change with the rollout: " + "; ".join(seen[:4]) + "."
    return Assumption(
        name="same-cases",
        statement="The rollout did not change how many and which cases teams got.",
        state="untested" if not tested else "doubtful" if changed else "holds",
        seen=told,
        breaks_by="Easy cases are sent to teams with the system, or more of all kinds.",
    )


def _volume(found: Rollout) -> Sum | None:
    """Return the effect on the number of cases, as a share of the team's usual number."""
    panel = found.panel
    last = int(found.cases.day.max())
    whole = panel.begins + (panel.period + 1) * panel.days - 1 <= last
    start = (panel.rollout[panel.team] - panel.begins) % panel.days
    first = (panel.rollout[panel.team] - panel.begins) // panel.days == panel.period
    kept = whole & ~(first & (start > 0))
    if not (panel.treated & kept).any():
        return None
    few = panel.where(kept)
    if len(np.unique(few.team[~few.treated])) < panel.n_teams:
        return None
    usual = np.bincount(few.team, few.n * ~few.treated, panel.n_teams) / np.maximum(
        1, np.bincount(few.team, ~few.treated, panel.n_teams)
    )
    volume = replace(
        few,
        value=few.n / usual[few.team],
        chance=1 / usual[few.team],
        weight=usual[few.team],
    )
    weights = weights_of(replace(found, panel=volume))
    return weights.regression.sum_of(weights.effect, volume.value)


def _traits(found: Rollout, weights: Weights) -> list[tuple[str, Sum]]:
    """Return the effect on each trait, in standard deviations."""
    cases, panel = found.cases, found.panel
    if cases.traits is None:
        return []
    n_periods = int(panel.period.max()) + 1
    period = (cases.day - panel.begins) // panel.days
    treated = cases.day >= panel.rollout[found.team]
    inside = period < n_periods
    key = ((found.team * n_periods + period) * 2 + treated)[inside]
    entry = (panel.team * n_periods + panel.period) * 2 + panel.treated
    size = panel.n_teams * n_periods * 2
    count = np.maximum(1, np.bincount(key, minlength=size))
    tests = []
    for place in range(min(MOST_TRAITS, cases.traits.shape[1])):
        column: Floats = cases.traits[inside, place]
        spread = float(np.nanstd(column)) if np.isfinite(column).any() else 0.0
        if spread == 0:
            continue
        filled = np.where(np.isfinite(column), column, np.nanmean(column)) / spread
        means = (np.bincount(key, filled, size) / count)[entry]
        name = cases.trait_names[place] if place < len(cases.trait_names) else f"trait {place + 1}"
        tests.append((name, weights.regression.sum_of(weights.effect, means)))
    return tests


def _order(found: Rollout) -> Assumption:
    from scipy.stats import spearmanr

    panel = found.panel
    manual = np.where(panel.treated, 0.0, panel.weight)
    level = np.bincount(panel.team, manual * panel.value, panel.n_teams) / np.maximum(
        np.bincount(panel.team, manual, panel.n_teams), 1e-300
    )
    varies = len(np.unique(level)) > 1 and len(np.unique(panel.rollout)) > 1
    if panel.n_teams < FEWEST_RANKED or not varies:
        state, seen = "untested", "There are too few teams to tell."
    else:
        told = spearmanr(level, panel.rollout)
        state = "doubtful" if told.pvalue < 0.05 else "holds"
        seen = (
            f"Rank correlation of a team's manual level with its turn: {told.statistic:.2f} "
            f"(chance {told.pvalue:.0%})."
        )
    return Assumption(
        name="order-unrelated",
        statement="Whether a team came early has nothing to do with how well it was doing.",
        state=state,  # type: ignore[arg-type]
        seen=seen,
        breaks_by="The best teams go first, or those that need it most; levels are taken out, but "
        "what drives them may go on.",
    )


def _in_use(found: Rollout) -> Assumption:
    cases = found.cases
    had = cases.day >= found.panel.rollout[found.team]
    done = cases.with_system if cases.used is None else cases.used
    after = float(done[had].mean()) if had.any() else 1.0
    early = float(done[~had].mean()) if (~had).any() else 0.0
    off = max(1 - after, early)
    return Assumption(
        name="used-as-rolled-out",
        statement="Teams used the system from their day on, and not before.",
        state="holds" if off < 0.05 else "doubtful",
        seen=f"{after:.0%} of the cases after a team's day were done with it, and {early:.0%} of "
        "those before. The effect is that of getting it, used or not.",
        breaks_by="A team gets it and does not use it, or uses it before its day.",
    )
