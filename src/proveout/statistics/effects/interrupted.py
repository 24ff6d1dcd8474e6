"""Before and after: the step in a figure on the day of the rollout (interrupted time series).

Nothing was drawn by lot, so that all that moved the figure on its own must be told apart: trends,
seasons, weeks that resemble each other, other changes. Only a step on that very day counts; what
moves slowly is never the system's merit, neither before nor after. How the step is found stands in
`steps`; where a part of the business never had the system, its series is taken off first
(comparative interrupted time series; Lopez Bernal, Cummins and Gasparrini 2018, Int. J. Epidemiol.
47, 2082-2093).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Floats, Statistic
from proveout.statistics.effects.estimate import Estimate, Figure, Refusal
from proveout.statistics.effects.interrupted_assumptions import Looked, placebo, statements
from proveout.statistics.effects.periods import WEEK, Series, days_of_period, series_of
from proveout.statistics.effects.rivals import CLEARLY, NO_WORSE, Rival, best_rival
from proveout.statistics.effects.steps import Found, Question, find_step, merged

FEWEST_BEFORE = 12
FEWEST_AFTER = 6
"""Periods; with fewer a line before or after is no more than a guess."""
MOST_BEFORE = 156
MOST_AFTER = 52
"""Weeks: what is further away says little about that day."""
YEAR = 365.25 / WEEK
OTHER_ALONE = 0.3
OTHER_WITH_CONTROL = 0.15
"""How likely it is taken to be, before any figure is seen, that something else had set in within
the year before the rollout: the allowance for having no control series."""
MOST_OTHER = 0.5
"""Probability of that after all figures are seen, from which on no figure is given."""
SLOPE_CONFIDENCE = 0.9
"""Of the interval that tells a new trend since the rollout."""
MOST_SEASON = 0.8
"""Probability of a season that is larger than the noise; with less than a year that is too much."""
MOST_GAPS = 0.25
_HELD_AGAINST = (
    "Bring a control series: teams that do the same work and never have the system. Or roll out "
    "team by team, or draw cases by lot."
)


def estimate(
    cases: Cases,
    statistic: Statistic,
    *,
    confidence: float,
    seed: int,  # noqa: ARG001 - all designs are called alike
    rolled_out: int,
    season_days: float | None = None,
    settle_days: int = 0,
) -> Estimate | Refusal:
    """Return the step on the day `rolled_out`, or why there is none to be given.

    `season_days` is the length of a season besides week and year; the `settle_days` after the
    rollout, in which people still learn, are left out. `seed` is not used: nothing is drawn.
    """
    mature = _mature(cases, statistic)
    if isinstance(mature, Refusal):
        return mature
    known, last = mature
    touched = known if known.is_control is None else known.where(~known.is_control)
    control = None if known.is_control is None else known.where(known.is_control)
    days = max(
        days_of_period(each, statistic)
        for each in (touched, control)
        if each is not None and len(each)
    ) if len(touched) else WEEK  # fmt: skip
    begins = rolled_out + settle_days
    series = _around(touched, statistic, rolled_out=rolled_out, begins=begins, days=days, last=last)
    beside = None
    if control is not None and len(control):
        beside = _around(
            control, statistic, rolled_out=rolled_out, begins=begins, days=days, last=last
        )
        series, beside = _both(series, beside)
    refused = _too_little(series, begins, days)
    if refused is not None:
        return refused
    at = (series.begins - begins + days / 2) / WEEK
    seasons = (YEAR,) if season_days is None else (YEAR, season_days / WEEK)
    figures = _figures(at, series)
    found = _found(series, beside, at, figures=figures, seasons=seasons)
    tried = placebo(
        [
            replace(each, seasons=seasons)
            for each in _questions(series, beside, at, figures=figures, seasons=seasons)
        ]
    )
    looked = Looked(
        found=found, tried=tried, touched=touched, rolled_out=begins,
        has_control=beside is not None,
        statistic=statistic, weeks=float(at[-1] - at[0]), days=days,
        weeks_after=float(at[-1]), control_step=_control_step(beside, at, figures, seasons),
    )  # fmt: skip
    assumptions = statements(looked)
    refused = _on_the_move(looked)
    if refused is not None:
        return replace(refused, assumptions=assumptions)
    baseline, effect, level = (_figure(found, index, confidence) for index in (1, 0, 2))
    refused = None
    if effect.low > 0 or effect.high < 0:
        asked = _questions(series, beside, at, figures=figures, seasons=seasons)
        refused = _told_otherwise(best_rival(asked), has_control=beside is not None)
    if refused is not None:
        return replace(refused, assumptions=assumptions)
    before = at < 0
    return Estimate(
        design="before-after",
        baseline=baseline, effect=effect, level=level, share=_share(baseline, effect),
        confidence=confidence,
        n_with=int(series.n[~before].sum()), n_without=int(series.n[before].sum()),
        n_clusters=len(series),
        method="regression with autoregressive errors, averaged over memory, seasons and other "
        f"changes; t({found.freedom:.0f})",
        sentence=_sentence(before, days, has_control=beside is not None),
        assumptions=assumptions,
        details={
            "days": days,
            "begins": [int(each) for each in series.begins],
            "value": [float(each) for each in series.value],
            "control": None if beside is None else [float(each) for each in beside.value],
            "memory": found.memory, "season": found.season, "other": found.other,
            "placebos": [
                {"weeks_before": each.weeks_before, "value": each.value, "low": each.low,
                 "high": each.high}
                for each in tried
            ],
        },
    )  # fmt: skip


def _mature(cases: Cases, statistic: Statistic) -> tuple[Cases, int | None] | Refusal:
    """Return cases whose figure is known, and the last day up to which all are."""
    last = cases.as_of
    if cases.is_open is None or not cases.is_open.any():
        return cases, last
    if statistic.kind != "quantile" and statistic.horizon is None:
        return Refusal(
            design="before-after",
            why="some cases are still open, and a mean of their times is not known without a "
            "longest time that is counted",
            next_step="Give the KPI a horizon, or take its median.",
        )
    if statistic.horizon is not None:
        unknown = cases.is_open & (cases.value < statistic.horizon)
        reach = 0 if cases.days_per_unit is None else statistic.horizon * cases.days_per_unit
        end = int(cases.day.max()) if last is None else last
        last = int(np.floor(end - reach))
        if (unknown & (cases.day <= last)).any():
            share = float(unknown[cases.day <= last].mean())
            if share > 0.02:
                return Refusal(
                    design="before-after",
                    why=f"{share:.0%} of the cases that are old enough are open without their time "
                    "being known",
                    next_step="Find out when these cases ended, or close them in the record.",
                )
        return cases.where((cases.day <= last) & ~unknown), last
    return _known_quantiles(cases, cases.is_open, last, statistic)


def _known_quantiles(
    cases: Cases, is_open: Flags, last: int | None, statistic: Statistic
) -> tuple[Cases, int | None] | Refusal:
    """Return the weeks whose quantile is the same whether open cases end now or never."""
    never = replace(cases, value=np.where(is_open, np.inf, cases.value))
    now, late = (
        series_of(each, statistic, origin=int(cases.day.min()), days=WEEK, last=last)
        for each in (cases, never)
    )
    told = now.value == late.value
    if not told.any():
        return Refusal(
            design="before-after", why="in no week are enough cases closed to tell the figure",
            next_step="Wait until more cases are closed, or take a lower quantile.",
        )  # fmt: skip
    end = int(now.begins[np.flatnonzero(told)[-1]]) + WEEK - 1
    if (~told[now.begins <= end]).mean() > 0.05:
        return Refusal(
            design="before-after", why="in many weeks too few cases are closed to tell the figure",
            next_step="Take a lower quantile, or a mean with a horizon.",
        )  # fmt: skip
    return cases.where(cases.day <= end), end


def _around(
    cases: Cases, statistic: Statistic, *, rolled_out: int, begins: int, days: int,
    last: int | None,
) -> Series:  # fmt: skip
    """Return the periods up to the rollout and from the day on which all had settled."""
    before = cases.where(cases.day < rolled_out)
    after = cases.where(cases.day >= begins)
    end = (int(cases.day.max()) if len(cases) else begins) if last is None else last
    first = series_of(before, statistic, origin=rolled_out, days=days, last=rolled_out - 1)
    # Nobody may have come on the very day: a holiday, a weekend. The week counts all the same.
    second = series_of(after, statistic, origin=begins, days=days, first=begins, last=end)
    first = first.where(first.begins >= rolled_out - WEEK * MOST_BEFORE)
    second = second.where((second.begins >= begins) & (second.begins < begins + WEEK * MOST_AFTER))
    return Series(
        begins=np.concatenate([first.begins, second.begins]),
        value=np.concatenate([first.value, second.value]),
        n=np.concatenate([first.n, second.n]),
        noise=np.concatenate([first.noise, second.noise]),
    )


def _both(first: Series, second: Series) -> tuple[Series, Series]:
    """Return the periods that both series have."""
    return (
        first.where(np.isin(first.begins, second.begins)),
        second.where(np.isin(second.begins, first.begins)),
    )


def _too_little(series: Series, begins: int, days: int) -> Refusal | None:
    before = int((series.begins < begins).sum())
    after = len(series) - before
    unit = "weeks" if days == WEEK else f"periods of {days} days"
    if before < FEWEST_BEFORE or after < FEWEST_AFTER:
        return Refusal(
            design="before-after",
            why=f"there are {before} {unit} before the rollout and {after} after it; a line before "
            f"and a line after need at least {FEWEST_BEFORE} and {FEWEST_AFTER}",
            next_step=(
                "Bring records from longer before the rollout."
                if before < FEWEST_BEFORE
                else "Wait until the system has been in use for longer."
            ),
        )
    gaps = 1 - len(series) / ((int(series.begins[-1]) - int(series.begins[0])) / days + 1)
    if gaps > MOST_GAPS:
        return Refusal(
            design="before-after", why=f"{gaps:.0%} of the {unit} hold no case",
            next_step="Bring records without gaps, or count the figure over a longer time.",
        )  # fmt: skip
    if float(np.ptp(series.value)) == 0:
        return Refusal(
            design="before-after", why="the figure is the same in all of them",
            next_step="Look whether the right column was taken.",
        )  # fmt: skip
    return None


def _figures(at: Floats, series: Series) -> Floats:
    """Return effect, baseline, level, change of slope as they follow from a fit.

    The baseline is that of the last year before the rollout, each case counted once.
    """
    before = (at < 0) & (at >= -YEAR)
    asked = np.zeros((4, 4 + len(at)))
    asked[[0, 2], 2] = 1
    asked[1:3, 4:][:, before] = series.n[before] / series.n[before].sum()
    asked[3, 3] = 1
    return asked


def _questions(
    series: Series, beside: Series | None, at: Floats, *, figures: Floats,
    seasons: tuple[float, ...],
) -> list[Question]:  # fmt: skip
    """Return the series as it is, or less the control series in each way that may be right.

    What befalls both may add the same to both, or move both by the same part; where these differ
    the figures tell which.
    """
    if beside is None:
        return [
            Question(at=at, value=series.value, noise=series.noise, figures=figures,
                     seasons=seasons, other=OTHER_ALONE)
        ]  # fmt: skip
    before = at < 0
    own, other = float(series.value[before].mean()), float(beside.value[before].mean())
    scales = [1.0]
    if own > 0 and other > 0 and abs(own / other - 1) > 0.02:
        scales.append(own / other)
    return [
        Question(
            # Less what the control does beyond its own mean: the level stays the series' own.
            at=at, value=series.value - scale * (beside.value - other),
            noise=series.noise + scale**2 * beside.noise, figures=figures, seasons=seasons,
            other=OTHER_WITH_CONTROL,
        )
        for scale in scales
    ]  # fmt: skip


def _found(
    series: Series, beside: Series | None, at: Floats, *, figures: Floats,
    seasons: tuple[float, ...],
) -> Found:  # fmt: skip
    asked = _questions(series, beside, at, figures=figures, seasons=seasons)
    return merged([find_step(each) for each in asked])


def _control_step(
    beside: Series | None, at: Floats, figures: Floats, seasons: tuple[float, ...]
) -> tuple[float, float, float] | None:
    """Return the control's own step on that day, with its 95 % interval."""
    if beside is None:
        return None
    found = _found(beside, None, at, figures=figures, seasons=seasons)
    return (found.mean(0), *found.interval(0, 0.95))


