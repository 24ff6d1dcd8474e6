"""Record an act, and what follows from it, in one append."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from proveout.charter.loaded import LoadedCharter
from proveout.charter.sealing.model import Seal
from proveout.errors import InputError
from proveout.evidence.canonical import canonical_json
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Entry, Expected, Ledger, NewEntry
from proveout.evidence.ledger.trying import tried_until_first
from proveout.evidence.model import CheckRef, Evidence, Subject
from proveout.register.act import Act, Fact
from proveout.register.register import Register, acts_in

ATTESTED = CheckRef(name="attest", version="1")
"""Who finds what people attest; such evidence is replaced one fact at a time."""
About = tuple[str, Subject]
"""What a fact is on: metric and subject."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What whoever follows a ledger knows of a pilot; recording then reads what is newer alone."""

    register: Register = field(default_factory=Register)
    last_act: int = 0
    """Position of its last act; 0 where there is none."""
    until: int = 0
    """Position up to which the ledger was read."""
    attested: Mapping[About, Evidence] = field(default_factory=dict)
    """The latest that people attest on each metric and subject, by the register or otherwise."""


def record(
    act: Act,
    *,
    loaded: LoadedCharter,
    ledger: Ledger,
    catalogue: Catalogue,
    now: datetime,
    known: Known | None = None,
) -> Recorded:
    """Record an act under the charter in force; the same act again changes nothing.

    Acts of several people at the same moment come one after the other, each knowing of those
    before it. Whatever the register comes to afterwards stands in the ledger then, also where an
    amendment or time, and not this act, has changed it. Raises InputError where the act makes no
    sense or its id is that of another, LedgerMovedError where others are quicker time and again,
    and what the ledger raises.
    """
    read = Known() if known is None else known

    def attempt() -> Recorded:
        nonlocal read
        read = with_news(read, act.pilot, ledger)
        register = read.register
        if act.id in register.acts:
            first = _first(act, ledger)
            _refuse_other(act, first)
            return Recorded(act=first, register=register, is_new=False)
        register.refuse(act, loaded.charter)
        after = register.taken(act)
        changed = tuple(_changed(read, after, act=act, loaded=loaded, catalogue=catalogue, now=now))
        _append(ledger, act, changed, read.last_act)
        return Recorded(act=act, register=after, is_new=True, evidence=changed)

    return tried_until_first(attempt)


def _refuse_other(act: Act, first: Act) -> None:
    """Raise InputError where an id comes again with something else: it must not be lost unsaid."""
    told, said = (canonical_json([each.kind, each.who, dict(each.says)]) for each in (act, first))
    if told != said:
        raise InputError(
            f"This was sent before with something else in it, by {first.who}; that stands.",
            hint="Open the page again to add or change something.",
        )


def with_news(known: Known, pilot: str, ledger: Ledger) -> Known:
    """Add what was recorded since; everything where nothing is known yet."""
    acts: list[Act] = []
    attested: dict[About, Evidence] = {}
    last_act, until = known.last_act, known.until
    register = known.register
    for entry in ledger.entries(pilot=pilot, kinds=("act", "seal"), after=known.until):
        if entry.kind == "seal":
            register = register.sealed(Seal.from_dict(entry.body).at)
        else:
            acts.append(Act.from_dict(entry.body))
            last_act = until = entry.seq
    # What was attested behind the last act is not missed: it is read the next time once more.
    for entry in ledger.evidence(pilot, checks=(ATTESTED.name,), after=known.until):
        if entry.body["check"]["name"] == ATTESTED.name:
            found = Evidence.from_dict(entry.body)
            attested[found.metric, found.subject] = found
    if not acts and not attested and register is known.register:
        return known
    return Known(
        register=register.taken_all(acts),
        last_act=last_act,
        until=until,
        attested={**known.attested, **attested},
    )


def _first(act: Act, ledger: Ledger) -> Act:
    """Return the act that was recorded under this id."""
    acts = acts_in(ledger.entries(pilot=act.pilot, kinds=("act",)))
    return next(each for each in acts if each.id == act.id)


def _append(ledger: Ledger, act: Act, evidence: tuple[Evidence, ...], last: int) -> list[Entry]:
    entries = [
        NewEntry(pilot=act.pilot, kind="act", body=act.as_dict()),
        *(NewEntry(pilot=act.pilot, kind="evidence", body=each.as_dict()) for each in evidence),
    ]
    return ledger.append(entries, expected=Expected(pilot=act.pilot, kind="act", last_seq=last))


def _changed(
    known: Known,
    after: Register,
    *,
    act: Act,
    loaded: LoadedCharter,
    catalogue: Catalogue,
    now: datetime,
) -> Iterator[Evidence]:
    """Yield what is true after the act and is not what the ledger says.

    What somebody has attested otherwise, past the register, stands until the act itself changes
    what the register says of the same.
    """
    before = (
        {(fact.metric, fact.subject): fact for fact in known.register.facts(loaded.charter, now)}
        if known.register.acts
        else {}
    )
    for fact in after.facts(loaded.charter, now):
        about = fact.metric, fact.subject
        found = evidence_of(fact, act.pilot, act.id, catalogue, now)
        stands = known.attested.get(about)
        if stands is not None:
            is_ours = "act" in stands.details
            if (not is_ours and before.get(about) == fact) or (
                is_ours and says_the_same(found, stands)
            ):
                continue
        yield found


def says_the_same(found: Evidence, stands: Evidence) -> bool:
    """Tell whether only the act and its moment differ."""
    same = stands.evolve(
        observed_at=found.observed_at, details={**stands.details, "act": found.details["act"]}
    )
    return canonical_json(same.as_dict()) == canonical_json(found.as_dict())


def evidence_of(fact: Fact, pilot: str, act: str, catalogue: Catalogue, now: datetime) -> Evidence:
    """Return a fact as it is recorded; `act` is the id of the one that it rests on."""
    declared = catalogue[fact.metric]
    return Evidence(
        pilot=pilot,
        metric=fact.metric,
        subject=fact.subject,
        value=float(fact.value),
        unit=declared.unit if fact.unit is None else fact.unit,
        interval=fact.interval,
        n=fact.n,
        basis="attested",
        scope="production",
        observed_at=now if fact.seen_at is None else fact.seen_at,
        valid_until=fact.valid_until,
        check=ATTESTED,
        run=ATTESTED.name,
        inputs=dict(fact.inputs),
        person=fact.person,
        details={"act": act, **fact.details},
    )
