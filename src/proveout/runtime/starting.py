"""What a gateway and a guard do alike when they start."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from proveout import notices as calling
from proveout.evidence.ledger.opening import open_ledger
from proveout.gate.dossier import gather
from proveout.runtime.budget import Notice, Policy
from proveout.runtime.budget.recovery import book_the_dead
from proveout.runtime.log import owner_lives, recover

if TYPE_CHECKING:
    from proveout.evidence.model import Evidence
    from proveout.runtime.exceptions.queue import ExceptionQueue


def take_over(
    queue: ExceptionQueue, policy: Policy, *, log_folder: Path, archive: str | None
) -> Notice | None:
    """Bring the store up to date from the log of processes that died.

    Their calls are ended and booked, their exceptions queued; safe to do again, and by several at
    once. Returns what people are to know, if anything. Raises LogFullError, StoreError and
    UnreachableError.
    """
    pilot, now = queue.pilot, time.time()
    with recover(log_folder, pilot, archive=archive) as dead:
        booked = book_the_dead(
            queue.store,
            policy,
            dead,
            pilot=pilot,
            now=now,
            log_folder=str(log_folder),
            lives=lambda owner: owner_lives(log_folder, pilot, owner),
        )
        queue.enqueue(dead.excepted())
    return booked.notice(pilot, now) if booked else None


def known_of(pilot: str, ledger: str | None) -> list[Evidence]:
    """Read what the ledger knows; a pilot that was never measured has none."""
    if ledger is None or ("://" not in ledger and not Path(ledger).exists()):
        return []
    with open_ledger(ledger, create=False) as entries:
        return list(gather(entries.entries(), pilot).evidence)


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
