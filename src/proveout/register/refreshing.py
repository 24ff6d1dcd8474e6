"""Bring the facts of the register up to date where nobody acts: after an amendment, or with time.

Nobody vouches anew: each fact stays the word of whoever said last what it rests on, and a
signature stays as old as it is, and of what was signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.loaded import LoadedCharter
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Expected, Ledger, NewEntry
from proveout.evidence.ledger.trying import tried_until_first
from proveout.evidence.model import Evidence
from proveout.register.recording import (
    Known,
    evidence_of,
    says_the_same,
    with_news,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """What the ledger does not say yet, and what was read to know it."""

    evidence: tuple[Evidence, ...]
    expected: Expected
    """That nobody has acted meanwhile: else it is to be found anew."""

    @property
    def entries(self) -> tuple[NewEntry, ...]:
        """As it is to be appended."""
        return tuple(
            NewEntry(pilot=each.pilot, kind="evidence", body=each.as_dict())
            for each in self.evidence
        )


def refresh(
    loaded: LoadedCharter,
    *,
    ledger: Ledger,
    catalogue: Catalogue,
    now: datetime,
    known: Known | None = None,
) -> tuple[Evidence, ...]:
    """Record what the register comes to now and the ledger says otherwise; return it.

    Nothing is recorded where nothing has changed. Who acts meanwhile is waited for, and knows of
    it. Raises LedgerMovedError where others are quicker time and again, and what the ledger raises.
    """

    def attempt() -> tuple[Evidence, ...]:
        found = outdated(loaded, ledger=ledger, catalogue=catalogue, now=now, known=known)
        if found.evidence:
            ledger.append(found.entries, expected=found.expected)
        return found.evidence

    return tried_until_first(attempt)


def outdated(
    loaded: LoadedCharter,
    *,
    ledger: Ledger,
    catalogue: Catalogue,
    now: datetime,
    known: Known | None = None,
) -> Outdated:
    """Return what `refresh` would record, and record nothing."""
    pilot = loaded.charter.pilot
    read = with_news(Known() if known is None else known, pilot, ledger)
    expected = Expected(pilot=pilot, kind="act", last_seq=read.last_act)
    if not read.register.acts:
        return Outdated(evidence=(), expected=expected)
    return Outdated(evidence=tuple(_outdated(read, loaded, catalogue, now)), expected=expected)


def _outdated(
    known: Known, loaded: LoadedCharter, catalogue: Catalogue, now: datetime
) -> Iterator[Evidence]:
    """Yield what differs; what somebody attested past the register stands until an act."""
    for fact in known.register.facts(loaded.charter, now):
        stands = known.attested.get((fact.metric, fact.subject))
        act = known.register.acts[-1]
        if stands is not None:
            if "act" not in stands.details:
                continue
            act = str(stands.details["act"])
        found = evidence_of(fact, loaded.charter.pilot, act, catalogue, now)
        if stands is None or not says_the_same(found, stands):
            yield found
