"""The exceptions check, on a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding, Need, Served
from proveout.checks.exceptions.entries import EXAMPLES, Entries
from proveout.checks.needs import not_in_use
from proveout.evidence.catalogue import Metric
from proveout.evidence.catalogue.exceptions import METRICS
from proveout.evidence.outcome import NotMeasured

if TYPE_CHECKING:
    import pandas as pd

RESOLVED = 0.9
"""The share of which the time to resolve is told."""


@dataclass(frozen=True, slots=True)
class ExceptionsCheck:
    """Answers one question of the gate."""

    name: str = "exceptions"
    version: str = "1"
    question: str = "Are doubtful and wrong answers looked at in time?"
    metrics: tuple[Metric, ...] = METRICS
    watches_production: bool = True

    def needs(self, charter: Charter) -> list[Need]:
        """Nothing: without an exception protocol all goes to nobody, and is counted so."""
        del charter
        return []

    def run(self, context: CheckContext) -> Iterator[Finding]:
        """Yield findings on the window."""
        served = context.data.served()
        if served is None:
            yield from not_in_use(METRICS)
            return
        inputs = {"window": str(served.window)}
        entries = Entries.of(served)
        yield _rate(context, served, entries, inputs)
        if entries is None:
            yield from (_without_queue(metric) for metric in METRICS[1:])
            return
        yield _standing(context, "exceptions.open", entries, entries.open, inputs)
        yield _standing(context, "exceptions.overdue", entries, entries.overdue, inputs)
        yield _time(context, served, entries, inputs)


def _rate(
    context: CheckContext, served: Served, entries: Entries | None, inputs: Mapping[str, str]
) -> Finding:
    from proveout.statistics import wilson

    metric = "exceptions.rate"
    table = served.requests.table
    n = int(table.count().execute())
    if n == 0:
        return NotMeasured(
            metric=metric,
            reason=f"nothing was asked between {served.window}",
            next_step="Look at a longer window: monitoring.window_days",
        )
    looked_at = table.filter(table.reasons.length() > 0)
    found = looked_at.select("id", "reasons", "notes", "outcome")
    calls = set(found.id.execute())
    reasons = found.reasons.unnest().name("reason").as_table().reason.value_counts(name="n")
    counted = {str(row.reason): int(row.n) for row in reasons.execute().itertuples()}
    reported = _reported(entries, served)
    if reported:
        counted["reported"] = len(reported)
    excepted = calls | reported
    details = {
        "reasons": dict(sorted(counted.items(), key=lambda pair: -pair[1])),
        "examples": _examples(found),
        "owner": _owner(context.charter),
    }
    return context.found(
        metric, len(excepted) / n, n=n, scope="production", interval=wilson(len(excepted), n),
        inputs=inputs, details=details,
    )  # fmt: skip


def _reported(entries: Entries | None, served: Served) -> set[str]:
    """Return the calls of the window that a user called wrong."""
    if entries is None:
        return set()
    frame = entries.frame
    by_users = set(frame.loc[frame["reported_by"].fillna("") != "", "call"])
    if not by_users:
        return by_users
    table = served.requests.table
    return set(table.filter(table.id.isin(sorted(by_users))).id.execute())


def _examples(found: Any) -> list[dict[str, Any]]:
    """Show one request per reason, as far as three go."""
    shown: dict[str, dict[str, Any]] = {}
    for row in found.order_by("id").limit(1_000).execute().itertuples():
        reasons, notes = list(row.reasons), [] if row.notes is None else list(row.notes)
        if reasons and reasons[0] not in shown:
            note = str(notes[0]) if len(notes) else None
            shown[reasons[0]] = {"id": row.id, "reasons": reasons, "note": note}
    return list(shown.values())[:EXAMPLES]


def _standing(
    context: CheckContext,
    metric: str,
    entries: Entries,
    frame: pd.DataFrame,
    inputs: Mapping[str, str],
) -> Finding:
    details = {**entries.told(frame), "owner": _owner(context.charter)}
    return context.found(
        metric, len(frame), n=len(entries.frame), scope="production", inputs=inputs,
        details=details,
    )  # fmt: skip


def _time(
    context: CheckContext, served: Served, entries: Entries, inputs: Mapping[str, str]
) -> Finding:
    from proveout.statistics.durations import duration_quantile

    metric = "exceptions.time_to_resolve"
    frame = entries.since(served.window.begins.timestamp())
    if frame.empty:
        return NotMeasured(
            metric=metric,
            reason="no exception came in the window",
            next_step="Nothing is to be done, unless exceptions.rate is not to be believed.",
        )
    resolved = frame["resolved_at"]
    is_over = (resolved < entries.ends).to_numpy()
    until = resolved.where(is_over, entries.ends)
    hours = ((until - frame["at"]) / 3600).clip(lower=0).to_numpy()
    found = duration_quantile(hours, is_over, share=RESOLVED)
    if found.value is None or found.interval is None:
        so_far = "" if found.value is None else f"; by those there are it is {found.value:.3g} h"
        return NotMeasured(
            metric=metric,
            reason=f"{found.n:,} exceptions, {found.n_open:,} of them open, do not bound the time "
            f"for nine out of ten: it is at least {found.low:.3g} h{so_far}",
            next_step="Resolve those that are open, or look at a longer window: "
            "monitoring.window_days",
        )
    return context.found(
        metric, found.value, n=found.n, scope="production", interval=found.interval, inputs=inputs,
        details={"open": found.n_open, "owner": _owner(context.charter)},
    )  # fmt: skip


def _owner(charter: Charter) -> str:
    protocol = charter.governance.exceptions
    return "nobody named" if protocol is None else protocol.goes_to


def _without_queue(metric: Metric) -> NotMeasured:
    return NotMeasured(
        metric=metric.name,
        reason="there is no store, and so no queue of exceptions",
        next_step="Name the gateways' store in the charter: gateway.store",
    )


CHECK = ExceptionsCheck()
