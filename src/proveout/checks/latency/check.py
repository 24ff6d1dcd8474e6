"""The latency check, on a window of the prediction log."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need, Served
from proveout.checks.needs import not_in_use
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.latency import METRICS
from proveout.evidence.model import WHOLE, Basis, Subject
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    from proveout.checks.latency.measures import Cell, Rate, Waits

QUANTILES = {"latency.p50": 0.5, "latency.p95": 0.95, "latency.p99": 0.99}


@dataclass(frozen=True, slots=True)
class LatencyCheck:
    """Answers one question of the gate."""

    name: str = "latency"
    version: str = "1"
    question: str = "Did users get an answer in time?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing: what users waited stands in the log."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window, as a whole and of each version that was asked."""
        from proveout.checks.latency import measures, traffic

        served = context.data.served()
        if served is None:
            yield from not_in_use(METRICS)
            return
        cells, waits = traffic.cells(served), traffic.waits(served)
        if not cells:
            yield from (_nothing(metric.name, served) for metric in METRICS)
            return
        basis: Basis | None = "simulated" if traffic.is_simulated(served) else None
        for version in (None, *measures.versions(cells)):
            of = _Of(
                context=context,
                subject=WHOLE if version is None else Subject.of(system=version),
                basis=basis,
                details={
                    "outcomes": measures.ends(_mine(cells, version)),
                    "owner": _owner(context.charter),
                },
            )
            slowest = traffic.slowest(served, version)
            yield from _quantiles(of, waits.of(version), slowest)
            yield from _rates(of, _mine(cells, version))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """What all figures of one version have in common."""

    context: CheckContext
    subject: Subject
    basis: Basis | None
    details: Mapping[str, Any]


def _quantiles(of: _Of, waits: Waits, slowest: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    from proveout.statistics.ordered import quantile_within_blocks

    for metric, q in QUANTILES.items():
        if not len(waits.seconds):
            yield _missing(metric, of, "no request waited for an answer")
            continue
        found = quantile_within_blocks(waits.seconds, waits.block, q=q)
        if math.isinf(found.value):
            lost = int((waits.seconds == math.inf).sum())
            yield _missing(
                metric, of, f"{lost:,} of {found.n:,} requests got no answer at all, so that no "
                f"time is long enough for {q * 100:g} %",
            )  # fmt: skip
        elif found.interval is None:
            few = f"{found.n:,} requests do not bound the time for {q * 100:g} % of them"
            so_far = f"; in this window it is {found.value:.3g} s"
            yield _missing(metric, of, few + so_far, "Look at a longer window: "
                           "monitoring.window_days or monitoring.window_requests")  # fmt: skip
        else:
            yield of.context.found(
                metric,
                found.value,
                n=found.n,
                scope="production",
                subject=of.subject,
                interval=found.interval,
                basis=of.basis,
                details={**of.details, "slowest": list(slowest)},
            )


def _rates(of: _Of, cells: Sequence[Cell]) -> Iterator[Finding]:
    from proveout.checks.latency import measures

    rates: dict[str, Callable[[Sequence[Cell]], Rate | None]] = {
        "latency.served_rate": measures.served,
        "latency.fallback_rate": measures.fell_back,
        "latency.unanswered_rate": measures.unanswered,
    }
    for metric, rate in rates.items():
        found = rate(cells)
        if found is None:
            yield _missing(metric, of, "clients gave up every request")
            continue
        details = {**of.details, "count": found.count}
        if metric == "latency.fallback_rate":
            details["causes"] = measures.causes(cells)
        yield of.context.found(
            metric,
            found.value,
            n=found.n,
            scope="production",
            subject=of.subject,
            interval=found.interval,
            basis=of.basis,
            details=details,
        )


def _mine(cells: Sequence[Cell], version: str | None) -> list[Cell]:
    return [cell for cell in cells if version in (None, cell.version)]


def _owner(charter: Charter) -> str:
    """Name who looks after it: who maintains it, else who owns it in production."""
    design, owner = charter.production_design, charter.people.production_owner
    if design is not None and design.maintainer is not None:
        return design.maintainer
    return "nobody named" if owner is None else owner.name


def _missing(
    metric: str,
    of: _Of,
    reason: str,
    next_step: str = "See what became of the requests: proveout log count --by outcome",
) -> NotMeasured:
    return NotMeasured(metric=metric, subject=of.subject, reason=reason, next_step=next_step)


def _nothing(metric: str, served: Served) -> NotMeasured:
    return NotMeasured(
        metric=metric,
        reason=f"nothing was asked between {served.window}",
        next_step="Look at a longer window: monitoring.window_days",
    )


CHECK = LatencyCheck()
