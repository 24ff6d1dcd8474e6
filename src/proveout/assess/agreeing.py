"""What people do to a charter and to what stands against it: seal, amend, resolve an alarm.

The commands and the dashboard do it by these functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from proveout.assess.registry import Registry
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter, Stage
from proveout.charter.sealing import Amendment, Change, Seal, amend, pending, seal, standing_in
from proveout.errors import InputError, LedgerMovedError
from proveout.evidence.alarm import Alarm, Resolution, standing_alarms
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.ledger.port import Expected, Ledger, NewEntry
from proveout.evidence.ledger.trying import MOST_TRIES, tried_until_first
from proveout.gate import default_lines, standard_for
from proveout.register.refreshing import outdated


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A seal, and what stood in the ledger before it."""

    seal: Seal
    was_sealed: bool
    """It was sealed before, with this content."""
    results_known: bool
    """Evidence was in the ledger before: it does not show that the standard was fixed first."""


def seal_charter(
    loaded: LoadedCharter, ledger: Ledger, *, registry: Registry, who: str, now: datetime
) -> Sealed:
    """Fix a charter in the ledger. Raises CharterError and InputError, as `sealing.seal` does."""
    pilot = loaded.charter.pilot
    refuse_unusable_standard(loaded.charter, registry.catalogue)
    was_sealed = standing_in(ledger, pilot).seal is not None
    late = has_results(ledger, pilot)
    made = seal(loaded, ledger, who=who, now=now, catalogue=registry.catalogue)
    return Sealed(seal=made, was_sealed=was_sealed, results_known=late)


def amend_charter(
    loaded: LoadedCharter, ledger: Ledger, *, registry: Registry, who: str, why: str, now: datetime
) -> Amendment:
    """Record what a charter says otherwise than the one in force, as `sealing.amend` does.

    What people did comes to something else under it, such as a milestone that has another day:
    that is recorded in the same append, as the word of whoever gave it, not of who amends.
    """
    refuse_unusable_standard(loaded.charter, registry.catalogue)
    before = _last_amendment(ledger, loaded.charter.pilot)
    for _ in range(MOST_TRIES):
        found = outdated(loaded, ledger=ledger, catalogue=registry.catalogue, now=now)
        try:
            return amend(
                loaded,
                ledger,
                who=who,
                why=why,
                now=now,
                catalogue=registry.catalogue,
                defaults=default_lines(),
                follows=found.entries,
                read=(found.expected,),
            )
        except LedgerMovedError:
            # Somebody acted: what follows is found anew. Who amended first goes first.
            if _last_amendment(ledger, loaded.charter.pilot) != before:
                raise
    raise LedgerMovedError(loaded.charter.pilot)


def _last_amendment(ledger: Ledger, pilot: str) -> int:
    return max((each.seq for each in ledger.entries(pilot=pilot, kinds=("amendment",))), default=0)


def changes_of(loaded: LoadedCharter, ledger: Ledger, *, registry: Registry) -> tuple[Change, ...]:
    """Return what an amendment would record now. Raises CharterError where there is nothing."""
    refuse_unusable_standard(loaded.charter, registry.catalogue)
    return pending(loaded, ledger, catalogue=registry.catalogue, defaults=default_lines())


def refuse_unusable_standard(charter: Charter, catalogue: Catalogue) -> None:
    """Raise CharterError where a gate could not read the standard: sealed, it would stay so."""
    for stage in get_args(Stage):
        standard_for(stage, charter, catalogue)


def has_results(ledger: Ledger, pilot: str) -> bool:
    """Tell whether anything was found about a pilot."""
    return any(True for _ in ledger.entries(pilot=pilot, kinds=("evidence",)))


def resolve_alarm(
    ledger: Ledger, pilot: str, begins: str, *, who: str, why: str, now: datetime
) -> Alarm:
    """Resolve an alarm by name; `begins` is its id, or how that begins. Return the alarm.

    Raises InputError where nobody or no reason is named, or none or several alarms are meant;
    LedgerMovedError where others are quicker time and again.
    """
    for text, option in ((who, "--who 'Ada Byron'"), (why, "--why '…'")):
        if not text.strip():
            raise InputError("An alarm is resolved by a named person, with a reason.", hint=option)

    def attempt() -> Alarm:
        entries = list(ledger.entries(pilot=pilot, kinds=("alarm",)))
        meant = _meant(standing_alarms(entries), begins)
        resolution = Resolution(alarm=meant.id, who=who.strip(), why=why.strip(), at=now)
        entry = NewEntry(pilot=pilot, kind="alarm", body=resolution.as_dict())
        read = Expected(pilot=pilot, kind="alarm", last_seq=entries[-1].seq)
        ledger.append([entry], expected=read)
        return meant

    return tried_until_first(attempt)


def _meant(standing: tuple[Alarm, ...], begins: str) -> Alarm:
    meant = [each for each in standing if each.id.startswith(begins)]
    if len(meant) != 1:
        listed = ", ".join(each.id for each in standing) or "none"
        what = "Several alarms begin" if meant else "No unresolved alarm begins"
        raise InputError(f"{what} with '{begins}'.", hint=f"Unresolved: {listed}")
    return meant[0]
