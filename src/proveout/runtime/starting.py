"""What a gateway and a guard do alike when they start."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proveout import notices as calling
from proveout.errors import ProveoutError
from proveout.evidence.ledger.opening import open_ledger
from proveout.gate.dossier import gather
from proveout.runtime.budget import Notice, Policy
from proveout.runtime.budget.policy import NO_CURRENCY
from proveout.runtime.budget.recovery import book_the_dead, charges
from proveout.runtime.log import owner_lives, recover
from proveout.runtime.log.recovery import Charges
from proveout.runtime.rollout.recording import record_switches

if TYPE_CHECKING:
    from proveout.evidence.model import Evidence
    from proveout.runtime.exceptions.queue import ExceptionQueue
    from proveout.runtime.store.port import Store


def take_over(
    queue: ExceptionQueue, policy: Policy, *, log_folder: Path, archive: str | None
) -> Notice | None:
    """Bring the store up to date from the log of processes that died.

    Their calls are ended and booked, their exceptions queued; safe to do again, and by several at
    once. Returns what people are to know, if anything. Raises LogFullError, StoreError and
    UnreachableError.
    """
    pilot, now = queue.pilot, time.time()
    currency = None if policy.currency == NO_CURRENCY else policy.currency

    def charged(owner: str, calls: Sequence[str]) -> Charges:
        amounts = charges(
            queue.store,
            policy,
            pilot=pilot,
            owner=owner,
            calls=set(calls),
            log_folder=str(log_folder),
        )
        return Charges(amounts=amounts, currency=currency)

    with recover(log_folder, pilot, archive=archive, charged=charged) as dead:
        booked = book_the_dead(
            queue.store,
            policy,
            dead,
            pilot=pilot,
            now=now,
            log_folder=str(log_folder),
            lives=lambda owner: owner_lives(log_folder, pilot, owner),
        )
        if dead.owners:
            queue.enqueue(dead.excepted())
    return booked.notice(pilot, now) if booked else None


def known_of(pilot: str, ledger: str | None) -> list[Evidence]:
    """Read what the ledger knows; a pilot that was never measured has none."""
    if ledger is None or ("://" not in ledger and not Path(ledger).exists()):
        return []
    with open_ledger(ledger, create=False) as entries:
        return list(gather(entries.entries(), pilot).evidence)


def record_missing(store: Store, pilot: str, ledger: str | None) -> str | None:
    """Write switches to the ledger that are missing there; return why that could not be done.

    Nobody waits for a ledger: what is missing then is written by the next who comes by. Where
    there is none, none is made.
    """
    if ledger is None or ("://" not in ledger and not Path(ledger).exists()):
        return None
    try:
        with open_ledger(ledger, create=False) as entries:
            record_switches(store, entries, pilot)
    except (ProveoutError, OSError) as error:
        return error.message if isinstance(error, ProveoutError) else str(error)
    return None


def for_people(notice: Notice) -> calling.Notice:
    """Say a notice of the budget on the channels of monitoring.notify."""
    severity: calling.Severity = "alarm" if notice.kind in ("exceeded", "away") else "warning"
    if notice.kind in ("back", "recovered"):
        severity = "note"
    return calling.Notice(
        pilot=notice.pilot,
        what=notice.text,
        severity=severity,
        about=f"budget:{notice.kind}:{notice.account}:{notice.period}:{notice.limit}",
    )
