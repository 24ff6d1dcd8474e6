"""The story of a series, read from its evidence: what happened, in the order of the deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from proveout.evidence.model import Evidence

EventKind = Literal["changed", "missing", "late", "repeated", "odd"]
_LISTS: dict[str, tuple[EventKind, str]] = {
    "readiness.schema_changes": ("changed", "changes"),
    "readiness.missing_deliveries": ("missing", "missing"),
    "readiness.late_deliveries": ("late", "late"),
    "readiness.repeated_deliveries": ("repeated", "repeats"),
    "readiness.odd_deliveries": ("odd", "odd"),
}
SIGNS: dict[EventKind, str] = {
    "changed": "▲", "missing": "○", "late": "○", "repeated": "=", "odd": "!",
}  # fmt: skip
QUIET = "·"
_OVERDUE = 6
"""Late deliveries that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened with a delivery."""

    label: str
    """The delivery: its period, or the name of its file."""
    kind: EventKind
    what: str
    until: str | None = None
    """The last delivery of a change that did not last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One source as a series."""

    source: str
    n_deliveries: int
    ordered_by: str
    rhythm: str | None
    """'monthly' …; None where none was found."""
    labels: tuple[str, ...]
    """Of the deliveries and of those that are missing, in order; cut where there are very many."""
    events: tuple[Event, ...]
    absent: tuple[tuple[str, EventKind], ...] = ()
    """Labels of what is missing or late."""

    def strip(self) -> list[tuple[str, EventKind | None]]:
        """Return for each label the gravest thing that happened; None where nothing did."""
        rank = list(SIGNS)
        worst: dict[str, EventKind] = {}
        for event in self.events:
            known = worst.get(event.label)
            if known is None or rank.index(event.kind) > rank.index(known):
                worst[event.label] = event.kind
        worst |= dict(self.absent)
        return [(label, worst.get(label)) for label in self.labels]

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "deliveries": self.n_deliveries,
            "ordered_by": self.ordered_by,
            "rhythm": self.rhythm,
            "labels": list(self.labels),
            "events": [
                {"delivery": e.label, "kind": e.kind, "what": e.what, "until": e.until}
                for e in self.events
            ],
        }


def timeline(evidence: Iterable[Evidence], source: str) -> Timeline | None:
    """Tell the story of a source; None where it is no series of files."""
    found = {
        each.metric: each
        for each in evidence
        if each.metric in _LISTS
        and each.subject.get("source") == source
        and each.scope == "production"
    }
    changes = found.get("readiness.schema_changes")
    if changes is None:
        return None
    missing = found.get("readiness.missing_deliveries")
    late = found.get("readiness.late_deliveries")
    labels = list(dict.fromkeys(str(d["label"]) for d in changes.details.get("deliveries") or ()))
    if len({d.get("series") for d in changes.details.get("deliveries") or ()}) == 1:
        for each in [] if missing is None else missing.details.get("missing") or ():
            labels.insert(_place(labels, str(each)), str(each))
    overdue = [] if late is None else [str(each) for each in late.details.get("late") or ()]
    labels += overdue[:_OVERDUE]
    order = {label: at for at, label in enumerate(labels)}
    events = [event for metric, each in found.items() for event in _events(metric, each, labels)]
    return Timeline(
        source=source,
        n_deliveries=changes.n,
        ordered_by=str(changes.details["ordered_by"]),
        rhythm=None if missing is None else str(missing.details["rhythm"]),
        labels=tuple(labels),
        absent=(
            *((str(x), "missing") for x in (missing.details if missing else {}).get("missing", ())),
            *((label, "late") for label in overdue),
        ),
        events=tuple(sorted(events, key=lambda e: (order.get(e.label, len(order)), e.what))),
    )


def _events(metric: str, evidence: Evidence, labels: Sequence[str]) -> Iterable[Event]:
    kind, key = _LISTS[metric]
    listed = list(evidence.details.get(key) or ())
    if kind == "late" and len(listed) > _OVERDUE:
        what = f"{int(evidence.value):,} deliveries are late, from {listed[0]} on"
        yield Event(label=str(listed[0]), kind=kind, what=what)
        return
    if kind in ("missing", "late"):
        for run in _runs([str(each) for each in listed], labels):
            what = (
                f"{run[0]} is {kind}"
                if len(run) == 1
                else (f"{run[0]} to {run[-1]} are {kind} ({len(run):,})")
            )
            yield Event(label=run[0], kind=kind, what=what)
        return
    for each in listed:
        if kind == "changed":
            yield Event(
                label=str(each["since"]), kind=kind, until=each.get("until"), what=_change(each)
            )
        else:
            yield Event(label=str(each["label"]), kind=kind, what=str(each["what"]))


def _runs(absent: Sequence[str], labels: Sequence[str]) -> list[list[str]]:
    """Put together what is missing without a delivery between."""
    order = {label: at for at, label in enumerate(labels)}
    runs: list[list[str]] = []
    for label in absent:
        if runs and order.get(label, -1) == order.get(runs[-1][-1], -3) + 1:
            runs[-1].append(label)
        else:
            runs.append([label])
    return runs


def _change(change: dict[str, Any]) -> str:
    when = str(change["when"])
    who = " ".join(part for part in (change.get("column"), change["what"]) if part)
    series = f" ({change['series']})" if change.get("series") else ""
    return f"{who}, {when}{series}"


def _place(labels: Sequence[str], label: str) -> int:
    """Find where a missing delivery belongs among those that are there."""

    def key(text: str) -> tuple[int, str]:
        return (int(text), "") if text.isdigit() else (0, text)

    return next((at for at, other in enumerate(labels) if key(other) > key(label)), len(labels))