def _on_the_move(looked: Looked) -> Refusal | None:
    found = looked.found
    other = 1 - found.other["none"]
    if other > MOST_OTHER and not looked.has_control:
        what = "had already stepped" if found.other["step"] > found.other["bend"] else "was already"
        rest = "" if what == "had already stepped" else " on the move"
        return Refusal(
            design="before-after",
            why=f"the figure {what}{rest} about {found.other_at} weeks before the rollout "
            f"(probability {other:.0%}), so that a step on that day cannot be told from it",
            next_step=_HELD_AGAINST,
        )
    low, high = found.interval(3, SLOPE_CONFIDENCE)
    value = found.mean(0)
    if not looked.has_control and ((value < 0 and high < 0) or (value > 0 and low > 0)):
        return Refusal(
            design="before-after",
            why=f"since the rollout the figure moves on by {abs(found.mean(3)):.3g} a week beyond "
            "its trend from before, the same way as the step; a trend that began about then by "
            "itself would look alike",
            next_step=_HELD_AGAINST,
        )
    if found.season > MOST_SEASON and looked.weeks < YEAR:
        return Refusal(
            design="before-after",
            why=f"the figure goes up and down with the season, and {looked.weeks + 1:.0f} weeks do "
            "not show a whole year",
            next_step="Bring records of at least a year, or a control series that goes through the "
            "same season.",
        )
    failed = [each for each in looked.tried if each.is_found]
    if failed:
        return Refusal(
            design="before-after",
            why="on other days before the rollout, when nothing was rolled out, the same reckoning "
            f"finds steps as well (first {failed[0].weeks_before:.0f} weeks before it)",
            next_step="Bring a control series, or roll out team by team, or draw cases by lot.",
        )
    return None


