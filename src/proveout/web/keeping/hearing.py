"""Records how people were heard, of every pilot."""

from __future__ import annotations

from datetime import timedelta

from proveout.web.asked import Parts
from proveout.web.heard import record_heard
from proveout.web.keeping.keeper import Turn, of_each, told
from proveout.web.keeping.rhythm import Rhythm

EVERY = timedelta(minutes=10)


class Hearing:
    """The job."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._rhythm = parts, Rhythm(EVERY)

    def run(self, turn: Turn) -> str | None:
        """Do it. Raises PartlyFailedError with the pilots where it failed."""
        if not self._rhythm.is_time(turn.now):
            return None
        parts, failures, recorded = self._parts, dict[str, str](), 0
        for book in parts.library.pilots():
            if turn.is_over.is_set() or not turn.go_on():
                break
            if book.trouble is not None:
                continue
            try:
                run = record_heard(book, parts.desk, parts.registry, turn.now)
            except Exception as error:  # noqa: BLE001  # one pilot must not silence the others
                failures[book.pilot] = told(error)
            else:
                recorded += run is not None
        of_each(failures)
        return f"Recorded for {recorded:,} {'pilot' if recorded == 1 else 'pilots'}."

    def close(self) -> None:
        """Nothing was begun."""
