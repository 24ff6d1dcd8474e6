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
        """Make it from daily counts."""
        each = tuple(sorted(days, key=lambda day: day.on))
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
    days = _by_day(counted, begins)
    courses = begin_lives(
        [pilot], harm=harm, labelled=labelled, grid=Grid.around(pilot.rate, harm=harm)
    )
    threshold, evidence, highest, alarmed = 1 / share, 1.0, 1.0, None
    for nth, (wrong, n) in enumerate(days):
        found = courses.next_day(
            np.array([wrong], float), np.array([n], float), weight=1 / life_days
        )
        evidence = float(found[0])
        highest = max(highest, evidence)
        if alarmed is None and evidence >= threshold:
            alarmed = nth
    since = None if alarmed is None else turned(days[: alarmed + 1], pilot.rate, harm=harm)
    counts = days[since:] if since is not None else days
    return RateWatch(
        evidence=evidence,
        highest=highest,
        threshold=threshold,
        alarmed_on=None if alarmed is None else begins + timedelta(days=alarmed),
        since=None if since is None else begins + timedelta(days=since),
        wrong=sum(wrong for wrong, _ in counts),
        n=sum(n for _, n in counts),
        days=sum(n > 0 for _, n in days),
    )


def begin_lives(
    pilots: Sequence[PilotRate],
    *,
    harm: float,
    grid: Grid,
    labelled: float = 1.0,
    lives: int = 1,
) -> Courses:
    """Begin to follow several lives at once on one grid, each with a pilot of its own.

    All pilots have the same days, or none has any. With one pilot it is that of all `lives`.
    """
    believed = np.repeat(grid.start()[None], len(pilots), axis=0)
    if len(pilots[0].days) >= FEWEST_DAYS:
        for week in _weeks(pilots):
            believed = learn(grid, believed, week)
    else:
        wrong = np.array([pilot.wrong for pilot in pilots], float)
        n = np.array([pilot.n for pilot in pilots], float)
        believed = learn_total(grid, believed, wrong, n, weeks=pilots[0].weeks)
    if labelled < 1:
        rate = float(np.mean([pilot.rate for pilot in pilots]))
        low = max((rate - (1 - labelled)) / labelled / rate, 1 / harm)
        believed = widened(grid, believed, low=low, high=min(1 / labelled, 0.9 / rate))
    return begin(grid, np.repeat(believed, lives, axis=0) if len(pilots) == 1 else believed)


def turned(days: Sequence[tuple[int, int]], rate: float, *, harm: float) -> int:
    """Return the day on which a rate most likely became `harm` times as high (CUSUM)."""
    high = min(rate * harm, 0.97)
    right, wrong = np.log((1 - high) / (1 - rate)), np.log(high / rate)
    best, total, since = 0.0, 0.0, len(days) - 1
    for back in range(len(days) - 1, -1, -1):
        k, n = days[back]
        total += k * wrong + (n - k) * right
        if total > best:
            best, since = total, back
    return since


def _weeks(pilots: Sequence[PilotRate]) -> list[list[tuple[Floats, Floats]]]:
    first = pilots[0].days[0].on
    weeks: dict[int, list[tuple[Floats, Floats]]] = {}
    for nth, day in enumerate(pilots[0].days):
        wrong = np.array([pilot.days[nth].wrong for pilot in pilots], float)
        n = np.array([pilot.days[nth].n for pilot in pilots], float)
        weeks.setdefault((day.on - first).days // WEEK, []).append((wrong, n))
    return list(weeks.values())


def _by_day(counted: Sequence[Counted], begins: date) -> list[tuple[int, int]]:
    """Return (wrong, n) of every day from the beginning to the last, days without cases too."""
    if not counted:
        return []
    found: dict[int, tuple[int, int]] = {}
    for day in counted:
        at = (day.on - begins).days
        if at < 0 or at in found or not 0 <= day.wrong <= day.n:
            msg = f"{day.on}: {day.wrong} wrong of {day.n} cannot be counted since {begins}"
            raise ValueError(msg)
        found[at] = (day.wrong, day.n)
    return [found.get(at, (0, 0)) for at in range(max(found) + 1)]
