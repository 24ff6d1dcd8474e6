"""The chart that fits a figure: shares p, counted rates u, all else XmR."""

from __future__ import annotations

import numpy as np

from proveout.statistics.control_charts.chart import ControlChart, Kind, Point
from proveout.statistics.control_charts.limits import Limits, p_limits, u_limits, xmr_limits
from proveout.statistics.control_charts.signals import signals_of
from proveout.statistics.effects.cases import Cases, Flags, Statistic
from proveout.statistics.effects.periods import WEEK, Series, days_of_period, series_of

ENOUGH = 12
"""Points before the rollout from which on limits stand; with fewer they are provisional."""
FEWEST = 4
MOST = 52
"""Of many points before the rollout the last are taken: a year."""


def chart_of(
    cases: Cases, statistic: Statistic, *, rolled_out: int | None, days: int | None = None
) -> ControlChart | None:
    """Return the chart of a figure, week by week (four weeks together where cases are few).

    Limits come from the periods before the day of the rollout; where there is none, from all. Cases
    that are still open count as long as they are old; a period in which any is open that has not
    yet reached the figure's horizon is left out at the end. None with fewer than four periods.
    """
    closed = cases if cases.is_control is None else cases.where(~cases.is_control)
    if not len(closed):
        return None
    length = days_of_period(closed, statistic) if days is None else days
    origin = int(closed.day.min()) if rolled_out is None else rolled_out
    last = int(closed.day.max()) if closed.as_of is None else closed.as_of
    if closed.is_open is not None:
        last = min(last, _first_open(closed, closed.is_open, statistic) - 1)
    series = series_of(closed, statistic, origin=origin, days=length, last=last)
    if len(series) < FEWEST:
        return None
    is_after = np.zeros(len(series), dtype=np.bool_)
    if rolled_out is not None:
        is_after = series.begins >= rolled_out
    chosen = _chosen(is_after)
    kind, limits = _limits(closed, statistic, series, chosen)
    known = series.value[chosen]
    memory = _memory(known - known.mean())
    points = tuple(
        Point(day=int(day), value=float(value), low=float(low), high=float(high), n=int(n),
              is_after=bool(after))
        for day, value, low, high, n, after in zip(
            series.begins, series.value, limits.low, limits.high, series.n, is_after, strict=True
        )
    )  # fmt: skip
    n_limits = int(chosen.sum())
    return ControlChart(
        kind=kind, points=points, centre=limits.centre, days=length, rolled_out=rolled_out,
        n_limits=n_limits, is_provisional=n_limits < ENOUGH,
        overdispersion=limits.overdispersion, memory=memory,
        signals=signals_of(
            series.value, limits, is_after, lower_is_better=statistic.lower_is_better
        ),
        notes=_notes(limits, length, n_limits, memory, rolled_out, before=bool((~is_after).any())),
    )  # fmt: skip


def _first_open(cases: Cases, moves: Flags, statistic: Statistic) -> int:
    """Return the first day on which a case began that is open and may still change the figure."""
    if statistic.horizon is not None:
        moves = moves & (cases.value < statistic.horizon)
    return int(cases.day[moves].min()) if moves.any() else int(cases.day.max()) + 2 * WEEK


def _chosen(is_after: Flags) -> Flags:
    """The last year before the rollout; all where there is too little before."""
    before = np.flatnonzero(~is_after)[-MOST:]
    chosen = np.zeros(len(is_after), dtype=np.bool_)
    chosen[before if len(before) >= FEWEST else slice(None)] = True
    return chosen


def _limits(
    cases: Cases, statistic: Statistic, series: Series, chosen: Flags
) -> tuple[Kind, Limits]:
    exposure = 1.0 / series.noise
    if statistic.kind == "share":
        limits = p_limits(series.value * exposure, exposure, chosen)
        return ("p-prime" if limits.overdispersion > 1 else "p"), limits
    counted = bool(np.all(cases.value == np.round(cases.value)) and np.all(cases.value >= 0))
    if statistic.kind == "rate" and counted:
        limits = u_limits(series.value * exposure, exposure, chosen)
        return ("u-prime" if limits.overdispersion > 1 else "u"), limits
    return "xmr", xmr_limits(series.value, chosen)


def _memory(away: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    whole = float(away @ away)
    return float(away[1:] @ away[:-1]) / whole if whole > 0 else 0.0


def _notes(
    limits: Limits, days: int, n: int, memory: float, rolled_out: int | None, *, before: bool
) -> tuple[str, ...]:
    period = "weeks" if days == WEEK else f"periods of {days} days"
    told = []
    if rolled_out is None or not before:
        told.append(f"Centre and limits come from all {n} {period}, for want of a rollout for all.")
    elif n < ENOUGH:
        told.append(
            f"Centre and limits come from {n} {period} and are provisional: from {ENOUGH} on they "
            "stand."
        )
    else:
        told.append(f"Centre and limits come from the {n} {period} before the rollout.")
    if limits.overdispersion > 1:
        told.append(
            f"From one to the next it varies {limits.overdispersion:.1f} times as much as by pure "
            "chance, and the limits are as much wider."
        )
    if memory > 2 / np.sqrt(n):
        told.append(
            "Neighbouring points are alike, so that signals come more often by chance alone than "
            "they should; weigh a run by its length."
        )
    return tuple(told)
