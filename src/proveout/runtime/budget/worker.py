"""The thread that books."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from proveout.runtime.budget.batch import Batch
from proveout.runtime.budget.books import Books, keys_of
from proveout.runtime.budget.desk import Change, Desk, DeskAwayError, DeskBusyError, View
from proveout.runtime.budget.desks import desk_for
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.plan import Planner
from proveout.runtime.budget.recovery import book_the_silent
from proveout.runtime.store.port import Store

SLOW_S = 0.05
"""A booking that takes longer is the last that is made in the loop; then the thread books."""
QUICK_S = 0.01
"""Once a booking of the thread takes less, the loop books again."""
DEBTS_AT_ONCE = 1_000
"""Calls of a long time without the store, by transaction: others are to have their turn."""


class Worker:
    """Books one batch at a time: in a thread, or right away where that is quicker."""

    def __init__(
        self, store: Store, planner: Planner, *, pilot: str, owner: str, log_folder: str
    ) -> None:
        self._planner = planner
        self._pilot = pilot
        self._log_folder = log_folder
        self._is_slow = False
        self._desk: Desk = desk_for(store, pilot, owner)
        self._queue: queue.SimpleQueue[tuple[Batch, Callable[[Batch], None]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="budget", daemon=True)
        self._thread.start()

    @property
    def is_quick(self) -> bool:
        """Whether a batch may be booked right away, without a thread: it takes no longer than to
        hand it over."""
        return self._desk.is_local and not self._is_slow and not self._desk.is_upkeep_due

    def try_now(self, batch: Batch) -> bool:
        """Book a batch in the caller's thread, unless somebody else is booking: tell whether."""
        self._desk.is_patient = False
        try:
            self._book(batch)
        except DeskBusyError:
            return False
        finally:
            self._desk.is_patient = True
        return True

    def put(self, batch: Batch, done: Callable[[Batch], None]) -> None:
        """Book a batch, and call `done` in the thread when that is over."""
        self._queue.put((batch, done))

    def close(self) -> None:
        """End the thread when what was put is done; the owner leaves if it holds nothing."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            batch, done = item
            self._book(batch)
            if self._desk.is_upkeep_due:
                self._desk.upkeep()
            done(batch)
        with suppress(DeskAwayError):
            self._desk.leave()
        self._desk.close()

    def _book(self, batch: Batch) -> None:
        began = time.monotonic()
        self._attempt(batch)
        took = time.monotonic() - began
        self._is_slow = took > (QUICK_S if self._is_slow else SLOW_S)

    def _attempt(self, batch: Batch) -> None:
        notices: list[Notice] = []
        try:
            if batch.is_sign_of_life:
                self._desk.seen(socket.gethostname(), self._log_folder, batch.now)
                booked = book_the_silent(
                    self._desk, self._planner, pilot=self._pilot, now=batch.now
                )
                if booked:
                    notices.append(booked.notice(self._pilot, batch.now))
            for start in range(0, len(batch.debts), DEBTS_AT_ONCE):
                self._desk.hold_once(batch.debts[start : start + DEBTS_AT_ONCE])
            self._transact(batch)
            batch.notices += notices
        except DeskBusyError:
            raise
        except DeskAwayError as error:
            batch.failed, batch.is_in_doubt = error.why, error.is_in_doubt
            batch.refusals, batch.notices = [], []
        except Exception as error:  # noqa: BLE001  # a thread that dies would leave all waiting
            batch.failed, batch.is_in_doubt = f"The budget broke: {error!r}", True
            batch.refusals, batch.notices = [], []

    def _transact(self, batch: Batch) -> None:
        asked = [ask.hold for ask in batch.asks]
        keys = keys_of(asked) | keys_of(each.hold for each in batch.settled)

        def work(view: View) -> Change:
            books = Books(self._planner, self._pilot, view.rows, batch.now)
            for settlement in batch.settled:
                if settlement.hold.call not in view.gone:
                    books.settle(settlement.hold, settlement.used)
            batch.refusals = [books.admit(hold) for hold in asked]
            batch.notices = books.notices
            kept = zip(asked, batch.refusals, strict=True)
            return books.changed, [hold for hold, refusal in kept if refusal is None]

        taken = [each.hold.call for each in batch.settled]
        batch.generation = self._desk.transact(keys, taken, work)
