"""Which teams, weeks and cases a staggered rollout can compare, and the weights it does so with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import NEVER, Cases, Flags, Floats, Ints, Statistic
from proveout.statistics.effects.panels import FEWEST_A_WEEK, Panel, panel_of
from proveout.statistics.effects.team_sums import Regression, Shocks, shocks_of

FEWEST_TEAMS = 4
FEWEST_ON_A_SIDE = 2
"""Teams that got it, and teams that worked the manual way meanwhile: below, one team's own story
cannot be told from the system."""
FEWEST_PERIODS_BEFORE = 3

LAGS = (4, 12, 26)
"""Periods after the rollout at which the effect may be another than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Cases ready to be compared."""

    cases: Cases
    team: Ints
    panel: Panel
    treated_teams: Ints
    """Codes of teams that got it while others could be compared."""
    n_never: int
    last_day: int
    """The last day on which others still worked the manual way."""
    left_out: tuple[str, ...] = ()
    """What does not count: '12 cases of no known team'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each entry of the panel counts in the figures."""

    effect: Floats
    baseline: Floats
    regression: Regression
    """Of all entries: teams, periods, and the effect by time since the rollout."""
    before: Regression
    """Of the entries without the system alone: teams and periods."""
    precision: Floats
    shocks: Shocks


def rollout_of(  # noqa: PLR0911  one reason each
    cases: Cases, statistic: Statistic
) -> Rollout | tuple[str, str]:
    """Return what can be compared, or why nothing can and what to do about it."""
    if cases.team is None or cases.rolled_out is None:
        return (
            "it is not known which team did each case and when the team got the system",
            "Name the column with the team and give value.rollout.",
        )
    starts = cases.rolled_out
    if cases.is_control is not None:
        starts = np.where(cases.is_control, NEVER, starts)
    known = cases.team >= 0
    if not known.any():
        return "no case has a team", "Name the column with the team in value.records."
    left_out = [] if known.all() else [f"{int((~known).sum()):,} cases of no known team"]
    cases, starts = cases.where(known), starts[known]

    codes = np.asarray(cases.team)
    names, team = np.unique(codes, return_inverse=True)
    rollout = np.full(len(names), NEVER)
    np.minimum.at(rollout, team, starts)
    first = np.full(len(names), NEVER)
    np.minimum.at(first, team, cases.day)
    kept = first < rollout
    if not kept.all():
        chosen = kept[team]
        left_out.append(
            f"{int((~chosen).sum()):,} cases of {int((~kept).sum())} of the teams, which have none "
            "from before they got it"
        )
        cases, team = cases.where(chosen), team[chosen]
        rollout, team = rollout[kept], (np.cumsum(kept) - 1)[team]
    if len(rollout) < FEWEST_TEAMS:
        return _too_few(len(rollout))

    kind = statistic.kind
    fewest = fewest_cases(statistic.quantile or 0.5) if kind == "quantile" else FEWEST_A_WEEK
    panel = panel_of(cases, team.astype(np.int64), rollout, statistic, fewest=fewest)
    if kind == "quantile" and np.median(panel.n) < fewest:
        return (
            f"teams have {np.median(panel.n):.0f} cases in four weeks, and a quantile so far out "
            f"needs {fewest}",
            "Measure the mean or the median instead.",
        )
    panel = _comparable(panel)
    got_it = np.unique(panel.team[panel.treated])
    others = {int(each) for each in _manual_meanwhile(panel)}
    if len(got_it) < FEWEST_ON_A_SIDE or len(others) < FEWEST_ON_A_SIDE:
        return _too_few_sides(len(got_it), len(others))
    first_rollout = int(rollout.min())
    if (first_rollout - panel.begins) / panel.days < FEWEST_PERIODS_BEFORE:
        return (
            f"the records hold only {first_rollout - panel.begins} days from before the first team "
            "got the system",
            "Add the records of the months before the rollout.",
        )
    compared = panel.begins + (int(panel.period[panel.treated].max()) + 1) * panel.days - 1
    return Rollout(
        cases=cases,
        team=team.astype(np.int64),
        panel=panel,
        treated_teams=got_it,
        n_never=int(np.sum(rollout > int(cases.day.max()))),
        last_day=min(compared, int(cases.day.max())),
        left_out=tuple(left_out),
    )


def fewest_cases(quantile: float) -> int:
    """Return how many cases a team's period must hold for a quantile: two beyond it."""
    return int(np.ceil(2 / min(quantile, 1 - quantile) - 1e-9))


