"""Brings what the register comes to up to date: time goes on where nobody acts."""

from __future__ import annotations

from datetime import timedelta

from proveout.register import refresh
from proveout.web.asked import Parts
from proveout.web.keeping.keeper import Turn, of_each, told
from proveout.web.keeping.rhythm import Rhythm

EVERY = timedelta(hours=1)
"""A day is over in every time zone once; nothing is written where nothing has changed."""


class Refreshing:
    """The job."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._rhythm = parts, Rhythm(EVERY)

    def run(self, turn: Turn) -> str | None:
        """Do it. Raises PartlyFailedError with the pilots where it failed."""
        if not self._rhythm.is_time(turn.now):
            return None
        library, failures, recorded = self._parts.library, dict[str, str](), 0
        for book in library.pilots():
            if turn.is_over.is_set() or not turn.go_on():
                break
            if book.trouble is not None or not book.register.acts:
                continue
            try:
                recorded += len(
                    refresh(
                        book.loaded,
                        ledger=book.ledger,
                        catalogue=self._parts.registry.catalogue,
                        now=turn.now,
                        known=library.known(book),
                    )
                )
            except Exception as error:  # noqa: BLE001  # one pilot must not silence the others
                failures[book.pilot] = told(error)
        of_each(failures)
        return f"{recorded:,} {'fact' if recorded == 1 else 'facts'} brought up to date."

    def close(self) -> None:
        """Nothing was begun."""