def _told_otherwise(rival: Rival | None, *, has_control: bool) -> Refusal | None:
    """Return why a step is not told: another story tells the figures about as well."""
    needed = NO_WORSE if has_control else CLEARLY
    if rival is None or rival.odds >= needed:
        return None
    return Refusal(
        design="before-after",
        why="the figure changed, but not clearly on the day of the rollout: that "
        f"{rival.told}, tells it about as well (odds of {rival.odds:.2g} to 1 for the day, and "
        f"{needed:.2g} are asked for)",
        next_step="Roll out team by team, or draw cases by lot." if has_control else _HELD_AGAINST,
    )


def _figure(found: Found, index: int, confidence: float) -> Figure:
    low, high = found.interval(index, confidence)
    return Figure(value=found.mean(index), low=low, high=high)


def _share(baseline: Figure, effect: Figure) -> Figure | None:
    """Return the effect as a share; the baseline's own doubt is small beside that of the effect."""
    if baseline.low <= 0:
        return None
    return Figure(
        value=effect.value / baseline.value, low=effect.low / baseline.value,
        high=effect.high / baseline.value,
    )  # fmt: skip


def _sentence(before: np.ndarray[tuple[int], np.dtype[np.bool_]], days: int, *,
              has_control: bool) -> str:  # fmt: skip
    unit = "weeks" if days == WEEK else f"periods of {days} days"
    told = (
        f"The {int((~before).sum())} {unit} since the rollout were compared with the "
        f"{int(before.sum())} before it; trend and season were taken out, and only a step on that "
        "day counts."
    )
    if has_control:
        return f"{told} What the teams without the system went through was taken off first."
    return f"{told} No control series: another change on the same day would be taken for it."