def weights_of(rollout: Rollout) -> Weights:
    """Return the weights of the imputation estimator, and what tells how sure they are.

    What each team would have done without the system is foretold from its own level and from how
    the others' weeks went, by cases without the system alone; the effect is the mean, over cases
    with it, of what was seen less what was foretold. Effects may differ by team and grow or fade.
    Source: Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285.
    """
    panel = rollout.panel
    columns = _teams_and_periods(panel)
    manual = ~panel.treated
    first = np.where(manual, 1 / np.maximum(panel.chance, 1e-300), 0.0)
    if not panel.chance.any():
        first = manual.astype(float)
    first /= first.max()
    shocks = _learn(panel, columns, first)
    noise = panel.chance + shocks.variance
    precision = 1 / noise if noise.all() else np.ones(len(noise))
    precision = precision / precision.max()
    shocks = _learn(panel, columns, np.where(manual, precision, 0.0))

    before = Regression(panel, columns, np.where(manual, precision, 0.0), shocks)
    counted = np.where(panel.treated, panel.weight, 0.0)
    counted /= counted.sum()
    effect = counted - before.coefficient_weights(columns.T @ counted)
    full = np.column_stack([columns, _lag_columns(panel)])
    return Weights(
        effect=effect,
        baseline=_baseline(panel, counted),
        regression=Regression(panel, full, precision, shocks),
        before=before,
        precision=precision,
        shocks=shocks,
    )


def _learn(panel: Panel, columns: Floats, weight: Floats) -> Shocks:
    manual = ~panel.treated
    regression = Regression(panel, columns, weight, Shocks(variance=0.0, memory=0.0))
    rest = regression.left_over(panel.value)[manual]
    n_coefficients = len(np.unique(panel.team[manual])) + len(np.unique(panel.period[manual])) - 1
    return shocks_of(panel.where(manual), rest, n_coefficients)


def _teams_and_periods(panel: Panel) -> Floats:
    periods, period = np.unique(panel.period, return_inverse=True)
    columns = np.zeros((len(panel.team), panel.n_teams + len(periods)))
    columns[np.arange(len(panel.team)), panel.team] = 1
    columns[np.arange(len(panel.team)), panel.n_teams + period] = 1
    return columns


def _lag_columns(panel: Panel) -> Floats:
    """Return one column for each span of time since the rollout that several teams have reached."""
    lag = np.where(panel.treated, panel.lag, -1.0)
    edges = [0.0]
    enough = min(3, len(np.unique(panel.team[panel.treated])))
    edges += [
        float(edge)
        for edge in LAGS
        if len(np.unique(panel.team[panel.treated & (lag >= edge)])) >= enough
    ]
    span = np.searchsorted(edges, np.maximum(lag, 0.0), side="right") - 1
    columns = np.zeros((len(lag), len(edges)))
    columns[np.arange(len(lag)), span] = panel.treated
    return columns


def _baseline(panel: Panel, counted: Floats) -> Floats:
    """Return the weights of the treated teams' own manual cases, each team as its treated cases."""
    share = np.bincount(panel.team, counted, panel.n_teams)
    manual = np.where(panel.treated, 0.0, panel.weight)
    total = np.bincount(panel.team, manual, panel.n_teams)
    return np.asarray(manual / np.maximum(total, 1e-300)[panel.team] * share[panel.team])


def _comparable(panel: Panel) -> Panel:
    """Leave out treated entries of periods in which fewer than two teams worked the manual way."""
    n_periods = int(panel.period.max()) + 1
    pairs = np.unique(np.column_stack([panel.period, panel.team])[~panel.treated], axis=0)
    teams = np.bincount(pairs[:, 0], minlength=n_periods)
    return panel.where(~panel.treated | (teams[panel.period] >= FEWEST_ON_A_SIDE))


def _manual_meanwhile(panel: Panel) -> Ints:
    if not panel.treated.any():
        return np.zeros(0, dtype=np.int64)
    since = int(panel.period[panel.treated].min())
    meanwhile: Flags = ~panel.treated & (panel.period >= since)
    return np.unique(panel.team[meanwhile])


def _too_few(n: int) -> tuple[str, str]:
    there = "is 1 team" if n == 1 else f"are {n} teams"
    return (
        f"there {there} with cases from before the system, and with fewer than "
        f"{FEWEST_TEAMS} a team's own story cannot be told from the system",
        "Let cases or days be drawn within the teams, or compare before and after.",
    )


def _too_few_sides(got_it: int, others: int) -> tuple[str, str]:
    teams = "1 team" if got_it == 1 else f"{got_it} teams"
    rest = "1 other" if others == 1 else f"{others} others"
    return (
        f"{teams} got the system while {rest} could be compared with them, and at least "
        f"{FEWEST_ON_A_SIDE} of each are needed",
        "Let some teams begin later, or let cases be drawn within the teams.",
    )
