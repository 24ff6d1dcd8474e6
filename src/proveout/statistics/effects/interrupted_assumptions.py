"""What a before-and-after comparison rests on, tested as far as the cases allow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags, Statistic
from proveout.statistics.effects.estimate import Assumption
from proveout.statistics.effects.steps import Found, Question, find_step, merged

PLACEBOS = 4
"""Other days before the rollout on which the same reckoning is tried."""
AROUND = (12, 6)
"""Periods that there have to be before and after such a day."""
ERROR = 0.05
"""Of all placebos together, where nothing happened."""
YEAR = 52
MOST_MORE = 0.3
"""Change of the number of cases from which on they may be other cases."""
MOST_OTHER_KIND = 0.1
"""Standardised difference of a trait from which on they may be other cases (Austin 2009)."""
MOST_EARLY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Placebo:
    """A step that was looked for where nothing was rolled out."""

    weeks_before: float
    value: float
    low: float
    high: float

    @property
    def is_found(self) -> bool:
        """Whether the interval speaks of a step all the same."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that was seen."""

    found: Found
    tried: tuple[Placebo, ...]
    touched: Cases
    rolled_out: int
    has_control: bool
    statistic: Statistic
    weeks: float
    weeks_after: float
    days: int
    control_step: tuple[float, float, float] | None


def placebo(asked: list[Question]) -> tuple[Placebo, ...]:
    """Look for a step on earlier days, in what was before the rollout alone."""
    at = asked[0].at
    before = np.flatnonzero(at < 0)
    first, last = AROUND[0], len(before) - AROUND[1]
    if last < first:
        return ()
    places = np.unique(np.linspace(first, last, PLACEBOS).round().astype(int))
    # Days close together see the same weeks.
    kept = [int(places[0])]
    for place in places[1:]:
        if place - kept[-1] >= AROUND[1]:
            kept.append(int(place))
    told = []
    for place in kept:
        edge = (at[before[place - 1]] + at[before[place]]) / 2
        figures = np.zeros((1, 4 + len(before)))
        figures[0, 2] = 1
        found = merged(
            [
                find_step(
                    replace(
                        each, at=at[before] - edge, value=each.value[before],
                        noise=each.noise[before], figures=figures,
                    )
                )
                for each in asked
            ]
        )  # fmt: skip
        low, high = found.interval(0, 1 - ERROR / len(kept))
        told.append(Placebo(weeks_before=-float(edge), value=found.mean(0), low=low, high=high))
    return tuple(told)


def statements(looked: Looked) -> tuple[Assumption, ...]:
    """Return each assumption with what was seen of it."""
    told = [_other_change(looked), _earlier(looked), _placebos(looked), _season(looked)]
    told += [_lasts(looked), _same_cases(looked)]
    used = _used(looked)
    return (*told, *([used] if used is not None else []))


def _other_change(looked: Looked) -> Assumption:
    seen = "There is no control series, so that the cases cannot tell."
    state: Literal["untested", "holds", "doubtful"] = "untested"
    if looked.control_step is not None:
        value, low, high = looked.control_step
        moved = low > 0 or high < 0
        state = "doubtful" if moved else "holds"
        seen = (
            f"The teams without the system {'stepped' if moved else 'show no step'} on that day: "
            f"{value:.3g} ({low:.3g} to {high:.3g}); it was taken off."
        )
    return Assumption(
        name="no-other-change",
        statement="Nothing else that moves the figure changed on the day of the rollout.",
        state=state, seen=seen,
        breaks_by="A new rule, price, supplier or team that came on the same day.",
    )  # fmt: skip


def _earlier(looked: Looked) -> Assumption:
    found = looked.found
    other = 1 - found.other["none"]
    return Assumption(
        name="no-earlier-change",
        statement="The figure was not already on its way when the system came.",
        state="broken" if other > 0.5 else "doubtful" if other > 0.4 else "holds",
        seen=f"The chance that it had stepped or bent in the months before is {other:.0%}"
        + (f", most likely {found.other_at} weeks before." if other > 0.4 else "."),
        breaks_by="Another improvement that was begun some weeks before the rollout.",
    )


def _placebos(looked: Looked) -> Assumption:
    failed = [each for each in looked.tried if each.is_found]
    if not looked.tried:
        return Assumption(
            name="quiet-before", statement=_QUIET, state="untested",
            seen="There are too few weeks before the rollout to try other days.", breaks_by=_UNEASY,
        )  # fmt: skip
    return Assumption(
        name="quiet-before",
        statement=_QUIET,
        state="broken" if failed else "holds",
        seen=f"On {len(failed)} of {len(looked.tried)} other days before the rollout the same "
        "reckoning finds a step.",
        breaks_by=_UNEASY,
    )


