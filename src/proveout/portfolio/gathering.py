"""Gather a pilot's dossier from a ledger that is followed, reading as little of it as counts.

The rule: evidence counts only where the run that found it is the latest of some check, or where a
person attests it; `gate.gather` says which, and is given no more than these.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from proveout.charter.schema import Stage
from proveout.evidence.ledger.port import Entry
from proveout.evidence.model import Evidence, Subject
from proveout.gate import ATTEST, evidence_in, gather, runs_that_count
from proveout.gate.model import Dossier
from proveout.portfolio.following import Follower, Notes, Shelf

About = tuple[str, Subject]


@dataclass(slots=True)
class Gatherer:
    """What was read of one pilot's evidence, and can count. Safe to use from several threads."""

    follower: Follower
    pilot: str
    _runs: frozenset[str] = frozenset()
    _found: list[Entry] = field(default_factory=list)
    _attested: dict[About, Entry] = field(default_factory=dict)
    """The latest of each, in the order in which they were first said."""
    _until: int = 0
    """Position up to which everything was read."""
    _before_seal: tuple[Entry, ...] | None = None
    """What was measured first, if that was before the seal; None as long as it was not asked."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _as_read: dict[int, Evidence] = field(default_factory=dict)
    """By position: all gates share what an entry says, and its id, which takes a hash."""

    def dossier(self, shelf: Shelf, stage: Stage | None) -> Dossier:
        """Gather for one gate."""
        notes = shelf.pilots.get(self.pilot, Notes())
        with self._lock:
            self._read(shelf, notes)
            evidence = {entry.seq: entry for entry in chain(self._found, self._results(notes))}
            attested = list(self._attested.values())
        told = notes.of("run", "outcome", "waiver", "seal", "amendment", "alarm")
        ordered = sorted([*told, *evidence.values()], key=lambda entry: entry.seq)
        seals = (entry for entry in shelf.seals if entry.pilot != self.pilot)
        others = chain(seals, shelf.diagnosed)
        dossier = gather(
            chain(ordered, attested, others), self.pilot, stage, read=self._evidence_in
        )
        return replace(dossier, last_recorded_at=notes.latest_at)

    def attested(self, shelf: Shelf) -> Mapping[About, Entry]:
        """Return what people attest, the latest on each metric and subject."""
        with self._lock:
            self._read(shelf, shelf.pilots.get(self.pilot, Notes()))
            return dict(self._attested)

    def _read(self, shelf: Shelf, notes: Notes) -> None:
        until = shelf.head[0]
        if until <= self._until:
            return  # another thread has read on meanwhile
        if notes.last_seq > self._until:
            runs = runs_that_count(notes.told)
            self._found = [entry for entry in self._found if _run(entry) in (None, *runs)]
            if new := runs - self._runs:
                self._keep(new, self._asked(new, after=_opened(new, notes), until=self._until))
            self._keep(runs, self._asked(runs, after=self._until, until=until))
            self._runs = runs
            held = {entry.seq for entry in (*self._found, *self._attested.values())}
            self._as_read = {seq: each for seq, each in self._as_read.items() if seq in held}
        self._until = until

    def _asked(self, runs: frozenset[str], *, after: int, until: int) -> Iterable[Entry]:
        if after >= until:
            return ()
        ledger, checks = self.follower.ledger, (ATTEST,)
        return self.follower.chain.known(
            ledger.evidence(self.pilot, runs=runs, checks=checks, after=after, until=until)
        )

    def _keep(self, runs: frozenset[str], entries: Iterable[Entry]) -> None:
        for entry in entries:
            about = _attested_about(entry)
            if about is None:
                if _run(entry) in (None, *runs):
                    self._found.append(entry)
            elif (known := self._attested.get(about)) is None or known.seq < entry.seq:
                self._attested[about] = entry

    def _evidence_in(self, entry: Entry) -> Evidence:
        known = self._as_read.get(entry.seq)
        if known is None:
            known = self._as_read[entry.seq] = evidence_in(entry)
        return known

    def _results(self, notes: Notes) -> Iterator[Entry]:
        """Yield what was measured before the seal, if anything was: the gate tells that."""
        sealed = next((entry.seq for entry in notes.told if entry.kind == "seal"), None)
        if sealed is None:
            return
        if self._before_seal is None:
            self._before_seal = tuple(self._first_measured(sealed))
        yield from self._before_seal

    def _first_measured(self, before: int) -> Iterator[Entry]:
        for entry in self.follower.ledger.evidence(self.pilot, until=before - 1):
            if entry.body["basis"] == "measured":
                yield from self.follower.chain.known([entry])
                return


def _run(entry: Entry) -> str | None:
    """Return the run of evidence; None for what makes no sense, which the gate will say."""
    try:
        return str(entry.body["run"])
    except (KeyError, TypeError):
        return None


def _attested_about(entry: Entry) -> About | None:
    try:
        if entry.body["check"]["name"] == ATTEST:
            return entry.body["metric"], Subject.of(**entry.body["subject"])
    except (KeyError, TypeError, ValueError):
        pass
    return None


def _opened(runs: frozenset[str], notes: Notes) -> int:
    """Return the position behind which all evidence of some runs stands.

    The id of a run is made when it is opened; one that never was may have found things anywhere.
    """
    opened: dict[str, int] = {}
    for entry in notes.of("run"):
        opened.setdefault(entry.body["run"], entry.seq)
    return min(opened.get(run, 0) for run in runs)
