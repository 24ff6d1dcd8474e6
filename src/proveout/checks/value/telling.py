"""Findings of one KPI as evidence, with the details that docs/value.md lays down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any

from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.value import Value
from proveout.checks.contract import CheckContext, Finding
from proveout.checks.value.designing import Chosen
from proveout.checks.value.estimating import Decided, Undecided, plain
from proveout.checks.value.figures import cases_per_month, levels, weeks
from proveout.checks.value.observing import Observed
from proveout.checks.value.saying import (
    interval_of,
    sealed_baseline,
    shown,
    spanned,
    state_of,
    told_of_effect,
    told_of_level,
)
from proveout.checks.value.sorting import Unseen, left_out_words
from proveout.checks.value.ways import day_of
from proveout.evidence.model import Basis, Evidence, Interval, Scope, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.statistics.effects.estimate import Assumption, Estimate, as_details

OF_EACH_KPI = ("kpi", "baseline", "effect")
BESIDE = ("assumptions_broken", "signals", "days_to_decide")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What all findings on one KPI share."""

    context: CheckContext
    value: Value
    kpi: Kpi
    inputs: Mapping[str, str] = field(default_factory=dict)
    basis: Basis = "measured"
    scope: Scope = "production"

    @property
    def subject(self) -> Subject:
        """The KPI."""
        return Subject.of(kpi=self.kpi.name)

    def found(
        self, metric: str, value: float, *, n: int, details: Mapping[str, Any],
        unit: str | None = None, interval: Interval | None = None,
    ) -> Evidence:  # fmt: skip
        """Make evidence on the KPI."""
        return self.context.found(
            f"value.{metric}", value, n=n, scope=self.scope, subject=self.subject, unit=unit,
            interval=interval, basis=self.basis, inputs=self.inputs, details=plain(dict(details)),
        )  # fmt: skip

    def missing(self, metric: str, reason: str, next_step: str) -> NotMeasured:
        """Say why there is no figure."""
        return NotMeasured(
            metric=f"value.{metric}", subject=self.subject, reason=reason, next_step=next_step
        )

    def all_missing(self, reason: str, next_step: str) -> Iterator[NotMeasured]:
        """Say why there is nothing on the KPI at all."""
        for metric in (*OF_EACH_KPI, *BESIDE):
            yield self.missing(metric, reason, next_step)


def tell_decided(tell: Teller, seen: Observed, chosen: Chosen, found: Decided) -> Iterator[Finding]:
    """Tell the KPI, its baseline and the effect."""
    kpi, estimate = tell.kpi, found.estimate
    n = estimate.n_with + estimate.n_without
    shared = {"design": chosen.name, "on": found.deciding.on}
    looks = "" if found.deciding.by == "one-day" else f", look {found.deciding.number} of a plan"

    def interval(figure: Any) -> Interval:
        return interval_of(figure, kpi.confidence, f"{estimate.method}{looks}")

    yield tell.found(
        "kpi", estimate.level.value, n=n, unit=kpi.unit, interval=interval(estimate.level),
        details=_details(tell, seen, chosen, found),
    )  # fmt: skip
    baseline = estimate.baseline
    yield tell.found(
        "baseline", baseline.value, n=n, unit=kpi.unit, interval=interval(baseline),
        details={
            "told": f"The manual way {kpi.name} is {shown(baseline, kpi.unit)} "
            f"({spanned(baseline, kpi.unit)}).",
            **shared,
        },
    )  # fmt: skip
    yield tell.found(
        "effect", estimate.effect.value, n=n, unit=kpi.unit, interval=interval(estimate.effect),
        details={
            "told": told_of_effect(kpi, estimate),
            "share": None if estimate.share is None else as_figure(estimate.share),
            **shared,
        },
    )  # fmt: skip
    yield tell_assumptions(tell, estimate.assumptions, n)


