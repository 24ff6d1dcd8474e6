"""The thin shell around slots, queue and breaker: one per version of the system and process.

It promises: `run` has ended by the deadline of the call, time in the queue included; there are
never more requests at the system than slots; whoever is turned away is told at once and when to
come again; nobody is forgotten. `ask` has to end promptly when it is cancelled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from proveout.runtime.call import Call
from proveout.runtime.ports import LateError, ShedError, SystemFailedError
from proveout.runtime.protection.breaker import Breaker, State
from proveout.runtime.protection.limits import Limits
from proveout.runtime.protection.racing import race
from proveout.runtime.protection.turns import Turns

Answered = TypeVar("Answered")

_PACE = 0.1
"""Weight of the latest request in the mean time that a slot is taken."""
_RETRY_AT_LEAST_S = 1.0
_FAIR_SHARE = 0.5
"""A system that had less than this share of the time a call had is not to blame for lateness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How it stands, and what happened since the start."""

    breaker: State
    retry_after_s: float
    waiting: int
    busy: int
    slots: int
    shed: int
    """Turned away: no room, or an open breaker."""
    late: int
    hedged: int
    opened: int
    """How often the breaker opened."""


@dataclass(slots=True)
class _Visit:
    """One call on its way through."""

    has_slot: bool = False
    is_asked: bool = False
    is_over: bool = False
    """`run` has returned."""
    permit: int | None = None
    """Of the breaker; None before it is asked and after the outcome is told."""
    since: float = 0.0
    """Since when it has a slot."""


class Shield:
    """The port `Protection`, on one event loop."""

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        discard: Callable[[Any], None] | None = None,
    ) -> None:
        """Take `discard` to close an answer that lost a race; the clock is that of the calls."""
        self._limits = limits
        self._clock = clock
        self._discard = discard
        self._turns: Turns[asyncio.Future[None]] = Turns(
            slots=limits.concurrency, queue=limits.queue
        )
        self._breaker = Breaker(failures=limits.failures, of=limits.of, open_s=limits.open_s)
        self._kept: dict[str, _Visit] = {}
        self._pace_s = 0.0
        self._shed = self._late = self._hedged = self._opened = 0

    async def run(
        self,
        call: Call,
        ask: Callable[[], Awaitable[Answered]],
        *,
        until_released: bool = False,
    ) -> Answered:
        """Ask in turn and in time. Raises ShedError, LateError, and what `ask` raises.

        The slot of a stream that was begun is kept until `release`. With `until_released` any
        slot is, whatever became of the call once it was asked: for work that cannot be stopped.
        """
        visit = _Visit()
        turn = self._enter(call, visit)
        timer = asyncio.timeout(max(0.0, call.deadline - self._clock()))
        is_kept = until_released
        try:
            async with timer:
                if turn is not None:
                    await self._wait_for(turn, visit)
                self._let_through(visit)
                if until_released:
                    self._kept[call.id] = visit
                answer = await self._ask(ask, visit)
        except TimeoutError as error:
            if not timer.expired():
                self._ended(visit)
                raise
            self._is_late(call, visit)
            raise LateError(_late_words(call, visit)) from error
        except SystemFailedError:
            self._ended(visit, failed=True)
            raise
        except BaseException:
            self._ended(visit)
            raise
        else:
            is_kept = is_kept or call.is_stream
            self._answered(visit, is_kept=is_kept)
            return answer
        finally:
            visit.is_over = True
            if visit.has_slot and is_kept and visit.is_asked:
                self._kept[call.id] = visit
            elif visit.has_slot:
                self._give_back(visit)

    def release(self, call_id: str, *, failed: bool = False) -> None:
        """Free the slot that a stream kept, and say whether it broke. Twice is as good as once."""
        visit = self._kept.pop(call_id, None)
        if visit is not None:
            if visit.is_over:
                self._ended(visit, failed=failed)
            self._give_back(visit)

    def health(self) -> Health:
        """Say how it stands now."""
        now = self._clock()
        return Health(
            breaker=self._breaker.state(now),
            retry_after_s=self._breaker.retry_after_s(now),
            waiting=self._turns.waiting,
            busy=self._turns.busy,
            slots=self._limits.concurrency,
            shed=self._shed,
            late=self._late,
            hedged=self._hedged,
            opened=self._opened,
        )

    def _enter(self, call: Call, visit: _Visit) -> asyncio.Future[None] | None:
        """Find a slot or a place in the queue, or turn the call away. Never waits."""
        now = self._clock()
        if now >= call.deadline:
            self._is_late(call, visit)
            raise LateError(_late_words(call, visit))
        if not self._breaker.lets(now):
            raise self._failing(now)
        if self._turns.take():
            visit.has_slot = True
            return None
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        arrival = self._turns.arrive(turn, call.caller.priority)
        if arrival.displaced is not None and not arrival.displaced.done():
            arrival.displaced.set_exception(self._full())
        if arrival.fate == "full":
            raise self._full()
        return turn

    async def _wait_for(self, turn: asyncio.Future[None], visit: _Visit) -> None:
        try:
            await turn
        except BaseException:
            had_to_wait = self._turns.leave(turn)
            was_given = turn.done() and not turn.cancelled() and turn.exception() is None
            # A slot can come in the same moment as the deadline; it must not be lost with it.
            visit.has_slot = was_given and not had_to_wait
            raise
        visit.has_slot = True

    def _let_through(self, visit: _Visit) -> None:
        now = visit.since = self._clock()
        visit.permit = self._breaker.permit(now)
        if visit.permit is None:
            raise self._failing(now)
        visit.is_asked = True

    async def _ask(self, ask: Callable[[], Awaitable[Answered]], visit: _Visit) -> Answered:
        if self._limits.hedge_after_s is None:
            return await ask()
        visit.has_slot = False  # each attempt has its own, and gives it back when it has ended
        answer: Answered = await race(
            ask,
            after_s=self._limits.hedge_after_s,
            may_again=self._may_hedge,
            lost=partial(self._lost, visit.since),
        )
        visit.has_slot = True
        return answer

    def _may_hedge(self) -> bool:
        """Nobody else is to wait longer for a second attempt: it takes a free slot or none."""
        may = self._breaker.state(self._clock()) == "closed" and self._turns.take()
        self._hedged += may
        return may

    def _lost(self, since: float, attempt: asyncio.Future[Any]) -> None:
        if not attempt.cancelled() and attempt.exception() is None and self._discard is not None:
            self._discard(attempt.result())
        self._give_back(_Visit(has_slot=True, is_asked=True, since=since))

    def _answered(self, visit: _Visit, *, is_kept: bool) -> None:
        """Tell the breaker, unless the end of what has begun is to be waited for.

        Nobody waits for the end of a probe: a stream may last, and others are turned away for it.
        """
        permit = visit.permit
        if not is_kept or (permit is not None and self._breaker.is_probe(permit)):
            self._ended(visit, failed=False)

    def _is_late(self, call: Call, visit: _Visit) -> None:
        self._late += 1
        if visit.permit is None:
            return
        had, whole = self._clock() - visit.since, call.deadline - call.began
        self._ended(visit, failed=True if had >= _FAIR_SHARE * whole else None)

    def _ended(self, visit: _Visit, *, failed: bool | None = None) -> None:
        """Tell the breaker, once, what became of a call; None where it says nothing."""
        permit, visit.permit = visit.permit, None
        if permit is None:
            return
        if failed is None:
            self._breaker.abandoned(permit)
        elif not failed:
            self._breaker.succeeded(permit)
        elif self._breaker.failed(permit, self._clock()):
            self._opened += 1
            self._send_all_away()

    def _send_all_away(self) -> None:
        """Nobody waits for a system that is left alone: the fallback is quicker."""
        now = self._clock()
        for turn in self._turns:
            self._turns.leave(turn)
            if not turn.done():
                turn.set_exception(self._failing(now))

    def _give_back(self, visit: _Visit) -> None:
        visit.has_slot = False
        if visit.is_asked:
            self._pace_s += _PACE * (self._clock() - visit.since - self._pace_s)
        while (turn := self._turns.finish()) is not None:
            if not turn.done():
                turn.set_result(None)
                return

    def _full(self) -> ShedError:
        self._shed += 1
        turn_s = self._pace_s * (self._turns.waiting + 1) / self._limits.concurrency
        return ShedError("the queue is full", max(_RETRY_AT_LEAST_S, turn_s))

    def _failing(self, now: float) -> ShedError:
        self._shed += 1
        after = max(_RETRY_AT_LEAST_S, self._breaker.retry_after_s(now))
        return ShedError("the system keeps failing and is left alone for a while", after)


def _late_words(call: Call, visit: _Visit) -> str:
    whole = f"{call.deadline - call.began:g} s"
    return f"no answer within {whole}" if visit.is_asked else f"no turn came within {whole}"