def _season(looked: Looked) -> Assumption:
    weeks = looked.weeks + looked.days / 7
    whole = weeks >= YEAR
    return Assumption(
        name="seasons-alike",
        statement="The season of a year is like that of another.",
        state="untested" if weeks < 2 * YEAR else "holds",
        seen=f"The record holds {weeks:.0f} weeks"
        + (
            "." if weeks >= 2 * YEAR
            else ", so that no season is seen twice." if whole
            else ", less than a year; a season that is larger than the noise would show in it with "
            f"a chance of {looked.found.season:.0%} by what is seen."
        ),
        breaks_by="A busy time of the year that comes earlier, later or larger than before.",
    )  # fmt: skip


def _lasts(looked: Looked) -> Assumption:
    low, high = looked.found.interval(3, 0.95)
    value = looked.found.mean(0)
    fades = (value < 0 < low) or (value > 0 > high)
    return Assumption(
        name="lasts",
        statement="The step that came with the rollout is still there.",
        state="doubtful" if fades else "holds",
        seen=(
            f"Since then the figure moves back by {abs(looked.found.mean(3)):.3g} a week beyond "
            "the trend from before."
            if fades
            else f"In the {looked.weeks_after:.0f} weeks since then it does not move back."
        ),
        breaks_by="Novelty that wears off, or cases that were put off.",
    )


def _same_cases(looked: Looked) -> Assumption:
    day = looked.touched.day
    near = (day >= looked.rolled_out - 91) & (day < looked.rolled_out)
    after = day >= looked.rolled_out
    span = max(int(day.max()) - looked.rolled_out + 1, 1)
    before_rate = near.sum() / min(91, max(looked.rolled_out - int(day.min()), 1))
    more = float(after.sum() / span / before_rate - 1) if before_rate > 0 else 0.0
    apart, trait = _other_kind(looked.touched, near, after)
    if trait is None:
        kind = "Of what kind they are is not recorded."
    else:
        kind = (
            f"In '{trait}' they differ most, by {apart:.2f} standard deviations; that is not "
            "taken out."
        )
    changed = abs(more) > MOST_MORE or apart > MOST_OTHER_KIND
    return Assumption(
        name="same-cases",
        statement="The cases before and after are alike in number and kind.",
        state="doubtful" if changed else "untested" if trait is None else "holds",
        seen=f"There are {abs(more):.0%} {'more' if more > 0 else 'fewer'} cases a day than in the "
        f"quarter before the rollout. {kind}",
        breaks_by="Easier or harder cases that came or went with the rollout.",
    )


def _other_kind(cases: Cases, near: Flags, after: Flags) -> tuple[float, str | None]:
    """Return by how many standard deviations the trait differs that differs most, and its name."""
    worst: tuple[float, str | None] = (0.0, None)
    for place, name in enumerate(cases.trait_names if cases.traits is not None else ()):
        assert cases.traits is not None  # noqa: S101
        column = cases.traits[:, place]
        known = np.isfinite(column)
        first, second = column[near & known], column[after & known]
        if len(first) < 2 or len(second) < 2:
            continue
        spread = float(np.sqrt((first.var() + second.var()) / 2))
        apart = abs(float(second.mean() - first.mean())) / spread if spread > 0 else 0.0
        if worst[1] is None or apart > worst[0]:
            worst = (apart, name)
    return worst


def _used(looked: Looked) -> Assumption | None:
    after = looked.touched.day >= looked.rolled_out
    done = looked.touched.with_system if looked.touched.used is None else looked.touched.used
    early, used = float(done[~after].mean()), float(done[after].mean())
    return Assumption(
        name="from-that-day-on",
        statement="Before that day nobody had the system, and from it on all had it.",
        state="holds" if early <= MOST_EARLY and used >= 1 - MOST_EARLY else "doubtful",
        seen=f"{early:.0%} of the cases before and {used:.0%} of those since were done with it; "
        "the effect is that of the rollout, whoever used it.",
        breaks_by="A trial among some before the rollout, or people who go on without it.",
    )


_QUIET = "On days when nothing was rolled out there are no such steps."
_UNEASY = "A figure that jumps every now and then for reasons of its own."
