"""One look at a window of the prediction log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.monitoring import FalseAlarms
from proveout.checks.contract import CheckContext, Finding, Progress, Served
from proveout.checks.drift import telling, tracing
from proveout.checks.drift.looking import (
    AT,
    LEAST_ROWS,
    OUTPUTS,
    Before,
    Past,
    past_of,
    rows_of,
)
from proveout.checks.drift.outcomes import outcome_findings
from proveout.checks.drift.streams import ROWS, Streams
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.truths import truth_by_field
from proveout.statistics.drift import Alarm, Findings, watch
from proveout.statistics.drift.distances import Distance
from proveout.statistics.drift.watching import ALPHA

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

_ROWS = Subject.of(kind="duplicates")
_EVERYTHING = 1.0
"""As alpha: whatever is least likely of each column, for an alarm that the streams have raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """All that is known when findings are told."""

    context: CheckContext
    inputs: Mapping[str, str]
    frame: pd.DataFrame
    past: Past
    distances: Mapping[str, Distance]
    """From the time before launch, whatever has joined the past since."""
    found: Findings
    outputs: Findings | None
    excepted: frozenset[str]
    acts: str
    by: Mapping[str, str]


def window_findings(context: CheckContext, before: Before, served: Served) -> Iterator[Finding]:
    """Compare the window with the past, and count what is new of it as evidence."""
    inputs = {**before.fingerprints, WINDOW_INPUT: str(served.window)}
    frame = rows_of(served.rows, before.columns, seed=context.seed)
    if len(frame) < LEAST_ROWS:
        yield from _too_few(len(frame))
        yield from outcome_findings(context, served, inputs=inputs)
        return
    settled = _settled(context)
    yield Progress(done=1, total=3, what="drift: the weeks since launch")
    launch = before.learn()
    past = past_of(launch, served, settled=settled, seed=context.seed)
    yield Progress(done=2, total=3, what=f"drift: {len(frame):,} rows of the window")
    asked = _asked(frame, context)
    look = _Look(
        context=context,
        inputs=inputs,
        frame=frame,
        past=past,
        distances=watch(launch, frame[asked], lag=1).distances,
        found=watch(past.reference, frame[asked], _EVERYTHING, lag=1),
        outputs=None if past.outputs is None else watch(past.outputs, frame, _EVERYTHING, lag=1),
        excepted=_excepted(served),
        acts=_who_acts(context),
        by=_groups(context),
    )
    streams = _counted(_streams(context, look, served).resolved(settled), look, served)
    alarms = [*_alarms(look, streams), *outcome_findings(context, served, inputs=inputs)]
    yield from alarms
    yield from _figures(look)
    standing = sum(
        isinstance(each, Evidence) and each.metric == "drift.alarm" and each.value >= 1
        for each in alarms
    )
    yield context.found(
        "drift.alarms",
        standing,
        n=len(streams.watches),
        scope="production",
        inputs=inputs,
        details={
            "state": streams.to_dict(),
            "weeks_joined": past.weeks_joined,
            "rows": len(frame),
            "outputs_watched": past.outputs is not None,
        },
    )


def _asked(frame: pd.DataFrame, context: CheckContext) -> list[str]:
    """Return the columns of requests: without what the log adds, and true answers that came."""
    truths = truth_by_field(context.charter).values()
    ours = [name for name in frame.columns if name.startswith("proveout_") or name in truths]
    return [name for name in frame.columns if name not in ours]


def _too_few(n_rows: int) -> Iterator[Finding]:
    reason = f"{n_rows} rows in the window are too few to be compared ({LEAST_ROWS} are needed)"
    for metric in ("drift.alarms", "drift.not_checked", "drift.distance"):
        yield NotMeasured(
            metric=metric,
            reason=reason,
            next_step="Look further back: monitoring.window_requests",
        )


def _settled(context: CheckContext) -> dict[str, datetime]:
    """Return for each stream when an alarm about it was last resolved."""
    found: dict[str, datetime] = {}
    for each in context.resolved():
        subject = each.alarm.subject
        name = subject.get("column") or (ROWS if subject == _ROWS else None)
        if each.alarm.metric == "drift.alarm" and name is not None:
            found[name] = max(each.at, found.get(name, each.at))
    return found


def _streams(context: CheckContext, look: _Look, served: Served) -> Streams:
    """Carry on from the look before this one, or begin."""
    begins = served.window.begins
    for each in context.earlier():
        if each.metric == "drift.alarms" and "state" in each.details:
            kept = Streams.from_dict(each.details["state"])
            if served.window.ends < kept.budget.ends:
                return kept
            begins = kept.budget.ends  # a new life begins with a new budget
    monitoring = context.charter.monitoring
    allowed = monitoring.false_alarms if monitoring is not None else FalseAlarms()
    names = [*look.past.reference.columns, ROWS, *OUTPUTS]
    return Streams.begin(names, begins=begins, allowed=allowed)


def _counted(streams: Streams, look: _Look, served: Served) -> Streams:
    """Add the evidence of those rows that no look has counted."""
    until = streams.until()
    new = look.frame if until is None else look.frame[look.frame[AT] >= until]
    if len(new) < LEAST_ROWS:
        return streams
    p_values = dict(watch(look.past.reference, new[_asked(new, look.context)], lag=1).p_values)
    if "" in p_values:
        p_values[ROWS] = p_values.pop("")
    if look.past.outputs is not None:
        found = watch(look.past.outputs, new, lag=1)
        for name, column in OUTPUTS.items():
            if column in found.p_values:
                p_values[name] = found.p_values[column]
    return streams.after(p_values, until=served.window.ends)


