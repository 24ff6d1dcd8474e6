"""What the system did, where it was drawn, or took turns, which cases had it.

The strongest design: nothing but the draw decides who has it, so whatever else changes, changes
both sides alike. All cases count on the side that was drawn for them (intention to treat).

The draw makes the difference between the sides uncertain, so its interval rests on what was drawn:
cases, people, teams, days. The figure of each side by itself is that of these teams, and days on
which everything went well or badly add to its interval. See docs/value-statistics.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.adjusting import CLUSTERS_PER_COLUMN, Adjusted, adjust, columns
from proveout.statistics.effects.alternation import seasons
from proveout.statistics.effects.arms import (
    Asked,
    Design,
    Side,
    freedom_of_difference,
    lean_of_difference,
    sides_of,
    third_of,
)
from proveout.statistics.effects.cases import AssignedBy, Cases, Ints, Statistic
from proveout.statistics.effects.clusters import drawn, t_cut
from proveout.statistics.effects.estimate import Estimate, Figure, Refusal
from proveout.statistics.effects.intervals import difference, leaning, of_share, ratio_less_one
from proveout.statistics.effects.measured import Measured, Unknown, measured
from proveout.statistics.effects.quantiles import below, interval, quantile
from proveout.statistics.effects.soundness import of_draw, one_decides
from proveout.statistics.effects.sufficiency import too_few
from proveout.statistics.effects.telling import details, method, sentence

MOST_COLUMNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The figures of a comparison."""

    baseline: Figure
    level: Figure
    effect: Figure
    share: Figure | None
    sides: tuple[Side, Side]
    gain: float = 0.0
    columns: int = 0


def estimate(
    cases: Cases,
    statistic: Statistic,
    *,
    confidence: float,
    seed: int = 0,
    design: Design = "randomised",
    assigned_by: AssignedBy = "case",
    split: float | None = None,
) -> Estimate | Refusal:
    """Estimate the effect on the cases for which it was drawn whether they have the system.

    `split` is the share that was meant to have it, where it is known: the sizes of the sides are
    then held against it. `seed` is not needed: nothing here is drawn.
    """
    del seed
    asked = Asked(
        statistic=statistic, confidence=confidence, design=design, assigned_by=assigned_by
    )
    unit = drawn(cases, assigned_by)
    if unit is None:
        return Refusal(
            design=design,
            why=f"which {assigned_by} a case belongs to is not in the records",
            next_step=f"Name the column of the {assigned_by} in value.records, or say in "
            "value.assigned_by what was drawn",
        )
    known = (unit >= 0) & np.isfinite(cases.value)
    if not known.all():
        cases, unit = cases.where(known), unit[known]
    if (few := too_few(cases, unit, asked)) is not None:
        return few
    seen = measured(cases, statistic)
    if isinstance(seen, Unknown):
        return Refusal(design=design, why=seen.why, next_step=seen.next_step)
    counted = _unit(seen.cases, assigned_by)
    if (few := too_few(seen.cases, counted, asked)) is not None:
        return few
    found = (_quantiles if statistic.kind == "quantile" else _means)(seen, counted, asked)
    if not all(
        math.isfinite(end)
        for figure in (found.effect, found.level, found.baseline)
        for end in (figure.low, figure.high)
    ):
        return Refusal(
            design=design,
            why="too few cases, or too many that are still open, tell so little of this figure "
            "that its interval has no end",
            next_step="Wait for more cases, or measure a quantile nearer to the median",
        )
    assumptions = of_draw(cases, unit, assigned_by, split=split, alternates=asked.takes_turns)
    if statistic.kind in {"mean", "rate"}:
        largest = max(side.largest for side in found.sides)
        assumptions += (one_decides(largest, assigned_by),)
    return Estimate(
        design=design,
        baseline=found.baseline,
        effect=found.effect,
        level=found.level,
        share=found.share,
        confidence=confidence,
        n_with=int(seen.cases.with_system.sum()),
        n_without=int((~seen.cases.with_system).sum()),
        n_clusters=sum(side.n_clusters for side in found.sides),
        method=method(asked, freedom_of_difference(found.sides), found.columns),
        sentence=sentence(seen.cases, asked, seen.note, found.gain),
        assumptions=assumptions,
        details=details(seen, found.gain, int(len(known) - known.sum())),
    )


