"""Watch an error rate against that of a pilot, which is itself known from a finite sample only.

Null: the rate is that of the pilot, day by day with what quiet days and quiet weeks differ by
anyhow. Neither the rate nor these spreads are known: they are believed as far as the pilot's days
tell (beta-binomial days around a rate that a lognormal week moves), and quiet days in production
teach more. Harm: from one day on, the rate is `harm` times as high (bets also on less and more).

    M(day) = likelihood of all courses that turn harmful on some day of the life, and of those that
             have not yet, each with the weight of its day  /  likelihood of the quiet course

What is promised: if a rate is drawn from what the pilot leaves possible and never changes, the
probability that M EVER reaches 1/share within the life is at most the share (Ville; M is a ratio
of mixtures, as in Robbins and Siegmund, 1972, with the weights over days that `watch` describes).
That is an average over such rates and spreads, not a bound for each of them: how it comes out at
fixed ones is measured in benchmarks/lives and tests/coverage. Bets on a likelihood ratio grow
fastest (Waudby-Smith and Ramdas, JRSS B 2024; Podkopaev and Ramdas, "Tracking the risk of a
deployed model", ICLR 2022, who test a mean against a bound that is known).

The state is the list of daily counts: nothing else is needed to carry on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from proveout.statistics.sequential._courses import (
    WEEK,
    Courses,
    begin,
    learn,
    learn_total,
    widened,
)
from proveout.statistics.sequential._grid import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_DAYS = 7
"""With fewer days a pilot says nothing of how days differ, and only its sum is used."""

USUAL_WEEKS = 4.0
"""Over so many weeks a pilot's sample is taken to reach where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one day brought."""

    on: date
    wrong: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotRate:
    """How often the pilot was wrong, and how its days differed, where that is known."""

    wrong: int
    n: int
    days: tuple[Counted, ...] = ()
    """The same by day; with fewer than FEWEST_DAYS days only the sum is used."""
    weeks: float = USUAL_WEEKS
    """Over how many weeks the sample reaches, where there are no days."""

    def __post_init__(self) -> None:
        """Refuse what is no rate. Raises ValueError."""
        if self.n <= 0 or not 0 <= self.wrong <= self.n:
            msg = f"{self.wrong} wrong of {self.n} is no error rate"
            raise ValueError(msg)

    @classmethod
    def of_days(cls, days: Iterable[Counted]) -> PilotRate:
        """Make it from daily counts. Raises ValueError on a day given twice or no sound counts."""
        each = tuple(sorted(days, key=lambda day: day.on))
        for nth, day in enumerate(each):
            if not _is_count(day) or (nth and each[nth - 1].on == day.on):
                msg = f"{day.on}: {day.wrong} wrong of {day.n} is no count, or a second one"
                raise ValueError(msg)
        return cls(wrong=sum(d.wrong for d in each), n=sum(d.n for d in each), days=each)

    @property
    def rate(self) -> float:
        """The share of wrong ones; half an error is added, so that it is never zero."""
        return (self.wrong + 0.5) / (self.n + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWatch:
    """What the days so far say."""

    evidence: float
    """Now: 1 says nothing, `threshold` is an alarm."""
    highest: float
    """The most it ever was: an alarm stays one until somebody resolves it."""
    threshold: float
    alarmed_on: date | None
    since: date | None
    """From which day on the rate is probably higher; None without alarm."""
    wrong: int
    n: int
    """Since `since`, or since the beginning where there is no alarm."""
    days: int
    """Days with at least one case."""

    @property
    def is_alarm(self) -> bool:
        """Tell whether the evidence has ever sufficed."""
        return self.alarmed_on is not None

    @property
    def rate(self) -> float | None:
        """Share wrong among `n`; None where there are none."""
        return self.wrong / self.n if self.n else None


def watch_rate(
    pilot: PilotRate,
    counted: Sequence[Counted],
    *,
    share: float,
    begins: date,
    life_days: float = 365.0,
    harm: float = 2.0,
    labelled: float = 1.0,
) -> RateWatch:
    """Go through the days of a life so far and say whether the rate has become harmful.

    `labelled` is the share of answers whose truth becomes known at all. Below 1 those may be
    others than the rest, so that the rate among them may lie between (p - (1 - labelled)) /
    labelled and p / labelled without any change; the null then allows for all of these.
    Raises ValueError where a day lies before `begins`, is there twice, or has no sound counts.
    """
    _refuse(share=share, life_days=life_days, labelled=labelled)
    days = _by_day(counted, begins)
    courses = begin_lives(
        [pilot],
        harm=harm,
        labelled=labelled,
        grid=Grid.around(pilot.rate, harm=harm),
        begins=begins,
    )
    threshold, evidence, highest, alarmed = 1 / share, 1.0, 1.0, None
    since = None
    for nth, day in enumerate(days):
        found = courses.next_day(
            np.array([day.wrong], float),
            np.array([day.n], float),
            weight=1 / life_days,
            after=day.on.toordinal() - courses.day,
        )
        evidence = float(found[0])
        if alarmed is None and evidence >= threshold:
            since = turned([(day.wrong, day.n) for day in days[: nth + 1]], pilot.rate, harm=harm)
            alarmed = nth if since is not None else None
        if evidence < threshold or alarmed is not None:  # what has fallen is never harm
            highest = max(highest, evidence)
    counts = days[since if alarmed is not None else 0 :]
    return RateWatch(
        evidence=min(evidence, highest),
        highest=highest,
        threshold=threshold,
        alarmed_on=None if alarmed is None else days[alarmed].on,
        since=None if since is None else days[since].on,
        wrong=sum(day.wrong for day in counts),
        n=sum(day.n for day in counts),
        days=len(days),
    )


def begin_lives(
    pilots: Sequence[PilotRate],
    *,
    harm: float,
    grid: Grid,
    labelled: float = 1.0,
    lives: int = 1,
    begins: date | None = None,
) -> Courses:
    """Begin to follow several lives at once on one grid, each with a pilot of its own.

    All pilots have the same days, or none has any. With one pilot it is that of all `lives`.
    Lives begin on the same day; when unset, on that after the pilot's last.
    """
    start = np.repeat(grid.start()[None], len(pilots), axis=0)
    even = np.zeros(len(pilots))
    days = pilots[0].days
    if len(days) >= FEWEST_DAYS:
        each = [_learnt(grid, start, even, pilots, edge) for edge in range(WEEK)]
    else:
        wrong = np.array([pilot.wrong for pilot in pilots], float)
        n = np.array([pilot.n for pilot in pilots], float)
        each = [(learn_total(grid, start, wrong, n, weeks=pilots[0].weeks), even)] * WEEK
    if labelled < 1:
        rate = float(np.mean([pilot.rate for pilot in pilots]))
        low = max((rate - (1 - labelled)) / labelled / rate, 1 / harm)
        high = min(1 / labelled, 0.9 / rate)
        each = [(widened(grid, believed, low=low, high=high), log) for believed, log in each]
    if len(pilots) == 1:
        each = [(np.repeat(is_, lives, axis=0), np.repeat(log, lives)) for is_, log in each]
    first = begins or (days[-1].on + timedelta(days=1) if days else date(2001, 1, 1))
    return begin(grid, each, day=first.toordinal())


def _learnt(
    grid: Grid, believed: Floats, scale: Floats, pilots: Sequence[PilotRate], edge: int
) -> tuple[Floats, Floats]:
    for week in _weeks(pilots, edge):
        believed, scale = learn(grid, believed, scale, week)
    return believed, scale


def turned(days: Sequence[tuple[int, int]], rate: float, *, harm: float) -> int | None:
    """Return the day on which a rate most likely became `harm` times as high (CUSUM).

    None where it has not risen since any day.
    """
    high = min(rate * harm, (1 + rate) / 2)
    right, wrong = np.log((1 - high) / (1 - rate)), np.log(high / rate)
    best, total, since = 0.0, 0.0, None
    for back in range(len(days) - 1, -1, -1):
        k, n = days[back]
        total += k * wrong + (n - k) * right
        if total > best:
            best, since = total, back
    return since


def _weeks(pilots: Sequence[PilotRate], edge: int) -> list[list[tuple[Floats, Floats]]]:
    weeks: dict[int, list[tuple[Floats, Floats]]] = {}
    for nth, day in enumerate(pilots[0].days):
        wrong = np.array([pilot.days[nth].wrong for pilot in pilots], float)
        n = np.array([pilot.days[nth].n for pilot in pilots], float)
        weeks.setdefault((day.on.toordinal() - edge) // WEEK, []).append((wrong, n))
    return list(weeks.values())


def _by_day(counted: Sequence[Counted], begins: date) -> list[Counted]:
    """Return the days that had cases, in order."""
    found: dict[date, Counted] = {}
    for day in counted:
        if day.on < begins or day.on in found or not _is_count(day):
            msg = f"{day.on}: {day.wrong} wrong of {day.n} cannot be counted since {begins}"
            raise ValueError(msg)
        found[day.on] = day
    return [found[on] for on in sorted(found) if found[on].n]


def _is_count(day: Counted) -> bool:
    """Tell whether counts are whole and possible; NaN is neither."""
    return (
        0 <= day.wrong <= day.n < math.inf and day.wrong == int(day.wrong) and day.n == int(day.n)
    )


def _refuse(*, share: float, life_days: float, labelled: float) -> None:
    if not 0 < share < 1 or not 0 < life_days < math.inf or not 0 < labelled <= 1:
        msg = (
            f"no watch with a share of {share} (between 0 and 1), a life of {life_days} days "
            f"(above 0) and {labelled} of the answers labelled (above 0, at most 1)"
        )
        raise ValueError(msg)