def _alarms(look: _Look, streams: Streams) -> Iterator[Finding]:
    """Yield for every stream whether it has changed for certain, or that it was not checked."""
    skipped = {each.column: each.reason for each in look.found.not_checked}
    for name, stream in streams.watches.items():
        if name in OUTPUTS and look.outputs is None:
            continue
        subject = _ROWS if name == ROWS else Subject.of(column=name)
        if name in skipped and not stream.is_alarm:
            yield NotMeasured(
                metric="drift.alarm",
                subject=subject,
                reason=f"not checked: {skipped[name]}",
                next_step=f"{look.acts} finds out why with those who deliver the data.",
            )
            continue
        details: dict[str, Any] = {"evidence": stream.evidence, "threshold": stream.threshold}
        if stream.is_alarm:
            details |= _story(look, name, stream.alarmed_at)
        yield look.context.found(
            "drift.alarm",
            1.0 if stream.is_alarm else 0.0,
            n=len(look.frame),
            scope="production",
            subject=subject,
            inputs=look.inputs,
            details=details,
        )


def _story(look: _Look, name: str, alarmed_at: datetime | None) -> dict[str, Any]:
    """Tell what changed, since when, where, what it does, and who acts."""
    alarm = _worst(look, name)
    if alarm is None:
        at = alarmed_at or look.context.now
        return {"told": telling.gone_told(name, at, acts=look.acts), "who_acts": look.acts}
    began = _since(look, alarm)
    places = tracing.places(look.frame, alarm.rows, look.by)
    effects = tracing.effects(look.frame, alarm.rows, look.excepted)
    told = telling.alarm_told(alarm, began=began, places=places, effects=effects, acts=look.acts)
    return {
        "told": told,
        "kind": alarm.kind,
        "what": alarm.what,
        "share": alarm.share,
        "low": alarm.interval.low,
        "high": alarm.interval.high,
        "expected": alarm.expected,
        "changed": alarm.changed,
        "n": alarm.n,
        "p": alarm.p,
        "examples": list(alarm.examples),
        "partners": list(alarm.partners),
        "since": None if began is None else began.isoformat(),
        "where": [each.as_dict() for each in places[:3]],
        "effects": effects,
        "who_acts": look.acts,
    }


def _worst(look: _Look, name: str) -> Alarm | None:
    """Return the least likely change of a stream in this window, if it is not likely at all."""
    column = "" if name == ROWS else OUTPUTS.get(name, name)
    found = look.outputs if name in OUTPUTS else look.found
    of_it = [each for each in (found.alarms if found else ()) if each.column == column]
    likely = 0.05
    return min((each for each in of_it if each.p <= likely), key=lambda a: a.p, default=None)


def _since(look: _Look, alarm: Alarm) -> datetime | None:
    """Find when it began, in the window and the weeks before it."""
    import numpy as np

    times, hit = list(look.frame[AT]), alarm.rows
    reference = look.past.outputs if alarm.column in OUTPUTS.values() else look.past.reference
    if look.past.rows is not None and reference is not None:
        earlier = _hit_before(look.past.rows, reference, alarm)
        times, hit = [*look.past.rows[AT], *times], np.concatenate([earlier, hit])
    moment = tracing.since(times, hit)
    return None if moment is None else moment.to_pydatetime()  # type: ignore[attr-defined]


def _hit_before(rows: pd.DataFrame, reference: Any, alarm: Alarm) -> npt.NDArray[np.bool_]:
    """Mark the rows before the window that are hit in the same way."""
    import numpy as np

    columns = [name for name in reference.columns if name in rows]
    for each in watch(reference, rows[columns], _EVERYTHING, lag=1, least_share=0.0).alarms:
        if (each.column, each.kind, each.what) == (alarm.column, alarm.kind, alarm.what):
            return each.rows
    return np.zeros(len(rows), dtype=bool)


def _figures(look: _Look) -> Iterator[Finding]:
    """Yield the familiar distances, and what is new, gone, in another form, or not checked."""
    context, found, n = look.context, look.found, len(look.frame)
    outputs = {} if look.outputs is None else look.outputs.distances
    named = {column: name for name, column in OUTPUTS.items()}
    for column, each in {**look.distances, **outputs}.items():
        yield context.found(
            "drift.distance",
            each.jensen_shannon,
            n=n,
            scope="production",
            subject=Subject.of(column=named.get(column, column)),
            inputs=look.inputs,
            details=telling.distance_details(each),
        )
    forms = {
        each.column: {"told": telling.change_told(each), "examples": list(each.examples)}
        for each in found.format_changes
        if each.p <= ALPHA
    }
    counts: dict[str, Mapping[str, Any]] = {
        "drift.format_changes": forms,
        "drift.schema_changes": {each.column: each.what for each in found.schema},
        "drift.not_checked": {each.column: each.reason for each in found.not_checked},
    }
    for metric, columns in counts.items():
        yield context.found(
            metric, len(columns), n=n, scope="production", inputs=look.inputs,
            details={"columns": columns},
        )  # fmt: skip


def _excepted(served: Served) -> frozenset[str]:
    """Return the requests that went to a person."""
    if served.exceptions is None or "call" not in served.exceptions.table.columns:
        return frozenset()
    table = served.exceptions.table
    return frozenset(str(each) for each in table.select("call").execute()["call"])


def _who_acts(context: CheckContext) -> str:
    monitoring, people = context.charter.monitoring, context.charter.people
    named = (
        monitoring.acts if monitoring is not None else None,
        people.reviewer, people.production_owner, people.project_owner,
    )  # fmt: skip
    return next((each.name for each in named if each is not None), "Nobody is named who")


def _groups(context: CheckContext) -> dict[str, str]:
    """Return by what rows are told apart: team, version, and the slices of the charter."""
    slices = {name: name for name in context.charter.data.slices}
    return {"team": "proveout_team", "version": "proveout_version", **slices}
