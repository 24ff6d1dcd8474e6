"""How little of a damage breaks a limit, and what happens from little to much. Pure.

A system that answers row by row has answered every row that was hit once and for all. Where rows
are hit at random, each is as likely to be hit as any other, so that the expected figure at a share
`s` of damaged records is a straight line in `s`, from the rows as they are to what the damage does
to a row that it hits; all answers that were got give its slope. Where rows are picked by what is in
them, the line is no straight one: there the rows are followed one by one in the order in which they
are picked. Nobody is asked anew for any of it.

The breaking severity is where the line meets the limit. Its interval is the set of severities at
which the interval of the figure holds the limit (the inversion of a test, Fieller 1954 for the
straight line); it covers as often as the intervals of the figures do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtri

from proveout.checks.stress.figures import Figure
from proveout.checks.stress.trial import Inquiry
from proveout.evidence.model import Interval
from proveout.statistics import paired_difference, paired_relative_increase, wilson
from proveout.statistics.scores import FEWEST_FOR_MEAN, is_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Measure = Literal["quality-drop", "silent-failure"]

SEVERITIES = (0.01, 0.02, 0.05, 0.10, 0.25, 0.50)
"""At which a curve is told."""

FEWEST_OF_SHARES = 10
"""Damaged records below which no share says anything; amounts need more, see FEWEST_FOR_MEAN."""

STEPS = 60
"""How finely the order of picked rows is searched before it is halved further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """The smallest share of damaged records at which a limit is broken."""

    severity: float
    low: float
    """It may be broken from here on."""
    high: float
    """It is broken from here on at the latest; the greatest share known where that is open."""
    is_open: bool
    """`high` is only where knowledge ends."""
    n: int
    """Damaged records that were answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What one kind of damage does, row by row."""

    is_random: bool
    """The rows that are hit are drawn at random, and not picked."""
    is_share: bool
    """Loss is 0 to 1 for each row; else it is an error in the unit of the label."""
    places: NDArray[np.intp]
    """Positions of the rows that were hit, in the order in which they are."""
    loss: Floats
    """Of all rows as they are; NaN where an amount was not answered."""
    loss_hit: Floats
    """Of the rows that were hit, in order."""
    silent: NDArray[np.bool_] | None
    silent_hit: NDArray[np.bool_] | None
    stated: Floats
    """Confidence of all rows as they are; NaN where there was none."""
    stated_hit: Floats

    @property
    def greatest(self) -> float:
        """The greatest share of damaged records about which anything is known."""
        return 1.0 if self.is_random else len(self.places) / len(self.loss)

    def figure(self, measure: Measure, severity: float, *, level: float = 0.95) -> Figure | None:
        """Tell a figure at a share of damaged records; None where it cannot be had."""
        if measure == "silent-failure":
            return self._silent_at(severity, level)
        return self._drop_at(severity, level)

    def believed(self, severity: float) -> tuple[float, float] | None:
        """Tell what the system believes of itself, and how good it is, at a share."""
        before, after = self.stated[self.places], self.stated_hit
        both = ~np.isnan(before) & ~np.isnan(after)
        if not self.is_share or both.sum() < FEWEST_FOR_MEAN:
            return None
        quality, belief = 1 - float(self.loss.mean()), float(np.nanmean(self.stated))
        if self.is_random:
            worse = float((self.loss_hit - self.loss[self.places]).mean())
            surer = float((after - before)[both].mean())
            return belief + severity * surer, quality - severity * worse
        k = self._n_hit(severity)
        stated, loss = self.stated.copy(), self.loss.copy()
        stated[self.places[:k]], loss[self.places[:k]] = after[:k], self.loss_hit[:k]
        return float(np.nanmean(stated)), 1 - float(loss.mean())

    def _drop_at(self, severity: float, level: float) -> Figure | None:
        if self.is_random:
            before, after = self.loss[self.places], self.loss_hit
        else:
            k = self._n_hit(severity)
            before, after = self.loss, self.loss.copy()
            after[self.places[:k]] = self.loss_hit[:k]
        known = ~np.isnan(before) & ~np.isnan(after)
        scale = self._part(severity, before, known) if self.is_random else 1.0
        if known.sum() < (FEWEST_OF_SHARES if self.is_share else FEWEST_FOR_MEAN):
            return None
        before, after = before[known], after[known]
        if self.is_share:
            value, interval = paired_difference(after, before, level=level)
        elif before.any() and after.any():
            value, interval = paired_relative_increase(before, after, level=level)
        else:
            return None
        return Figure(value=scale * value, interval=_scaled(interval, scale), n=len(before))

    def _part(self, severity: float, before: Floats, known: NDArray[np.bool_]) -> float:
        """Tell the part that damaged rows have in the figure: the severity, where all are answered.

        An amount that is no longer answered is compared with nothing; the fewer damaged rows are
        answered, the less they weigh beside those that were not hit.
        """
        if self.is_share:
            return severity
        damaged = severity * float(before[known].sum())
        sound = (1 - severity) * float(np.nansum(before))
        return damaged / (damaged + sound) if damaged + sound > 0 else severity

    def _silent_at(self, severity: float, level: float) -> Figure | None:
        if self.silent is None or self.silent_hit is None:
            return None
        if len(self.places) < FEWEST_OF_SHARES:
            return None
        n, hit = len(self.silent), len(self.places)
        if not self.is_random:
            silent = self.silent.copy()
            k = self._n_hit(severity)
            silent[self.places[:k]] = self.silent_hit[:k]
            count = int(silent.sum())
            return Figure(value=count / n, interval=wilson(count, n, level=level), n=n)
        before = self.silent[self.places].astype(float)
        change = self.silent_hit.astype(float) - before
        base = float(self.silent.mean())
        value = base + severity * float(change.mean())
        # The rows that were hit are among all rows, so that base and slope hang together.
        spread = (
            base * (1 - base) / n
            + severity**2 * float(change.var()) / hit
            + 2 * severity * float(np.mean((before - before.mean()) * change)) / n
        )
        half = float(ndtri((1 + level) / 2)) * math.sqrt(max(spread, 0.0))
        return Figure(
            value=value,
            interval=Interval(
                low=max(0.0, value - half),
                high=min(1.0, value + half),
                level=level,
                method="normal, along a line",
            ),
            n=hit,
        )

    def _n_hit(self, severity: float) -> int:
        return min(len(self.places), math.floor(severity * len(self.loss) + 0.5))


