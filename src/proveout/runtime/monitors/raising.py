"""What was found in a window, and whom to call about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from proveout.charter.schema import Charter
from proveout.evidence.alarm import Alarm
from proveout.evidence.model import Evidence

ALARMING = ("drift.alarm", "adoption.silent_decay")
"""Flags of tests that share the false-alarm budget: 1 is an alarm."""


def raised(
    found: Iterable[Evidence], standing: Iterable[Alarm], charter: Charter, *, now: datetime
) -> list[Alarm]:
    """Return the alarms to be raised: none about what one stands of already."""
    known = {alarm.about for alarm in standing}
    new: list[Alarm] = []
    for each in found:
        if each.metric not in ALARMING or each.value < 1 or (each.metric, each.subject) in known:
            continue
        alarm = Alarm(
            pilot=each.pilot,
            metric=each.metric,
            subject=each.subject,
            what=_told(each),
            who_acts=who_acts(charter),
            evidence=each.id,
            raised_at=now,
        )
        known.add(alarm.about)
        new.append(alarm)
    return new


def who_acts(charter: Charter) -> str:
    """Return the name of whom an alarm calls."""
    monitoring = charter.monitoring
    for person in (
        monitoring.acts if monitoring is not None else None,
        charter.people.reviewer,
        charter.people.production_owner,
        charter.people.project_owner,
    ):
        if person is not None:
            return person.name
    return "nobody is named (monitoring.acts)"


def _told(found: Evidence) -> str:
    told = found.details.get("told") or found.details.get("what")
    if isinstance(told, str) and told:
        return told
    about = f" ({found.subject})" if found.subject.parts else ""
    return f"{found.metric}{about}"
