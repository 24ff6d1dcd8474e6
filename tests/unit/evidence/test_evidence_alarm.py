"""Which alarms stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from proveout.evidence.alarm import Alarm, Resolution, standing_alarms
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import Subject

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)


def entries(*bodies: dict[str, Any]) -> Iterator[Entry]:
    for seq, body in enumerate(bodies, 1):
        yield Entry(
            seq=seq, pilot="p", kind="alarm", recorded_at=NOW, body=body, prev_hash="", hash=""
        )


def alarm(column: str) -> Alarm:
    return Alarm(
        pilot="p", metric="drift.alarm", subject=Subject.of(column=column), what="it changed",
        who_acts="Ada", evidence="ev-1", raised_at=NOW,
    )  # fmt: skip


def test_of_two_alarms_about_the_same_one_stands() -> None:
    """Two monitors that ran at once have both raised it; to resolve it once is enough."""
    first, other = alarm("unit"), alarm("date")
    second = replace(first, raised_at=NOW + timedelta(seconds=2))
    raised = [first.as_dict(), second.as_dict(), other.as_dict()]
    done = Resolution(alarm=first.id, who="Ada", why="meant so", at=NOW).as_dict()

    assert standing_alarms(entries(*raised)) == (first, other)
    assert standing_alarms(entries(*raised, done)) == (other,)
    assert standing_alarms(entries(*raised, done, second.as_dict())) == (other, second)
