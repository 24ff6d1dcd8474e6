"""The budget as the gateway asks it (`ports.Admission`): never waits in the loop.

All calls of a turn of the loop, and all that come while a transaction runs, are booked in one
transaction. In SQLite that is made in the loop, which takes a tenth of a millisecond: a thread
would have to win Python's lock from a busy loop at every statement, and answer five times later.
Whatever may take long is left to a thread: PostgreSQL, a slow disk, the upkeep of the file, and
waiting for other processes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from proveout.runtime.budget.batch import Ask, Batch, Settlement
from proveout.runtime.budget.books import MOST_COUNTED
from proveout.runtime.budget.journal import Journal
from proveout.runtime.budget.notice import Notice
from proveout.runtime.budget.plan import Hold, Planner
from proveout.runtime.budget.policy import Policy
from proveout.runtime.budget.worker import Worker
from proveout.runtime.call import Amounts, Call
from proveout.runtime.ports import Admitted, OverBudget, StoreAway

if TYPE_CHECKING:
    from proveout.runtime.store.port import Store

ANSWER_WITHIN_S = 0.8
"""A store that takes longer counts as away: a call must not wait for it."""
TRY_AGAIN_S = 0.25
"""How often a store that is away is tried."""
TRIES = 20
"""So often a batch is tried in the loop; then a thread waits for its turn."""
TRY_BETWEEN_S = (0.0005, 0.002)
SETTLE_WITHIN_S = 0.02
"""Settlements wait so long for a call to be booked with, unless a batch goes out anyway."""
SEEN_EVERY_S = 10.0
"""How often this process says that it lives."""
CLOSE_WITHIN_S = 5.0
"""So long `close` tries to book what is left; the rest is left to a recovery."""
MOST_IN_BATCH = 128
"""So that the loop is never held for more than some milliseconds."""

_NOTHING = Amounts()


class BudgetAdmission:
    """Admission of one process and one pilot; made inside the loop that asks it."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        *,
        pilot: str,
        owner: str,
        log_folder: str = "",
        notice: Callable[[Notice], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`owner` is the name under which this process writes its log; `notice` is called in the
        loop."""
        self._planner = Planner(policy)
        self._policy = policy
        self._pilot = pilot
        self._notice = notice
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._worker = Worker(store, self._planner, pilot=pilot, owner=owner, log_folder=log_folder)
        self._asks: list[Ask] = []
        self._settled: list[Settlement] = []
        self._debts: dict[str, Hold] = {}
        self._journal = Journal(log_folder, pilot, owner)
        self._journalled: set[str] = set()
        self._settled_debts: list[Settlement] = []
        self._held: dict[str, Hold] = {}
        self._batch: Batch | None = None
        self._flush_at: asyncio.Handle | None = None
        self._is_soon = False
        self._late_at: asyncio.TimerHandle | None = None
        self._generation = 0
        self._away: str | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._seen_at: asyncio.TimerHandle | None = None
        self._must_be_seen = True
        self._be_seen()

    @property
    def in_flight(self) -> int:
        """Calls for which something is held."""
        return len(self._held)

    @property
    def is_away(self) -> bool:
        """Whether the store cannot be reached."""
        return self._away is not None

    def oldest_unbooked(self) -> float | None:
        """Return since when something is settled and not yet in the store."""
        moments = [each.at for each in (*self._settled[:1], *self._settled_debts[:1])]
        if self._batch is not None:
            moments += [each.at for each in self._batch.settled[:1]]
        return min(moments, default=None)

    async def admit(self, call: Call, most: Amounts) -> Admitted | OverBudget | StoreAway:
        """Hold `most` for the call in every account that it belongs to, all or none."""
        now = self._clock()
        plan = self._planner.plan(call.caller, now)
        hold = Hold(
            call.id, plan, max(0, most.money), max(0, most.tokens), max(0, most.requests), now
        )
        if self._away is not None:
            return self._without_store(hold, self._away)
        ask = Ask(hold, self._loop.create_future())
        self._asks.append(ask)
        if self._batch is None and not self._is_soon:
            self._soon()
        try:
            return await ask.answer
        except asyncio.CancelledError:
            if not ask.answer.cancelled():  # it was answered, and nobody will hear
                self._release(hold)
            raise

    def settle(self, call: Call, used: Amounts) -> None:
        """Book what it took and give back the rest."""
        hold = self._held.pop(call.id, None)
        if hold is not None:
            self._book(hold, used)

    async def close(self) -> None:
        """Book all that is settled, and leave. What cannot be booked is left to a recovery."""
        if self._seen_at is not None:
            self._seen_at.cancel()
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                while self._batch is not None or self._asks or self._settled or self._debts:
                    self._idle.clear()
                    if self._batch is None and self._away is None:
                        self._flush()
                    if self._batch is not None or self._away is not None:
                        await self._idle.wait()
        except TimeoutError:
            pass
        if self._flush_at is not None:
            self._flush_at.cancel()
        if self._late_at is not None:
            self._late_at.cancel()
        self._journal.close()
        await self._loop.run_in_executor(None, self._worker.close)

    # --- going out ---------------------------------------------------------------------------

    def _soon(self) -> None:
        if self._flush_at is not None:
            self._flush_at.cancel()
        self._is_soon = True
        self._flush_at = self._loop.call_soon(self._flush)

    def _later(self, seconds: float) -> None:
        if self._flush_at is None and self._batch is None:
            self._flush_at = self._loop.call_later(seconds, self._flush)

    def _flush(self) -> None:
        self._flush_at, self._is_soon = None, False
        if self._batch is not None or not self._has_work():
            return
        asks, self._asks = self._asks[:MOST_IN_BATCH], self._asks[MOST_IN_BATCH:]
        settled = self._settled[:MOST_IN_BATCH]
        self._settled = self._settled[MOST_IN_BATCH:]
        batch = Batch(
            asks=asks,
            settled=settled,
            debts=list(self._debts.values()),
            now=self._clock(),
            is_sign_of_life=self._must_be_seen,
        )
        self._batch = batch
        self._try(batch, TRIES)

    def _has_work(self) -> bool:
        waiting = self._asks or self._settled or self._debts
        return bool(waiting or self._must_be_seen or self._away is not None)

    def _try(self, batch: Batch, tries: int) -> None:
        """Book right away where that is quick; somebody else may be booking."""
        if tries and self._worker.is_quick and len(batch.debts) <= MOST_IN_BATCH:
            if self._worker.try_now(batch):
                self._finish(batch)
                return
            self._loop.call_later(random.uniform(*TRY_BETWEEN_S), self._try, batch, tries - 1)  # noqa: S311
        else:
            self._worker.put(batch, self._done)
        if self._late_at is None:
            self._late_at = self._loop.call_later(ANSWER_WITHIN_S, self._is_late, batch)

    def _done(self, batch: Batch) -> None:
        """Called in the worker's thread."""
        try:
            self._loop.call_soon_threadsafe(self._finish, batch)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    # --- coming back -------------------------------------------------------------------------

    def _finish(self, batch: Batch) -> None:
        self._batch = None
        if self._late_at is not None:
            self._late_at.cancel()
            self._late_at = None
        if batch.failed is None:
            self._booked(batch)
        else:
            self._not_booked(batch, batch.failed)
        for notice in batch.notices:
            self._loop.call_soon(self._notice, notice)
        self._idle.set()
        if self._away is not None:
            self._later(TRY_AGAIN_S)
        elif self._asks or len(self._settled) >= MOST_IN_BATCH:
            self._soon()
        elif self._settled or self._debts:
            self._later(SETTLE_WITHIN_S)

    def _booked(self, batch: Batch) -> None:
        self._generation = batch.generation
        if batch.is_sign_of_life:
            self._must_be_seen = False
        held = self._held
        for ask, refusal in zip(batch.asks, batch.refusals, strict=True):
            answer = ask.answer
            if answer.done():
                # Nobody waits for it: the store was late, or the client has gone.
                if refusal is None and ask.hold.call not in self._journalled:
                    self._release(ask.hold)
            elif refusal is None:
                held[ask.hold.call] = ask.hold
                answer.set_result(Admitted(batch.generation))
            else:
                answer.set_result(refusal)
        for hold in batch.debts:
            self._debts.pop(hold.call, None)
        if self._journalled and not self._debts:
            self._journal.clear()
            self._journalled.clear()
            self._settled += self._settled_debts
            self._settled_debts = []
        if self._away is not None:
            self._away = None
            self._tell("back", "The store of the budget can be reached again; all is booked.")

    def _not_booked(self, batch: Batch, why: str) -> None:
        self._settled = batch.settled + self._settled
        for ask in batch.asks:
            if batch.is_in_doubt and self._policy.when_unreachable == "refuse":
                self._release(ask.hold)
            if not ask.answer.done():
                ask.answer.set_result(self._without_store(ask.hold, why))
        self._is_gone(why)

    def _is_late(self, batch: Batch) -> None:
        self._late_at = None
        why = f"The store of the budget did not answer within {ANSWER_WITHIN_S:g} seconds."
        for ask in batch.asks:
            if not ask.answer.done():
                ask.answer.set_result(self._without_store(ask.hold, why))
        self._is_gone(why)

    def _is_gone(self, why: str) -> None:
        waiting, self._asks = self._asks, []
        for ask in waiting:
            if not ask.answer.done():
                ask.answer.set_result(self._without_store(ask.hold, why))
        if self._away is None:
            self._away = why
            what = "Calls are refused until it is back."
            if self._policy.when_unreachable == "allow":
                what = "Calls go on, and are booked when it is back."
            self._tell("away", f"{why} {what}")

    def _without_store(self, hold: Hold, why: str) -> Admitted | StoreAway:
        if self._policy.when_unreachable == "refuse":
            return StoreAway(why)
        self._held[hold.call] = self._debts[hold.call] = hold
        self._journalled.add(hold.call)
        self._journal.add(hold)
        return Admitted(self._generation)

    # --- booking -----------------------------------------------------------------------------

    def _release(self, hold: Hold) -> None:
        self._held.pop(hold.call, None)
        self._book(hold, _NOTHING)

    def _book(self, hold: Hold, used: Amounts) -> None:
        used = _believable(used)
        settlement = Settlement(hold, used, self._clock())
        if hold.call in self._journalled:
            # All debts are held first, and settled when the journal of them is gone: then nothing
            # is done twice, whatever becomes of a connection or of us in the middle of it.
            self._settled_debts.append(settlement)
            return
        self._settled.append(settlement)
        if self._batch is None and self._flush_at is None:
            self._later(SETTLE_WITHIN_S)

    def _be_seen(self) -> None:
        self._must_be_seen = True
        self._later(0.0)
        self._seen_at = self._loop.call_later(SEEN_EVERY_S, self._be_seen)

    def _tell(self, kind: Literal["away", "back"], text: str) -> None:
        notice = Notice(kind=kind, pilot=self._pilot, text=text, at=self._clock())
        self._loop.call_soon(self._notice, notice)


def _believable(used: Amounts) -> Amounts:
    """Nobody is paid for asking, and what no account can hold is not told either."""
    least, most = min(used.money, used.tokens), max(used.money, used.tokens)
    if least >= 0 and most <= MOST_COUNTED:
        return used
    money, tokens = (min(max(0, each), MOST_COUNTED) for each in (used.money, used.tokens))
    return Amounts(money, tokens, used.requests)
