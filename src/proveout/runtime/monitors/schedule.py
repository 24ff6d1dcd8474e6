"""When production is looked at next. Pure but for the waiting, which is passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import WINDOW_INPUT


def last_look(entries: Iterable[Entry]) -> datetime | None:
    """Return when production was last looked at, by the ledger; None where it never was."""
    looks = [
        datetime.fromisoformat(entry.body["at"])
        for entry in entries
        if entry.kind == "run" and entry.body.get(WINDOW_INPUT) is not None
    ]
    return max(looks, default=None)


def next_look(last: datetime | None, *, every: timedelta, now: datetime) -> datetime:
    """Return when it is looked at next: at once where that is overdue, or never was done.

    A look that was missed, because nothing ran then, is made up for once and not many times.
    """
    return now if last is None else max(last + every, now)


def wait_until(
    moment: datetime, *, clock: Callable[[], datetime], pause: Callable[[float], None]
) -> None:
    """Wait, in short pauses, so that a machine that slept comes back in time."""
    while (left := (moment - clock()).total_seconds()) > 0:
        pause(min(left, 30.0))
