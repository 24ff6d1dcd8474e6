"""How long it takes until a sealed threshold can be decided, before it is tried.

The spread of a side's figure is taken apart into what cases, what was drawn (people, teams) and
days add to it. More days bring more cases and more days, but never more teams: what teams differ by
stays, and a plan may say so. Design effects after Kish (1965), Survey Sampling; numbers of clusters
after Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri, stdtrit

from proveout.statistics.effects.arms import Design
from proveout.statistics.effects.cases import AssignedBy, Cases, Flags, Floats, Statistic
from proveout.statistics.effects.clusters import drawn
from proveout.statistics.effects.estimate import Refusal
from proveout.statistics.effects.intervals import unskewed
from proveout.statistics.effects.looks import planned
from proveout.statistics.effects.measured import Measured, Unknown, measured
from proveout.statistics.effects.variance_parts import Parts, parts_of, residuals, share_below, tau

LONGEST = 5 * 365
"""Days after which a plan is given up."""

LEAST_CASES = 50

TRIALS = 1_000

MOST_IN_TRIAL = 4_000
"""Cases in each; with more, means hardly lean."""

PATHS = 4_000
"""Simulated courses of what is known, for plans with many looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What it takes, from the first day on."""

    days: int | None
    """None where five years would not do."""
    days_low: int | None
    days_high: int | None
    cases: int | None

    @property
    def weeks(self) -> int | None:
        """Whole weeks."""
        return None if self.days is None else math.ceil(self.days / 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Until when a threshold can be decided."""

    on_one_day: Needed
    """With one planned day of decision."""
    looking_daily: Needed
    """With planned looks, the last of which counts on every day."""
    expected: float
    """The figure that is expected with the system."""
    gap: float
    """How far that is from the threshold, on the good side of it."""
    power: float
    """In how many of 1 cases the threshold is then found to be met, if the figure is so."""
    cases_per_day: float
    alike_within: float
    """Intraclass correlation within what is drawn."""
    alike_by_day: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """What is to be shown, and how surely."""

    gap: float
    lean: float
    """1 where a long tail of high values makes it harder to show, -1 easier, 0 neither."""
    wider: float
    """By what factor the interval is wider than the spread of the figure has it."""
    confidence: float
    power: float
    unsure: float
    """By what factor the variance may be off."""
    seed: int
    heavier: float = 1.0
    """By what factor tails demand more than skewness alone tells."""

    @property
    def scales(self) -> tuple[float, float, float]:
        return 1.0, 1 / self.unsure, self.unsure


def plan(
    cases: Cases,
    statistic: Statistic,
    *,
    threshold: float,
    confidence: float,
    effect: float,
    design: Design = "randomised",
    assigned_by: AssignedBy = "case",
    share_with: float = 0.5,
    power: float = 0.8,
    cases_per_day: float | None = None,
    seed: int = 0,
) -> Plan | Refusal:
    """Tell from cases of the manual way, or of a pilot, how long the comparison must run.

    `effect` is what the system is expected to add to the figure; `share_with` the part of the cases
    that will be drawn for it. Cases count from the first to the last day of the records, unless
    `cases_per_day` says how many there will be.
    """
    unit = drawn(cases, assigned_by)
    seen = measured(cases, statistic)
    if unit is None or isinstance(seen, Unknown) or len(seen.cases) < LEAST_CASES:
        return _refuse(design, seen, assigned_by, n=len(cases))
    residual, baseline = residuals(seen, statistic, assigned_by)
    if not math.isfinite(baseline) or not np.any(residual):
        return Refusal(
            design=design,
            why="the cases are all alike, or most of them still open, so that nothing can be told "
            "of how much they differ",
            next_step="Give cases of a longer time",
        )
    expected = baseline + effect
    scale = _scale(statistic, baseline, expected)
    if not seen.cases.with_system.any():
        residual = residual * (1.0 if statistic.kind == "quantile" else scale)
    gap = (threshold - expected) * (1 if statistic.lower_is_better else -1)
    if gap <= 0:
        return Refusal(
            design=design,
            why=f"a figure of {expected:.4g}, which is expected, does not meet the threshold of "
            f"{threshold:.4g}, however long one waits",
            next_step="Expect more of the system, or seal another threshold in the next charter",
        )
    span = int(seen.cases.day.max() - seen.cases.day.min()) + 1
    flow = cases_per_day or len(seen.cases) / span
    parts, alike, unsure = parts_of(residual, seen.cases, assigned_by, flow, share_with)
    lean, wider = 0.0, 1.0
    if statistic.kind in {"mean", "rate"}:
        lean = 1.0 if statistic.lower_is_better else -1.0
    elif statistic.kind == "share" and 0 < expected < 1 and 0 < threshold < 1:
        # Wilson's interval has the spread of shares as they would be at its end.
        wider = math.sqrt(threshold * (1 - threshold) / (expected * (1 - expected)))
    goal = _Goal(
        lean=lean,
        wider=wider,
        gap=gap
        if statistic.kind != "quantile"
        else _gap_in_share(seen, statistic, threshold / scale),
        confidence=confidence,
        power=power,
        unsure=unsure,
        seed=seed,
    )
    one = _on_one_day(parts, goal)
    if one.days is not None and goal.lean:
        goal = replace(goal, heavier=_heavier(goal.lean * residual, parts, goal, one.days))
        one = _on_one_day(parts, goal)
    many = _looking_daily(parts, goal)
    return Plan(
        on_one_day=one,
        looking_daily=many,
        expected=expected,
        gap=gap,
        power=power,
        cases_per_day=flow,
        alike_within=alike[0],
        alike_by_day=alike[1],
        sentence=_sentence(one, many, goal, expected=expected, threshold=threshold, by=assigned_by),
    )


