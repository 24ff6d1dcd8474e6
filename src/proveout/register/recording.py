"""Record an act, and what follows from it, in one append."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proveout.charter.loaded import LoadedCharter
from proveout.errors import LedgerMovedError
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Entry, Expected, Ledger, NewEntry
from proveout.evidence.model import CheckRef, Evidence, Subject
from proveout.register.act import Act, Fact
from proveout.register.register import Register, acts_in, register_of

ATTESTED = CheckRef(name="attest", version="1")
"""Who finds what people attest; such evidence is replaced one fact at a time."""
_TRIES = 50
"""So many others may be quicker, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What came of it."""

    act: Act
    """As it stands in the ledger: the first one of its id."""
    register: Register
    is_new: bool
    """False where the same act was recorded before."""
    evidence: tuple[Evidence, ...] = ()
    """What was recorded with it."""


def record(
    act: Act, *, loaded: LoadedCharter, ledger: Ledger, catalogue: Catalogue, now: datetime
) -> Recorded:
    """Record an act under the charter in force; the same act again changes nothing.

    Acts of several people at the same moment come one after the other, each knowing of those
    before it. Raises InputError where the act makes no sense, LedgerMovedError where others are
    quicker time and again, and what the ledger raises.
    """
    tries = 0
    while True:
        entries = list(ledger.entries(pilot=act.pilot, kinds=("act",)))
        register = register_of(entries)
        same = next((each for each in acts_in(entries) if each.id == act.id), None)
        if same is not None:
            return Recorded(act=same, register=register, is_new=False)
        register.refuse(act, loaded.charter)
        after = register.taken(act)
        changed = tuple(
            _changed(register, after, act=act, loaded=loaded, catalogue=catalogue, now=now)
        )
        last = entries[-1].seq if entries else 0
        try:
            _append(ledger, act, changed, last)
        except LedgerMovedError:
            tries += 1
            if tries == _TRIES:
                raise
        else:
            return Recorded(act=act, register=after, is_new=True, evidence=changed)


def _append(ledger: Ledger, act: Act, evidence: tuple[Evidence, ...], last: int) -> list[Entry]:
    entries = [
        NewEntry(pilot=act.pilot, kind="act", body=act.as_dict()),
        *(NewEntry(pilot=act.pilot, kind="evidence", body=each.as_dict()) for each in evidence),
    ]
    return ledger.append(entries, expected=Expected(pilot=act.pilot, kind="act", last_seq=last))


def _changed(
    before: Register,
    after: Register,
    *,
    act: Act,
    loaded: LoadedCharter,
    catalogue: Catalogue,
    now: datetime,
) -> Iterator[Evidence]:
    """Yield what the act made true; the facts of the register before stand in the ledger."""
    known = (
        {_about(fact): fact for fact in before.facts(loaded.charter, now)} if before.acts else {}
    )
    for fact in after.facts(loaded.charter, now):
        if known.get(_about(fact)) != fact:
            yield _evidence(fact, act, catalogue, now)


def _about(fact: Fact) -> tuple[str, Subject]:
    return fact.metric, fact.subject


def _evidence(fact: Fact, act: Act, catalogue: Catalogue, now: datetime) -> Evidence:
    declared = catalogue[fact.metric]
    return Evidence(
        pilot=act.pilot,
        metric=fact.metric,
        subject=fact.subject,
        value=float(fact.value),
        unit=declared.unit if fact.unit is None else fact.unit,
        interval=fact.interval,
        n=fact.n,
        basis="attested",
        scope="production",
        observed_at=now,
        valid_until=fact.valid_until,
        check=ATTESTED,
        run=ATTESTED.name,
        inputs=dict(fact.inputs),
        person=act.who if fact.person is None else fact.person,
        details={"act": act.id, **fact.details},
    )
