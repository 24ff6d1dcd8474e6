"""What has changed, in sentences for the person who acts on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from proveout.checks.drift.tracing import Place
from proveout.evidence.figures import figure, span
from proveout.statistics import wilson
from proveout.statistics.drift import Alarm

_CHANGED = {
    "missing": "'{column}' is missing in {share} of the rows ({span}); before, it was {expected}",
    "unseen": "{share} of '{column}' ({span}) are values that were never seen before; "
    "usual are {expected}",
    "range": "{share} of '{column}' ({span}) are {what}; usual are {expected}",
    "spike": "{share} of '{column}' ({span}) are {what}; usual are {expected}",
    "shape": "{share} of '{column}' ({span}) are {what}; before, it was {expected}",
    "precision": "{share} of '{column}' ({span}) are {what}; before, it was {expected}",
    "form": "{share} of '{column}' ({span}) are {what}; before, it was {expected}",
    "duplicates": "{share} of the rows ({span}) are {what}; before, it was {expected}",
    "pair": "In {share} of the rows ({span}) '{column}' {what}{partners}; "
    "before, it was {expected}",
}
_EFFECTS = {
    "wrong": "{hit} of the answers on these rows are wrong, against {others} on the others",
    "exceptions": "{hit} of these rows went to a person, against {others} of the others",
}


def change_told(alarm: Alarm) -> str:
    """Say what has changed, with figures and up to three examples."""
    fewer = alarm.what.removeprefix("fewer values that are ")
    told = _CHANGED[alarm.kind].format(
        column=alarm.column,
        what=fewer,
        share=figure(alarm.share, "fraction", alarm.interval),
        span=span(alarm.interval, "fraction"),
        expected=figure(alarm.expected, "fraction"),
        partners=f" ({', '.join(alarm.partners)})" if alarm.partners else "",
    )
    if not alarm.examples:
        return f"{told}."
    quoted = ", ".join(f"“{each}”" for each in alarm.examples[:3])
    return f"{told}. For example {quoted}."


def where_told(places: Sequence[Place]) -> str:
    """Say where it is; nothing where it is everywhere."""
    if not places:
        return "It is everywhere alike."
    first = places[0]
    return (
        f"It is above all in {first.by} {first.name}: {_share(first.share, first.n)} of its "
        f"{first.n:,} rows, {_share(first.elsewhere, first.n)} elsewhere."
    )


def effects_told(effects: Mapping[str, Mapping[str, float]]) -> str:
    """Say what it does to results; that this is not known, where it is not."""
    told = [
        _EFFECTS[name].format(
            hit=_share(effects[name]["hit"], effects[name]["n_hit"]),
            others=_share(effects[name]["others"], effects[name]["n_others"]),
        )
        + f" (n = {effects[name]['n_hit']:,.0f} and {effects[name]['n_others']:,.0f})."
        for name in _EFFECTS
        if name in effects
    ]
    if "confidence" in effects:
        each = effects["confidence"]
        told.append(
            f"Its confidence is {each['hit']:.3g} on them and {each['others']:.3g} on the others."
        )
    return " ".join(told) or "What it does to results is not known yet: no true answers have come."


def _share(share: float, n: float) -> str:
    """Write a share with as many digits as its rows tell."""
    return figure(share, "fraction", wilson(round(share * n), max(int(n), 1)))


def alarm_told(
    alarm: Alarm,
    *,
    began: datetime | None,
    places: Sequence[Place],
    effects: Mapping[str, Mapping[str, float]],
    acts: str,
) -> str:
    """Say all of it, and who acts."""
    when = "" if began is None else f" It has been so since {began:%Y-%m-%d %H:%M}."
    parts = (change_told(alarm) + when, where_told(places), effects_told(effects))
    return f"{' '.join(parts)} {acts} acts."


def gone_told(column: str, alarmed_at: datetime, *, acts: str) -> str:
    """Say that an alarm stands whose change is no longer seen."""
    return (
        f"'{column}' had changed by {alarmed_at:%Y-%m-%d}; in this window nothing of it is seen "
        f"any more. {acts} acts: find out what it was, and resolve the alarm."
    )


def distance_details(each: Any) -> dict[str, Any]:
    """Return the familiar figures, for reading."""
    return {
        "jensen_shannon": each.jensen_shannon,
        "psi": each.psi,
        "test": each.test,
        "statistic": each.statistic,
        "p_by_lot": each.p,
        "missing": each.missing,
    }
