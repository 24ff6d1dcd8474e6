"""How people were heard becomes evidence: when somebody asks, daily, and when something changed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from proveout.assess.registry import Registry
from proveout.assess.run import RunPlan
from proveout.assess.run_and_record import run_and_record
from proveout.charter.schema import Source
from proveout.checks.contract import Served
from proveout.checks.feedback import FeedbackCheck
from proveout.desk import Desk
from proveout.desk.feedback import FeedbackStore, Heard, heard
from proveout.errors import InputError
from proveout.intake.table import OpenTable
from proveout.portfolio import PilotBook
from proveout.systems.port import System
from proveout.web.runtime_queue import queue_reported

EVERY = timedelta(hours=20)
"""Once a day, whenever in the day the keeper comes by."""
AT_MOST_EVERY = timedelta(minutes=10)
"""Where something changed; a busy day must not fill the ledger."""


def record_heard(
    book: PilotBook,
    desk: Desk,
    registry: Registry,
    now: datetime,
    *,
    is_asked_for: bool = False,
) -> str | None:
    """Record how people were heard, once a day and where it has changed; return the run's id.

    None where nothing is to be recorded: nobody has said anything yet, or all of it stands in the
    ledger as it is. With `is_asked_for` it is recorded whatever stands there. Two who do so at the
    same moment record it twice, of which the later counts. Raises what the ledger raises.
    """
    queue_reported(book, desk, now)
    store = FeedbackStore(desk, book.pilot)
    known = store.recorded()
    if not is_asked_for and known is not None and now - known[1] < AT_MOST_EVERY:
        return None
    found = heard(desk, book.pilot, now)
    is_silent = not found.n_due and not found.waits and found.survey is None
    if not is_asked_for and (_stands(found, known, now) or (is_silent and known is None)):
        return None
    run = f"run-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    seal = book.sealing.seal
    plan = RunPlan(
        run=run,
        loaded=book.loaded,
        data=_NoData(),
        open_system=_no_system,
        catalogue=registry.catalogue,
        clock=_standing_still(now),
        seed=0,
        artifacts=Path(),
        sealed_by=None if seal is None else seal.who,
    )
    run_and_record([FeedbackCheck(heard=found)], plan, book.ledger, lambda _: None)
    # After the ledger: whoever is killed in between records it once more.
    store.note_recorded(_fingerprint(found), now)
    return run


def _stands(found: Heard, known: tuple[str, datetime] | None, now: datetime) -> bool:
    if known is None:
        return False
    fingerprint, at = known
    return fingerprint == _fingerprint(found) and now - at < EVERY


def _fingerprint(found: Heard) -> str:
    """Return what changes when somebody says, answers or ends something, and not with time."""
    survey = None if found.survey is None else (found.survey.survey.id, found.survey.n)
    said = sum(n for _, _, n in found.waits)
    over = sum(n for _, is_over, n in found.waits if is_over)
    told = repr((found.n_due, found.n_in_time, found.n_late, said, over, found.kinds, survey))
    return hashlib.sha256(told.encode()).hexdigest()


def _standing_still(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def _no_system() -> System:
    raise InputError("What people say is no matter of the system under test.")


@dataclass(frozen=True, slots=True)
class _NoData:
    """No data: the check brings its own."""

    def pilot(self) -> OpenTable | None:
        return None

    def production(self) -> list[OpenTable]:
        return []

    def references(self) -> list[OpenTable]:
        return []

    def labels(self) -> OpenTable | None:
        return None

    def served(self) -> Served | None:
        return None

    def open(self, source: Source) -> OpenTable:
        raise InputError(f"'{source.name}' is no matter of feedback.")
