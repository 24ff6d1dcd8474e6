"""How many requests a version has answered, for steps of a rollout that wait for so many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from proveout.intake.session import Session
from proveout.runtime.log.table import open_log
from proveout.runtime.monitors.served import LogPlace


def answered_since(place: LogPlace, session: Session) -> Callable[[str, float], int]:
    """Return the function that counts a version's answers since a moment (seconds since 1970)."""

    def count(version: str, since: float) -> int:
        table = open_log(
            place.folder,
            place.pilot,
            session=session,
            archive=place.archive,
            since=datetime.fromtimestamp(since, UTC),
        ).table
        own = table.filter((table.version == version) & (table.outcome == "answered"))
        return int(own.count().execute())

    return count