def tell_manual(tell: Teller, seen: Observed, lacking: Unseen) -> Iterator[Finding]:
    """Tell the manual way by itself, where nobody has the system yet."""
    from proveout.checks.value.manual import manual_baseline

    for metric in ("kpi", "effect", "assumptions_broken", "days_to_decide"):
        yield tell.missing(metric, lacking.why, lacking.next_step)
    found, kpi = manual_baseline(seen), tell.kpi
    if found is None:
        yield tell.missing(
            "baseline", "too few manual cases, or too many that are open, tell of it",
            "Add the cases of the last months as they are done today",
        )  # fmt: skip
    else:
        figure, n = found
        sealed = sealed_baseline(kpi, figure)
        told = (
            f"The manual way {kpi.name} is {shown(figure, kpi.unit)} "
            f"({spanned(figure, kpi.unit)}); nobody has the system yet."
        )
        yield tell.found(
            "baseline", figure.value, n=n, unit=kpi.unit,
            interval=interval_of(figure, kpi.confidence, "cluster-robust by day or person"),
            details={
                "told": told if sealed is None else f"{told} {sealed['told']}",
                "design": None, "on": day_of(seen.cases.as_of or 0),
                "sealed_baseline": sealed, "records": records_told(seen),
            },
        )  # fmt: skip
    yield tell_signals(tell, seen, None)


def tell_undecided(tell: Teller, found: Undecided, n: int) -> Iterator[Finding]:
    """Tell why there is no figure that may decide, and how it stands so far."""
    reason = found.why
    if found.running is not None and found.is_waiting:
        level = found.running.level
        reason += (
            f". So far, and not for deciding, it is {shown(level, tell.kpi.unit)} "
            f"({spanned(level, tell.kpi.unit)})"
        )
    for metric in OF_EACH_KPI:
        yield tell.missing(metric, reason, found.next_step)
    if found.assumptions:
        yield tell_assumptions(tell, found.assumptions, n)
    else:
        yield tell.missing("assumptions_broken", reason, found.next_step)


def tell_assumptions(tell: Teller, assumptions: tuple[Assumption, ...], n: int) -> Evidence:
    """Count what is broken, with all of them beside."""
    from dataclasses import asdict

    by_state = {
        state: [each for each in assumptions if each.state == state]
        for state in ("holds", "doubtful", "broken", "untested")
    }
    told = (
        f"Of {len(assumptions)} things that the comparison rests on, "
        f"{len(by_state['holds'])} hold as far as can be seen, {len(by_state['doubtful'])} are "
        f"doubtful, {len(by_state['broken'])} broken, {len(by_state['untested'])} cannot be tested "
        "by records."
    )
    for each in by_state["broken"]:
        told += f" Broken: {each.seen}"
    return tell.found(
        "assumptions_broken", len(by_state["broken"]), n=n,
        details={"told": told, "assumptions": [asdict(each) for each in assumptions]},
    )  # fmt: skip


def tell_signals(tell: Teller, seen: Observed, begins: int | None) -> Finding:
    """Tell the process-control chart."""
    from proveout.statistics.control_charts import as_details as as_chart
    from proveout.statistics.control_charts import chart_of

    # A chart of counts compares them with pure chance, so they go in as they were counted.
    measured = tell.kpi.measured
    scaled_by = measured.times if measured and seen.statistic.kind == "rate" else 1.0
    cases = replace(seen.cases, value=seen.cases.value / scaled_by)
    has_before = begins is not None and bool((cases.day < begins).any())
    chart = chart_of(cases, seen.statistic, rolled_out=begins if has_before else None)
    if chart is None:
        return tell.missing(
            "signals", "there are too few weeks for a control chart", "Wait for more weeks"
        )
    counting = [each for each in chart.signals if each.is_after or not has_before]
    better = sum(each.is_better for each in counting)
    since = f"since {day_of(begins)}" if has_before and begins is not None else "in all weeks"
    told = f"{tell.kpi.name} stayed within its natural limits {since}."
    if counting:
        times = "once" if len(counting) == 1 else f"{len(counting)} times"
        which = {0: "to the worse", len(counting): "to the better"}
        sides = which.get(better, f"{better} of them to the better")
        told = f"{tell.kpi.name} left its natural limits {times} {since}, {sides}."
    return tell.found(
        "signals", len(counting), n=len(chart.points),
        details={
            "told": f"{told} {' '.join(chart.notes)}".strip(),
            "chart": as_chart(chart), "unit": tell.kpi.unit,
            "scale": seen.scale * scaled_by,
        },
    )  # fmt: skip


