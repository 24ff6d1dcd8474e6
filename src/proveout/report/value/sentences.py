"""What is known of a KPI, number by number, each in a sentence of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from proveout.charter.schema import Kpi
from proveout.evidence.figures import figure, span
from proveout.evidence.model import Evidence, Interval
from proveout.report.value.wording import change, change_span

_TIMES = {"s", "seconds", "min", "minutes", "h", "hours", "days", "weeks", "months"}
_MOST_CASES = {
    "median": "half of all cases", "p75": "three of four cases", "p90": "nine of ten cases",
    "p95": "19 of 20 cases",
}  # fmt: skip
KpiState = Literal["met", "missed", "open", "unknown"]
_AS_BEFORE = {"before-after", "staggered"}
"""Designs whose figures are both those of the time before the rollout."""


def sentences(
    kpi: Kpi, found: Evidence, baseline: Evidence | None, effect: Evidence | None, state: KpiState
) -> Iterator[str]:
    """Say the figure, how sure it is, what the system did, and whether it is enough."""
    yield _level(kpi, found, baseline)
    if mapping(found.details.get("estimate")).get("design") in _AS_BEFORE:
        yield (
            "Both are told as things were before the rollout; what a trend or a season has done "
            "since is in neither, so that your books may show another figure today."
        )
    yield from _sure(kpi, found)
    yield from _effect(kpi, found, effect, baseline)
    yield from _threshold(kpi, found, state)


def _level(kpi: Kpi, found: Evidence, baseline: Evidence | None) -> str:
    statistic = str(mapping(found.details.get("kpi")).get("statistic") or "mean")
    level = figure(found.value, kpi.unit, found.interval)
    before = (
        "" if baseline is None
        else f"; the manual way, {as_exactly(kpi, baseline, found)}"
    )  # fmt: skip
    is_time = kpi.unit.partition("/")[0] in _TIMES
    if statistic in _MOST_CASES:
        verb = "take at most" if is_time else "come to at most"
        return f"With the system, {_MOST_CASES[statistic]} {verb} {level}{before}."
    if statistic == "share":
        return f"With the system it is so in {level} of all cases{before}."
    if statistic == "rate":
        return f"With the system it is {level} over all cases{before}."
    if "/" in kpi.unit:
        return f"With the system it is {level} on average{before}."
    verb = "takes" if is_time else "comes to"
    return f"With the system, a case {verb} {level} on average{before}."


def _sure(kpi: Kpi, found: Evidence) -> Iterator[str]:
    interval = found.interval
    if interval is None:
        yield f"This is a full count of {found.n:,} cases."
        return
    by = str(mapping(found.details.get("decides")).get("by", ""))
    often = ", however often one looks" if by == "looks" else ""
    level = figure(interval.level, "fraction")
    between = span(interval, kpi.unit).replace(" to ", " and ")
    yield (
        f"We are {level} sure that it is between {between}{often}; this rests on {found.n:,} cases."
    )


def _effect(
    kpi: Kpi, found: Evidence, effect: Evidence | None, baseline: Evidence | None
) -> Iterator[str]:
    if effect is None or effect.interval is None:
        return
    interval = effect.interval
    if interval.low <= 0 <= interval.high:
        yield (
            "That the system changed it at all is not shown: it may be anything from "
            f"{_signed(interval.low, kpi, interval)} to {_signed(interval.high, kpi, interval)}."
        )
        return
    low, high = sorted((abs(interval.low), abs(interval.high)))
    around = Interval(low=low, high=high, level=interval.level, method=interval.method)
    # As exactly as the figures whose difference it is: 25.3 less 17.8 is no 8.
    alike = _narrower(found, effect) or around
    is_less = effect.value < 0
    is_better = is_less == (kpi.direction == "lower")
    share = ""
    if baseline is not None and baseline.value > 0:
        part = abs(effect.value) / baseline.value
        share = f", about {100 * part:.{0 if part >= 0.01 else 1}f} % of the manual way"
    what = "takes off" if is_less else "adds"
    yield (
        f"The system itself {what} {change(abs(effect.value), kpi.unit, alike)} "
        f"({change_span(around, kpi.unit, alike)}){share}: that is "
        f"{'better' if is_better else 'worse'}. What a trend, a season or the choice of people did "
        "is not counted as its merit."
    )


def _signed(value: float, kpi: Kpi, around: Interval) -> str:
    told = change(abs(value), kpi.unit, around)
    return f"{told} {'less' if value < 0 else 'more'}"


def _threshold(kpi: Kpi, found: Evidence, state: KpiState) -> Iterator[str]:
    if kpi.threshold is None:
        yield "No threshold was agreed, so that nothing decides whether this is enough."
        return
    low, high = ends(found)
    is_lower = kpi.direction == "lower"
    worse, better = (high, low) if is_lower else (low, high)
    meant = "It was to be kept" if kpi.guardrail else "Agreed was"
    match state:
        case "met":
            end = figure(worse, kpi.unit, found.interval)
            yield f"{meant} {agreed_on(kpi)}: reached, even at the worse end ({end})."
        case "missed":
            end = figure(better, kpi.unit, found.interval)
            yield f"{meant} {agreed_on(kpi)}: not reached, even at the better end ({end})."
        case _:
            yield (
                f"{meant} {agreed_on(kpi)}: not decided yet, since what we are sure of lies on "
                "both sides of it."
            )


def agreed_on(kpi: Kpi) -> str:
    """Return 'at most 12 minutes'; empty where no threshold was agreed."""
    if kpi.threshold is None:
        return ""
    bound = "at least" if kpi.direction == "higher" else "at most"
    return f"{bound} {figure(kpi.threshold, kpi.unit)}"


def as_exactly(kpi: Kpi, baseline: Evidence, found: Evidence | None) -> str:
    """Write the manual way as exactly as the figure that it stands beside."""
    return figure(baseline.value, kpi.unit, _narrower(baseline, found))


def _narrower(*facts: Evidence | None) -> Interval | None:
    intervals = [each.interval for each in facts if each is not None and each.interval is not None]
    return min(intervals, key=lambda each: each.high - each.low, default=None)


def ends(found: Evidence) -> tuple[float, float]:
    """Return both ends of what is sure."""
    if found.interval is None:
        return found.value, found.value
    return found.interval.low, found.interval.high


def mapping(value: Any) -> Mapping[str, Any]:
    """Return details that are a mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}