def _adjusted(seen: Measured, unit: Ints, asked: Asked) -> Adjusted:
    """Adjust for what was known beforehand, as far as there are clusters enough for it."""
    cases = seen.cases
    n_units = len(cases) if asked.assigned_by == "case" else len(np.unique(unit))
    known = columns(cases, most=min(MOST_COLUMNS, (n_units - 2) // CLUSTERS_PER_COLUMN))
    if asked.takes_turns:
        season = seasons(cases, unit, by_day=asked.assigned_by == "day")
        known = np.column_stack([season, known])
    return adjust(seen.value, cases.with_system, known)


def _means(seen: Measured, unit: Ints, asked: Asked) -> _Found:
    """Find the figures of a mean of what is known of each case."""
    adjusted = _adjusted(seen, unit, asked)
    first, second = sides_of(
        adjusted.residual,
        seen.cases,
        unit,
        (adjusted.without, adjusted.with_system),
        asked,
        common=adjusted.common,
        spent=adjusted.columns,
    )

    def figure(side: Side, variance: tuple[float, float]) -> Figure:
        if asked.statistic.kind == "share":
            return of_share(side.value, variance[0], side.n_clusters, variance[1], asked.confidence)
        third = third_of(side, (first, second))
        return leaning(side.value, variance[0], third, variance[1], asked.confidence)

    freedom = freedom_of_difference((first, second))
    apart = figure(first, (first.drawn[0], freedom)), figure(second, (second.drawn[0], freedom))
    effect = difference(*apart)
    if asked.statistic.kind != "share":
        effect = leaning(
            second.value - first.value,
            first.drawn[0] + second.drawn[0],
            lean_of_difference((first, second)),
            freedom,
            asked.confidence,
        )
    return _Found(
        baseline=figure(first, first.own),
        level=figure(second, second.own),
        effect=effect,
        share=ratio_less_one(*apart),
        sides=(first, second),
        gain=adjusted.gain,
        columns=adjusted.columns,
    )


def _quantiles(seen: Measured, unit: Ints, asked: Asked) -> _Found:
    """Find the figures of a quantile, by the share of cases below it."""
    cases, value, is_open = seen.cases, seen.value, seen.is_open
    share = asked.statistic.quantile or 0.5
    arms = (~cases.with_system, cases.with_system)
    still = [None if is_open is None else is_open[arm] for arm in arms]
    is_below = np.empty(len(value))
    for arm, left in zip(arms, still, strict=True):
        is_below[arm] = below(value[arm], left, quantile(value[arm], left, share))
    known = np.empty((len(value), 0))
    if asked.takes_turns:
        known = seasons(cases, unit, by_day=asked.assigned_by == "day")
    adjusted = adjust(is_below, cases.with_system, known)
    sides = sides_of(adjusted.residual, cases, unit, (share, share), asked, spent=adjusted.columns)

    def figure(with_it: bool, variance: tuple[float, float]) -> Figure:
        return interval(
            value[arms[with_it]],
            still[with_it],
            share,
            error=math.sqrt(variance[0]),
            cut=t_cut(variance[1], asked.confidence),
        )

    freedom = freedom_of_difference(sides)
    apart = figure(False, (sides[0].drawn[0], freedom)), figure(True, (sides[1].drawn[0], freedom))
    return _Found(
        baseline=figure(False, sides[0].own),
        level=figure(True, sides[1].own),
        effect=difference(*apart),
        share=ratio_less_one(*apart),
        sides=sides,
    )


def _unit(cases: Cases, assigned_by: AssignedBy) -> Ints:
    found = drawn(cases, assigned_by)
    # It was there before open cases were left out.
    return np.empty(0, dtype=np.int64) if found is None else found
