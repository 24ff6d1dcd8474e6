"""The few figures that are shown of every pilot at once: what it costs and what it brings."""

from __future__ import annotations

import threading
from itertools import chain
from operator import attrgetter

from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import Evidence
from proveout.gate import gather
from proveout.portfolio.following import Follower, Notes, Shelf

WATCHED = ("cost.monthly", "cost.spent", "value.kpi")


class Figures:
    """Reads them of all pilots in one go, then what is new. Safe to use from several threads."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._kept: dict[str, list[Entry]] = {}
        self._counting: dict[str, tuple[int, tuple[Evidence, ...]]] = {}
        self._until = 0
        self._lock = threading.Lock()

    def of(self, pilot: str, shelf: Shelf) -> tuple[Evidence, ...]:
        """Return what counts of one pilot: of the latest runs, and what people attest."""
        notes = shelf.pilots.get(pilot)
        if notes is None:
            return ()
        with self._lock:
            self._read(shelf.head[0])
            known = self._counting.get(pilot)
            if known is None or known[0] != notes.last_seq:
                known = notes.last_seq, self._gathered(pilot, notes)
                self._counting[pilot] = known
        return known[1]

    def _read(self, until: int) -> None:
        if until <= self._until:
            return
        found = self._follower.ledger.evidence(
            None, metrics=WATCHED, after=self._until, until=until
        )
        for entry in self._follower.chain.known(found):
            if entry.body.get("metric") in WATCHED:
                self._kept.setdefault(entry.pilot, []).append(entry)
        self._until = until

    def _gathered(self, pilot: str, notes: Notes) -> tuple[Evidence, ...]:
        kept = self._kept.get(pilot, [])
        if not kept:
            return ()
        told = chain(notes.of("run", "outcome"), kept)
        entries = sorted(told, key=attrgetter("seq"))
        in_use = gather(entries, pilot, "scale").evidence
        # A look at production traffic takes the place of an assessment, but does not measure all
        # that one does: what it leaves out still holds as it was assessed.
        seen = {found.metric for found in in_use}
        assessed = gather(entries, pilot, "production").evidence
        return (*in_use, *(found for found in assessed if found.metric not in seen))
