"""The verdict as of now, made anew when something new is known, or time alone may change it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from proveout import __version__
from proveout.assess.assess import Assessment, judge_on
from proveout.assess.registry import Registry
from proveout.charter.schema import Stage
from proveout.gate.model import Dossier
from proveout.portfolio.book import PilotBook
from proveout.portfolio.following import Follower, Shelf
from proveout.portfolio.gathering import Gatherer
from proveout.report.model import Report

_HELD = 48
"""So many pilots' evidence is kept in memory; that of another is read when it is asked for."""
_AT_LATEST = timedelta(seconds=60)

_Known = tuple[int, str, int]
"""Last entry of the pilot, charter in force, how many seals and diagnoses the ledger holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    known: _Known
    until: datetime
    report: Report


@dataclass(slots=True)
class _Desk:
    """What is held of one pilot."""

    gatherer: Gatherer
    decided: dict[Stage, _Decided] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Decider:
    """Decides over one ledger that is followed. Safe to use from several threads."""

    def __init__(self, follower: Follower, registry: Registry) -> None:
        self._follower, self._registry = follower, registry
        self._desks: OrderedDict[str, _Desk] = OrderedDict()
        self._lock = threading.Lock()

    def gatherer(self, pilot: str) -> Gatherer:
        """Return what was read of a pilot's evidence."""
        return self._desk(pilot).gatherer

    def report(self, book: PilotBook, stage: Stage, now: datetime, shelf: Shelf) -> Report:
        """Return the verdict at a gate as of now, and what it rests on."""
        notes = shelf.pilots.get(book.pilot)
        n_elsewhere = len(shelf.seals) + len(shelf.diagnosed)
        known = (0 if notes is None else notes.last_seq, book.loaded.content_hash, n_elsewhere)
        desk = self._desk(book.pilot)
        with desk.lock:
            decided = desk.decided.get(stage)
            is_current = (
                decided is not None
                and decided.known == known
                and decided.report.generated_at <= now < decided.until
            )
            if decided is None or not is_current:
                dossier = desk.gatherer.dossier(shelf, stage)
                report, until = self._decide(dossier, book, stage, now)
                decided = _Decided(known=known, until=until, report=report)
                desk.decided[stage] = decided
        return replace(decided.report, ledger_head=shelf.head)

    def _desk(self, pilot: str) -> _Desk:
        with self._lock:
            desk = self._desks.pop(pilot, None) or _Desk(
                gatherer=Gatherer(follower=self._follower, pilot=pilot)
            )
            self._desks[pilot] = desk
            while len(self._desks) > _HELD:
                self._desks.popitem(last=False)
            return desk

    def _decide(
        self, dossier: Dossier, book: PilotBook, stage: Stage, now: datetime
    ) -> tuple[Report, datetime]:
        """Return the report, and until when it holds at the latest."""
        judged = judge_on(
            dossier,
            book.loaded,
            stage=stage,
            registry=self._registry,
            ledger_head=(0, ""),
            now=now,
        )
        report = Report(
            verdict=judged.verdict,
            loaded=book.loaded,
            evidence=dossier.evidence,
            catalogue=self._registry.catalogue,
            generated_at=now,
            ledger_head=judged.ledger_head,
            version=__version__,
            alarms=dossier.alarms,
        )
        ends = [end for end in _ends(judged) if end >= now]
        return report, min([now + _AT_LATEST, *ends])


def _ends(judged: Assessment) -> Iterator[datetime]:
    """Yield the moments at which something stops to count."""
    dossier = judged.dossier
    yield from (waiver.until for waiver in dossier.waivers)
    yield from (found.valid_until for found in dossier.evidence if found.valid_until is not None)
    ages = {
        ruling.criterion.metric: ruling.criterion.max_age
        for ruling in judged.verdict.rulings
        if ruling.criterion.max_age is not None
    }
    for found in dossier.evidence:
        if found.metric in ages:
            yield found.observed_at + ages[found.metric]