def _gap_in_share(seen: Measured, statistic: Statistic, threshold: float) -> float:
    """Return how many more cases are on the good side of a quantile's threshold than need be."""
    return max(1e-6, abs(share_below(seen, threshold) - tau(statistic)))


def _scale(statistic: Statistic, baseline: float, expected: float) -> float:
    """Return by what factor the system changes how much cases differ.

    Times and costs that become shorter by a fifth are taken to differ by a fifth less as well; what
    is counted differs by the root of how much there is of it.
    """
    if min(baseline, expected) <= 0:
        return 1.0
    ratio = expected / baseline
    match statistic.kind:
        case "share":
            return math.sqrt(ratio * max(0.0, 1 - expected) / max(1e-9, 1 - baseline))
        case "rate":
            return math.sqrt(ratio)
        case "mean" | "quantile":
            return ratio


def _on_one_day(parts: Parts, goal: _Goal) -> Needed:
    """Return from which day on the interval is small enough."""
    days = np.arange(1, LONGEST + 1, dtype=float)
    cut = goal.wider * stdtrit(parts.freedom(days), (1 + goal.confidence) / 2)
    lean = goal.lean * parts.lean(days)
    reach = unskewed(np.full_like(days, ndtri(goal.power)), lean) - unskewed(-cut, lean)
    apart = goal.gap / np.sqrt(parts.variance(days))
    return _needed(
        [_first(days, apart >= goal.heavier * reach * scale**0.5) for scale in goal.scales], parts
    )


def _heavier(residual: Floats, parts: Parts, goal: _Goal, days: int) -> float:
    """Return how much further an interval reaches in trials on these very cases than by formula."""
    n = int(min(MOST_IN_TRIAL, max(2, parts.cases_per_day * days)))
    rng = np.random.default_rng(goal.seed)
    off = rng.choice(residual, size=(TRIALS, n))
    middle = off.mean(axis=1)
    second = np.maximum(np.mean((off - middle[:, None]) ** 2, axis=1), 1e-12 * np.mean(residual**2))
    lean = np.mean((off - middle[:, None]) ** 3, axis=1) / second**1.5 / math.sqrt(n)
    cut = float(stdtrit(n - 1, (1 + goal.confidence) / 2))
    known = np.full(1, float(np.mean(residual**3)) / float(np.mean(residual**2)) ** 1.5)
    known /= math.sqrt(n)
    error = np.sqrt(second / n)
    ends = middle - float(residual.mean()) - error * unskewed(np.full(TRIALS, -cut), lean)
    tried = float(np.quantile(ends, goal.power)) / math.sqrt(float(np.var(residual)) / n)
    told = unskewed(np.full(1, ndtri(goal.power)), known) - unskewed(np.full(1, -cut), known)
    return max(1.0, tried / float(told[0]))


def _looking_daily(parts: Parts, goal: _Goal) -> Needed:
    """Return by which look the threshold has been found to be met often enough."""
    looks = planned(1, LONGEST, confidence=goal.confidence)
    days = np.array([look.day for look in looks], dtype=float)
    levels = np.array([look.confidence for look in looks])
    cut = goal.wider * stdtrit(parts.freedom(days), (1 + levels) / 2)
    known = 1 / parts.variance(days)
    steps = np.sqrt(np.diff(known, prepend=0.0))
    draws = np.random.default_rng(goal.seed).normal(size=(PATHS, len(looks)))
    lean = goal.lean * parts.lean(days)
    off = unskewed(np.cumsum(draws * steps, axis=1) / np.sqrt(known), lean)
    room = unskewed(-cut, lean)

    def by(scale: float) -> int | None:
        is_met = goal.gap / goal.heavier * np.sqrt(known / scale) + room > off
        met = np.logical_or.accumulate(is_met, axis=1).mean(axis=0)
        return _first(days, met >= goal.power)

    return _needed([by(scale) for scale in goal.scales], parts)


def _first(days: Floats, enough: Flags) -> int | None:
    return int(days[np.argmax(enough)]) if enough.any() else None


def _needed(found: list[int | None], parts: Parts) -> Needed:
    return Needed(
        days=found[0],
        days_low=found[1],
        days_high=found[2],
        cases=None if found[0] is None else math.ceil(found[0] * parts.flow),
    )


def _refuse(design: Design, seen: object, assigned_by: AssignedBy, *, n: int) -> Refusal:
    if isinstance(seen, Unknown):
        return Refusal(design=design, why=seen.why, next_step=seen.next_step)
    if n < LEAST_CASES:
        return Refusal(
            design=design,
            why=f"{n} cases are too few to tell how much they differ",
            next_step=f"Give at least {LEAST_CASES} cases of the manual way",
        )
    return Refusal(
        design=design,
        why=f"which {assigned_by} a case belongs to is not in the records",
        next_step=f"Name the column of the {assigned_by} in value.records",
    )


def _sentence(
    one: Needed, many: Needed, goal: _Goal, *, expected: float, threshold: float, by: AssignedBy
) -> str:
    if one.days is None:
        what = {"person": "people", "team": "teams"}.get(by, "cases")
        return (
            f"If the figure comes to {expected:.4g}, even five years would not be enough to show "
            f"that it meets {threshold:.4g}: the {what} differ by too much. Draw it over more "
            f"{what}, or case by case."
        )
    told = (
        f"If the figure comes to {expected:.4g}, that it meets {threshold:.4g} is shown in "
        f"{100 * goal.power:.0f} of 100 comparisons that run for {one.weeks} weeks "
        f"({one.cases:,} cases on both sides) and are looked at once"
    )
    if many.days is None:
        return told + "; who looks every day would not get there in five years."
    return told + f", or for {many.weeks} weeks when they are looked at every day."
