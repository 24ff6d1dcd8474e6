"""Findings on value in sentences."""

from __future__ import annotations

from typing import Any, Literal

from proveout.charter.schema.purpose import Kpi
from proveout.evidence.figures import figure, span, with_unit
from proveout.evidence.model import Interval
from proveout.statistics.effects.estimate import Estimate, Figure

State = Literal["met", "missed", "open"]


def interval_of(found: Figure, level: float, method: str = "") -> Interval:
    """Return the interval of a figure."""
    return Interval(low=found.low, high=found.high, level=level, method=method or "estimate")


def shown(found: Figure, unit: str) -> str:
    """Write a figure: '18.2 minutes'."""
    return figure(found.value, unit, interval_of(found, 0.95))


def spanned(found: Figure, unit: str) -> str:
    """Write the interval of a figure: '16.9 to 19.4 minutes'."""
    return span(interval_of(found, 0.95), unit)


def state_of(kpi: Kpi, level: Figure) -> State:
    """Tell on which side of the threshold the whole interval lies."""
    if kpi.threshold is None:
        return "open"
    if kpi.direction == "lower":
        met, missed = level.high <= kpi.threshold, level.low > kpi.threshold
    else:
        met, missed = level.low >= kpi.threshold, level.high < kpi.threshold
    return "met" if met else "missed" if missed else "open"


def told_of_level(kpi: Kpi, found: Estimate) -> str:
    """Say what the KPI is with the system, and how it stands to the threshold."""
    unit = kpi.unit
    said = (
        f"{kpi.name} is {shown(found.level, unit)} with the system ({spanned(found.level, unit)}) "
        f"and {shown(found.baseline, unit)} the manual way."
    )
    if kpi.threshold is None:
        return f"{said} The charter gives no threshold for it."
    side = "at most" if kpi.direction == "lower" else "at least"
    goal = f"{side} {figure(kpi.threshold, unit)}"
    return {
        "met": f"{said} The threshold, {goal}, is met.",
        "missed": f"{said} The threshold, {goal}, is missed.",
        "open": f"{said} Whether it is {goal} is still open.",
    }[state_of(kpi, found.level)]


def told_of_effect(kpi: Kpi, found: Estimate) -> str:
    """Say what the system did to it."""
    effect, unit = found.effect, kpi.unit
    if effect.low <= 0 <= effect.high:
        low, high = _apart(abs(effect.low), unit), _apart(abs(effect.high), unit)
        return (
            f"No effect of the system on {kpi.name} can be told from chance: between {low} less "
            f"and {high} more."
        )
    is_less = effect.high < 0
    ends = sorted((abs(effect.low), abs(effect.high)))
    interval = Interval(low=ends[0], high=ends[1], level=0.95, method="estimate")
    size, range_ = abs(effect.value), span(interval, unit)
    if unit == "fraction":
        size_said = _apart(size, unit)
        range_ = f"{_apart(ends[0], unit).removesuffix(' points')} to {_apart(ends[1], unit)}"
    else:
        size_said = figure(size, unit, interval)
    is_better = is_less == (kpi.direction == "lower")
    return (
        f"The system {'takes' if is_less else 'adds'} {size_said} ({range_}) "
        f"{'off' if is_less else 'to'} {kpi.name}, which is "
        f"{'better' if is_better else 'worse'}."
    )


def sealed_baseline(kpi: Kpi, measured: Figure) -> dict[str, Any] | None:
    """Hold the sealed baseline against that of the records; a padded one is shown."""
    sealed = kpi.baseline
    if sealed is None:
        return None
    low = sealed.value if sealed.low is None else sealed.low
    high = sealed.value if sealed.high is None else sealed.high
    differs = high < measured.low or low > measured.high
    unit = kpi.unit
    said = (
        f"The charter's baseline is {figure(sealed.value, unit)} ({sealed.source}); the records "
        f"say {shown(measured, unit)} ({spanned(measured, unit)})."
    )
    if not differs:
        said += " The two agree."
    else:
        is_worse = (sealed.value > measured.value) == (kpi.direction == "lower")
        by = _apart(abs(sealed.value - measured.value), unit)
        said += (
            f" Against the charter's figure the system would look better by {by} than it is."
            if is_worse
            else f" Against the charter's figure the system would look worse by {by} than it is."
        )
        said += " Only what the records say counts."
    return {
        "value": sealed.value, "low": sealed.low, "high": sealed.high, "n": sealed.n,
        "source": sealed.source, "period": sealed.period, "differs": differs, "told": said,
    }  # fmt: skip


def _apart(size: float, unit: str) -> str:
    """Write a difference; of shares in points, since a share of a share means something else."""
    if unit == "fraction":
        return with_unit(f"{size * 100:.2g}", "points")
    return figure(float(f"{size:.3g}"), unit)
