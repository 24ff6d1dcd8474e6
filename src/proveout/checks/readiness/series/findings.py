"""From the files of a source to evidence: what changed, what is missing, late, repeated or odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.series.changes import Change
from proveout.checks.readiness.series.deliveries import (
    ORDER_WORDS,
    Delivery,
    Series,
    alike,
    arranged,
)
from proveout.checks.readiness.series.detect import changes
from proveout.checks.readiness.series.looking import look_at
from proveout.checks.readiness.series.periods import Period, dated
from proveout.checks.readiness.series.profile import Profiles
from proveout.checks.readiness.series.regularity import (
    GRAINS,
    Calendar,
    Odd,
    Repeat,
    calendar,
    odd,
    overdue,
    repeats,
)
from proveout.evidence.model import Evidence, Scope, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable, Reject

LISTED = 60
"""Deliveries, changes or repeats that the details list."""
_METRICS = ("schema_changes", "missing_deliveries", "repeated_deliveries", "odd_deliveries")


def series_findings(context: CheckContext, opened: OpenTable, scope: Scope) -> Iterator[Finding]:
    """Yield what can be told of a source as a series of files; nothing of one that is none."""
    source = opened.source
    if len(opened.parts) < 2:
        if source.deliveries is not None:
            yield _missed(opened, "late_deliveries", "the source is one file, and no series",
                          "Give a folder or a glob as the source's path.")  # fmt: skip
        return
    mine = alike([list(part.table.columns) for part in opened.parts])
    if sum(mine) < max(2, len(mine) / 2):
        for metric in _METRICS:
            yield _missed(opened, metric, "its files have hardly a column in common",
                          "Name each kind of file as a source of its own.")  # fmt: skip
        return
    foreign = [part.name for part, is_mine in zip(opened.parts, mine, strict=True) if not is_mine]
    opened = replace(
        opened,
        parts=tuple(part for part, is_mine in zip(opened.parts, mine, strict=True) if is_mine),
    )
    profiles = look_at(opened, context.charter.data)
    found = arranged(
        opened.parts,
        n_rows=profiles.n_rows,
        days=[profiles.middle(at) for at in range(len(opened.parts))],
        fingerprints=profiles.fingerprints,
        grain=None if source.deliveries is None else GRAINS[source.deliveries],
    )
    write = _Writer(context, opened, scope, found)
    yield _changes(write, profiles)
    yield from _calendar(write)
    yield _repeats(write, profiles)
    yield _odd(write, profiles, foreign)


class _Writer:
    """Makes evidence about one source as a series."""

    def __init__(
        self, context: CheckContext, opened: OpenTable, scope: Scope, series: Sequence[Series]
    ) -> None:
        self.context, self.opened, self.scope, self.series = context, opened, scope, series
        self.n = sum(len(each.deliveries) for each in series)

    def found(self, what: str, value: int, *, n: int | None = None, **details: Any) -> Evidence:
        return self.context.found(
            f"readiness.{what}",
            value,
            n=self.n if n is None else n,
            scope=self.scope,
            subject=Subject.of(source=self.opened.name),
            inputs={f"data:{self.opened.name}": self.opened.fingerprint},
            details={name: each for name, each in details.items() if each not in (None, [], {})},
        )


def _missed(opened: OpenTable, what: str, reason: str, next_step: str) -> NotMeasured:
    return NotMeasured(
        metric=f"readiness.{what}",
        subject=Subject.of(source=opened.name),
        reason=reason,
        next_step=next_step,
    )


def _changes(write: _Writer, profiles: Profiles) -> Evidence:
    found: list[tuple[Series, Change]] = [
        (series, change) for series in write.series for change in changes(series, profiles)
    ]
    return write.found(
        "schema_changes",
        len(found),
        ordered_by=ORDER_WORDS[write.series[0].ordered_by],
        records=sum(d.n_rows for series in write.series for d in series.deliveries),
        deliveries=[
            _delivery(d, series.stem) for series in write.series for d in series.deliveries
        ][:LISTED],
        changes=[
            change.as_dict(series.deliveries, series.stem) for series, change in found[:LISTED]
        ],
    )


def _delivery(delivery: Delivery, stem: str) -> dict[str, Any]:
    plain = {"label": delivery.label, "file": delivery.name, "records": delivery.n_rows}
    return {**plain, "series": stem} if stem else plain


def _calendar(write: _Writer) -> Iterator[Finding]:
    source = write.opened.source
    calendars: list[tuple[Series, Calendar]] = [
        (series, found)
        for series in write.series
        if (found := calendar(series, source.deliveries)) is not None
    ]
    if not calendars:
        step = "Write the period into the names of the files, or declare data.timestamp."
        for metric in ("missing_deliveries", *(["late_deliveries"] if source.deliveries else [])):
            yield _missed(write.opened, metric, "no rhythm of delivery can be told", step)
        return
    there = _cannot_be_read(write.opened)
    missing = [
        (series, period)
        for series, found in calendars
        for period in found.missing
        if period not in there
    ]
    newest = max(found.expected[-1] for _, found in calendars)
    yield write.found(
        "missing_deliveries",
        len(missing),
        n=sum(len(found.expected) for _, found in calendars),
        rhythm=calendars[0][1].words,
        declared=source.deliveries,
        first=calendars[0][1].expected[0].label,
        newest=newest.label,
        newest_age_days=_age(write, newest.days),
        missing=[_named(series, period.label) for series, period in missing[:LISTED]],
    )
    if source.deliveries is None:
        return
    due, today = source.due_days or 0, write.context.now.date()
    late = [
        (series, period) for series, found in calendars for period in overdue(found, due, today)
    ]
    yield write.found(
        "late_deliveries",
        len(late),
        n=sum(len(found.expected) for _, found in calendars) + len(late),
        rhythm=source.deliveries,
        due_days=due,
        newest=newest.label,
        late=[_named(series, period.label) for series, period in late[:LISTED]],
    )


def _cannot_be_read(opened: OpenTable) -> set[Period]:
    """Return the periods of files that are there and cannot be read: odd, and not missing."""
    unreadable = [reject.file for reject in _unreadable(opened)]
    found = dated([*(part.name for part in opened.parts), *unreadable]) or []
    return {each.period for each in found[len(opened.parts) :] if each.period is not None}


def _age(write: _Writer, days: Any) -> int | None:
    return None if days is None else (write.context.now.date() - days[1]).days


def _named(series: Series, label: str) -> str:
    return f"{series.stem} {label}" if series.stem else label


def _repeats(write: _Writer, profiles: Profiles) -> Evidence:
    found: list[Repeat] = [each for series in write.series for each in repeats(series, profiles)]
    return write.found(
        "repeated_deliveries",
        len(found),
        records=sum(d.n_rows for series in write.series for d in series.deliveries),
        repeats=[
            {
                "what": each.what,
                "how": each.how,
                "label": each.delivery.label,
                "file": each.delivery.name,
                "earlier": each.earlier.name,
                "records": each.delivery.n_rows,
                "share": round(each.share, 4),
            }
            for each in found[:LISTED]
        ],
    )


def _unreadable(opened: OpenTable) -> list[Reject]:
    listed = opened.rejects.examples(LISTED, reason="unreadable-file")
    return [reject for reject in listed if reject.reason == "unreadable-file"]


def _odd(write: _Writer, profiles: Profiles, foreign: Sequence[str]) -> Evidence:
    found: list[Odd] = [each for series in write.series for each in odd(series, profiles)]
    found += [
        Odd(
            name=name, label=name, how="foreign", n_rows=0,
            what=f"{name} has other columns than the rest, and was not compared",
        )
        for name in foreign
    ]  # fmt: skip
    unreadable = _unreadable(write.opened)
    found += [
        Odd(
            name=reject.file, label=reject.file, how="unreadable", n_rows=0,
            what=f"{reject.file} cannot be read: {reject.message}".rstrip("."),
        )
        for reject in unreadable
    ]  # fmt: skip
    return write.found(
        "odd_deliveries",
        len({each.name for each in found}),
        n=write.n + len(unreadable) + len(foreign),
        odd=[
            {"what": x.what, "how": x.how, "label": x.label, "file": x.name, "records": x.n_rows}
            for x in found[:LISTED]
        ],
    )
