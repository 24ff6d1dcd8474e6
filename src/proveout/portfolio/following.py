"""Follow one ledger: what is known of its pilots, brought up to date by what is new in it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from proveout.charter.sealing import Seal
from proveout.diagnosis.recorded import is_recorded_diagnosis
from proveout.errors import LedgerBrokenError
from proveout.evidence.ledger.port import Entry, EntryKind, Ledger
from proveout.portfolio.chain import Chain, Read, Span
from proveout.register import Act, Register

_TOLD: tuple[EntryKind, ...] = (
    "outcome", "run", "seal", "amendment", "waiver", "verdict", "switch", "alarm", "act",
)  # fmt: skip
"""All but evidence, which is read where it is asked for."""
_FEW = 5_000
"""So many new entries are read whole, evidence too, so that each is held against its hash. Of more,
at a start above all, evidence is held against the chain by its hash alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a ledger tells of one pilot, but for its evidence. Immutable."""

    told: tuple[Entry, ...] = ()
    """Its runs, outcomes, seal, amendments, waivers, verdicts, switches and alarms, in order."""
    register: Register = field(default_factory=Register)
    last_act: int = 0
    """Position of its last act; 0 where there is none."""
    since: datetime | None = None
    last_at: datetime | None = None
    latest_at: datetime | None = None
    last_seq: int = 0
    n_evidence: int = 0

    def of(self, *kinds: EntryKind) -> list[Entry]:
        """Return what is told of some kinds."""
        return [entry for entry in self.told if entry.kind in kinds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All that is known of a ledger at one moment. Immutable; a later one replaces it."""

    head: tuple[int, str]
    pilots: Mapping[str, Notes]
    seals: tuple[Entry, ...]
    """Of all pilots, in order."""
    diagnosed: tuple[Entry, ...] = ()
    """Diagnoses that people recorded, of all pilots, in order."""


class Follower:
    """Knows a ledger. Safe to use from several threads; each process has its own."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.chain = ledger, Chain()
        self._shelf = Shelf(head=self.chain.head, pilots={}, seals=())
        self._lock = threading.Lock()
        self._refused: tuple[tuple[int, str], LedgerBrokenError] | None = None

    @property
    def shelf(self) -> Shelf:
        """What was known last."""
        return self._shelf

    def follow(self) -> Shelf:
        """Ask what is new, read it, and return all that is known now.

        Raises LedgerBrokenError where it does not go on from what was known, and what the ledger
        raises; what was known before stays.
        """
        if self.ledger.head() == self._shelf.head:
            return self._shelf
        with self._lock:
            head = self.ledger.head()
            if head == self._shelf.head:
                return self._shelf
            if self._refused is not None and self._refused[0] == head:
                raise self._refused[1]
            try:
                return self._read(head)
            except LedgerBrokenError as error:
                # A million entries are not walked again for every request.
                self._refused = (head, error)
                raise

    def _read(self, head: tuple[int, str]) -> Shelf:
        known = self.chain.head[0]
        with self.ledger.news(known, whole=None if head[0] - known <= _FEW else _TOLD) as news:
            read = self.chain.read(news)
        shelf = _after(self._shelf, read)
        self.chain.take(read)
        self._shelf, self._refused = shelf, None
        return shelf


def _after(shelf: Shelf, read: Read) -> Shelf:
    told: dict[str, list[Entry]] = {}
    for entry in read.whole:
        told.setdefault(entry.pilot, []).append(entry)
    changed = {
        pilot: _noted(shelf.pilots.get(pilot, Notes()), span, told.get(pilot, []))
        for pilot, span in read.spans.items()
    }
    seals = (entry for entry in read.whole if entry.kind in ("seal", "amendment"))
    diagnosed = (entry for entry in read.whole if is_recorded_diagnosis(entry.kind, entry.body))
    return Shelf(
        head=read.head,
        pilots={**shelf.pilots, **changed},
        seals=(*shelf.seals, *seals),
        diagnosed=(*shelf.diagnosed, *diagnosed),
    )


def _noted(notes: Notes, span: Span, new: list[Entry]) -> Notes:
    latest = _moment(span.latest_at)
    after = replace(
        notes,
        since=notes.since or _moment(span.first_at),
        last_at=_moment(span.last_at),
        latest_at=latest if notes.latest_at is None else max(latest, notes.latest_at),
        last_seq=span.last_seq,
        n_evidence=notes.n_evidence + span.n_evidence,
    )
    if not new:
        return after
    acts = [entry for entry in new if entry.kind == "act"]
    register = _taken(notes.register, acts)
    for entry in new:
        if entry.kind == "seal":
            register = register.sealed(Seal.from_dict(entry.body).at)
    return replace(
        after,
        told=(*notes.told, *(entry for entry in new if entry.kind != "act")),
        register=register,
        last_act=acts[-1].seq if acts else notes.last_act,
    )


def _taken(register: Register, acts: list[Entry]) -> Register:
    return register.taken_all(Act.from_dict(entry.body) for entry in acts) if acts else register


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise LedgerBrokenError(
            f"The ledger is broken, so there is no verdict: '{text!s:.40}' is no moment.",
            hint="See all that is wrong: proveout ledger verify",
        ) from None