def records_told(seen: Observed) -> dict[str, Any]:
    """Tell what was read, what counts, and what does not."""
    cases = seen.cases
    first, last = int(cases.day.min()), int(cases.as_of if cases.as_of is not None else 0)
    told = f"{len(cases):,} of {seen.rows:,} rows of {seen.name} count, until {day_of(last)}."
    if left := list(left_out_words(seen.left_out)):
        told += f" Not counted: {'; '.join(left)}."
    if seen.completed_only:
        told += (
            " No case is open: if those are left out of the records, the slow ones of the last "
            "days are missing."
        )
    return {
        "source": seen.name, "rows": seen.rows, "counted": len(cases),
        "first": day_of(first), "last": day_of(last), "simulated": seen.simulated,
        "left_out": [
            {"why": each.why, "n": each.n, "examples": list(each.examples)}
            for each in seen.left_out
        ],
        "told": told,
    }  # fmt: skip


def as_figure(figure: Any) -> dict[str, float]:
    """Write a figure."""
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def scope_of(context: CheckContext, chosen: Chosen, on: Any) -> Scope:
    """A pilot's figure is the pilot's: of volunteers alone, or from before the launch."""
    adoption = context.charter.adoption
    launched = None if adoption is None else adoption.launched_on
    if context.data.served() is not None:
        return "production"
    is_early = launched is not None and on < launched
    return "pilot" if is_early or chosen.volunteers is not None else "production"


def now_of(context: CheckContext) -> datetime:
    """Until when the records count: now, or the end of the window."""
    served = context.data.served()
    if served is None:
        return context.now
    ends = min(served.window.ends, context.now).astimezone(UTC)
    is_midnight = ends.time() == time()
    from datetime import timedelta

    return ends - timedelta(seconds=1) if is_midnight else ends


def _details(tell: Teller, seen: Observed, chosen: Chosen, found: Decided) -> dict[str, Any]:
    kpi, estimate, deciding = tell.kpi, found.estimate, found.deciding
    kind = seen.statistic.kind
    measured = kpi.measured
    said = measured.statistic if measured is not None and kind == "quantile" else kind
    month = tell.value.cases_per_month or cases_per_month(seen.cases)
    sealed = sealed_baseline(kpi, estimate.baseline)
    told = f"{told_of_level(kpi, estimate)} {told_of_effect(kpi, estimate)}"
    if chosen.volunteers:
        told += f" {chosen.volunteers}"
    return {
        "told": told,
        "kpi": {
            "name": kpi.name, "meaning": kpi.meaning, "unit": kpi.unit,
            "direction": kpi.direction, "threshold": kpi.threshold,
            "confidence": kpi.confidence, "statistic": said, "measured": seen.in_words,
        },
        "state": state_of(kpi, estimate.level),
        "estimate": as_details(estimate),
        "design": {
            "name": chosen.name, "asked": tell.value.design, "why": chosen.why,
            "begins": day_of(chosen.begins),
        },
        "decides": {
            "by": deciding.by, "on": deciding.on, "number": deciding.number,
            "confidence": deciding.confidence, "next": deciding.next, "told": deciding.in_words(),
        },
        "running": _running(kpi, found.running, seen),
        "sealed_baseline": sealed,
        "levels": levels(seen),
        "weeks": weeks(seen),
        "records": records_told(seen),
        "cases_per_month": month,
        "volunteers": chosen.volunteers,
    }  # fmt: skip


def _running(kpi: Kpi, running: Estimate | None, seen: Observed) -> dict[str, Any] | None:
    if running is None:
        return None
    return {
        "on": day_of(seen.cases.as_of or 0), "confidence": running.confidence,
        "baseline": as_figure(running.baseline), "effect": as_figure(running.effect),
        "level": as_figure(running.level),
        "told": f"By all cases so far it is {shown(running.level, kpi.unit)} "
        f"({spanned(running.level, kpi.unit)}). This is for reading, not for deciding: whoever "
        "looks often enough at such an interval is fooled in the end.",
    }  # fmt: skip