def effects_of(inquiry: Inquiry, *, is_random: bool) -> Effects | None:
    """Put the answers in the order in which rows are hit; None where a row came back twice."""
    clean, order = inquiry.clean.judged, inquiry.damaged.order
    arrived = np.concatenate([*inquiry.arrived, np.empty(0, dtype=np.intp)])
    if len(arrived) != len(order) or not len(order):
        return None
    where = np.empty(len(clean.loss), dtype=np.intp)
    where[arrived] = np.arange(len(arrived))

    def in_order(parts: list[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(parts)[where[order]]

    knows_wrong = clean.correct is not None
    return Effects(
        is_random=is_random,
        is_share=is_share(clean.task),
        places=order,
        loss=clean.loss,
        loss_hit=in_order([each.judged.loss for each in inquiry.asked]),
        silent=inquiry.clean.silent if knows_wrong else None,
        silent_hit=in_order([each.silent for each in inquiry.asked]) if knows_wrong else None,
        stated=np.where(clean.answered, clean.confidence, np.nan),
        stated_hit=in_order(
            [
                np.where(each.judged.answered, each.judged.confidence, np.nan)
                for each in inquiry.asked
            ]
        ),
    )


def breaking(
    effects: Effects, measure: Measure, limit: float, *, level: float = 0.95
) -> Breaking | None:
    """Find the smallest share of damaged records at which a limit is broken; None where none is."""
    greatest = effects.greatest

    def first(part: Callable[[Figure], float]) -> float | None:
        def is_broken(severity: float) -> bool:
            figure = effects.figure(measure, severity, level=level)
            return figure is not None and part(figure) > limit

        return _first(is_broken, greatest, is_straight=effects.is_random)

    found = first(lambda figure: figure.value)
    if found is None:
        return None
    low, high = (
        first(lambda figure: figure.interval.low),
        first(lambda figure: figure.interval.high),
    )
    return Breaking(
        severity=found,
        low=0.0 if high is None else min(high, found),
        high=greatest if low is None else max(low, found),
        is_open=low is None,
        n=len(effects.places),
    )


def curve(effects: Effects, measure: Measure) -> Iterator[dict[str, float]]:
    """Tell the figure from little damage to much, as far as it is known."""
    for severity in SEVERITIES:
        figure = effects.figure(measure, severity)
        if severity > effects.greatest or figure is None:
            return
        point = {
            "severity": severity,
            "value": figure.value,
            "low": figure.interval.low,
            "high": figure.interval.high,
        }
        believed = effects.believed(severity)
        if believed is not None:
            point["believed"], point["quality"] = believed
        yield point


def _first(
    is_broken: Callable[[float], bool], greatest: float, *, is_straight: bool
) -> float | None:
    """Find the first severity that breaks; straight lines break once, others are searched."""
    steps = [greatest] if is_straight else list(np.linspace(0, greatest, STEPS + 1)[1:])
    sound = 0.0
    for step in steps:
        if is_broken(step):
            return _halved(is_broken, sound, step)
        sound = step
    return None


def _halved(is_broken: Callable[[float], bool], sound: float, broken: float) -> float:
    for _ in range(14):
        middle = (sound + broken) / 2
        if is_broken(middle):
            broken = middle
        else:
            sound = middle
    return broken


def _scaled(interval: Interval, by: float) -> Interval:
    if by == 1.0:
        return interval
    return Interval(
        low=interval.low * by,
        high=interval.high * by,
        level=interval.level,
        method=f"{interval.method}, along a line",
    )
