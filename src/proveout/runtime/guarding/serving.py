"""One guarded call: held, routed, begun in the log, asked in turn and in time, recorded, booked."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from proveout.charter.schema.gateway import MANUAL
from proveout.runtime.budget.books import BUSY_RETRY_S
from proveout.runtime.budget.policy import NO_CURRENCY
from proveout.runtime.call import Amounts, Call, Outcome, Reason
from proveout.runtime.guarding.answer import Guarded
from proveout.runtime.guarding.asking import in_a_thread
from proveout.runtime.guarding.errors import (
    AnswerBlockedError,
    AnswerLateError,
    BudgetExceededError,
    NotAnsweredError,
    RecordNotKeptError,
    SwitchedOffError,
    TurnedAwayError,
)
from proveout.runtime.guarding.parts import Behind, Parts
from proveout.runtime.guarding.rows import Kept, kept_of
from proveout.runtime.guarding.settings import FOR_FALLBACK
from proveout.runtime.log import hash_of, text_of
from proveout.runtime.ports import (
    Admitted,
    Found,
    LateError,
    LogFullError,
    OverBudget,
    ShedError,
    StoreAway,
    SystemFailedError,
)
from proveout.runtime.record import Record

if TYPE_CHECKING:
    import pandas as pd

_STATUSES: dict[Outcome, int] = {
    "answered": 200, "failed": 502, "timed-out": 504, "shed": 503, "over-budget": 429,
    "blocked": 502, "cancelled": 0, "switched-off": 503,
}  # fmt: skip
"""As the gateway would have answered, so that both can be read side by side."""


@dataclass(slots=True)
class Asked:
    """A call on its way."""

    call: Call
    batch: pd.DataFrame
    context: Context
    version: str | None = None
    attempts: int = 0
    sent_at: float | None = None
    system_s: float | None = None


@dataclass(slots=True, kw_only=True)
class _End:
    """What became of it."""

    outcome: Outcome
    value: Any = None
    kept: Kept | None = None
    found: Found = field(default_factory=Found)
    fallback: bool = False
    error: BaseException | None = None
    """Raised where nobody answered."""
    is_held: bool = True
    """Something is held for it."""


class Serving:
    """Serves calls on the loop of the guard."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._settings = parts.settings
        currency = parts.settings.policy.currency
        self._currency = None if currency == NO_CURRENCY else currency

    async def serve(self, asked: Asked) -> Guarded:
        """Answer. Raises NotAnsweredError, and what the system raised where nothing falls back."""
        try:
            end = await self._served(asked)
            if end.outcome != "answered":
                end = await self._fall_back(asked, end)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            await self._finish(asked, _End(outcome="cancelled"))
            raise
        except BaseException:
            # Ours, not the system's: what is held must not stay held for it.
            self._parts.admission.settle(asked.call, self._used(asked, _End(outcome="failed")))
            raise
        return await self._finish(asked, end)

    async def _served(self, asked: Asked) -> _End:
        parts, call = self._parts, asked.call
        admitted = await parts.admission.admit(call, self._most(call))
        if isinstance(admitted, OverBudget):
            return self._over_budget(call, admitted)
        if isinstance(admitted, StoreAway):
            return _End(
                outcome="failed", is_held=False, found=Found(notes=(admitted.why,)),
                error=RecordNotKeptError(admitted.why, id=call.id),
            )  # fmt: skip
        if (end := await self._refreshed(call, admitted)) is not None:
            return end
        route = parts.router.route(call)
        behind = parts.behind.get(route.version)
        if route.version == MANUAL or behind is None:
            asked.version = MANUAL
            return self._by_hand(call)
        asked.version = behind.name
        if route.shadow is not None and route.shadow in parts.behind:
            beside = parts.behind[route.shadow]
            parts.shadowing.fire(lambda: self._in_the_shadow(asked, beside))
        return await self._unless_cut(asked, behind)

    async def _unless_cut(self, asked: Asked, behind: Behind) -> _End:
        """Ask; where a switch is thrown meanwhile that cuts what runs, no answer is heard."""
        router, call, task = self._parts.router, asked.call, asyncio.current_task()
        is_cut = False

        def cut() -> None:
            nonlocal is_cut
            is_cut = True
            if task is not None:
                task.cancel()

        router.on_cut(call.id, cut, behind.name)
        try:
            return await self._ask(asked, behind)
        except asyncio.CancelledError:
            if not is_cut:
                raise
            if task is not None:
                task.uncancel()
            why = f"'{behind.name}' was taken back while it answered."
            error = SwitchedOffError(why, id=call.id, hint=self._settings.by_hand)
            return _End(outcome="switched-off", error=error, found=Found(notes=(why,)))
        finally:
            router.ended(call.id)

    async def _refreshed(self, call: Call, admitted: Admitted) -> _End | None:
        router = self._parts.router
        if admitted.generation == router.generation:
            return None
        try:
            await router.refresh()
        except Exception as error:  # noqa: BLE001  # whatever the store's own is
            why = f"the switches cannot be read: {type(error).__name__}"
            return _End(
                outcome="failed",
                found=Found(notes=(why,)),
                error=RecordNotKeptError(_sentence(why), id=call.id),
            )
        return None

    async def _ask(self, asked: Asked, behind: Behind) -> _End:
        parts, call = self._parts, asked.call
        try:
            parts.log.begin(call, behind.name)
        except LogFullError as error:
            return _End(
                outcome="failed",
                found=Found(notes=(str(error),)),
                error=RecordNotKeptError(str(error), id=call.id),
            )
        whole = call.deadline - call.began
        if self._settings.fallback is not None:
            call.deadline -= FOR_FALLBACK * whole
        try:
            value = await behind.shield.run(
                call, lambda: self._send(asked, behind), until_released=True
            )
        except SystemFailedError as error:
            reason: tuple[Reason, ...] = ("failure",)
            return _End(
                outcome="failed", found=Found(reasons=reason, notes=(error.why,)),
                error=_own_error(error) or NotAnsweredError(_sentence(error.why), id=call.id),
            )  # fmt: skip
        except LateError as error:
            return _End(
                outcome="timed-out", found=Found(reasons=("timeout",), notes=(str(error),)),
                error=AnswerLateError(_sentence(str(error)), id=call.id),
            )  # fmt: skip
        except ShedError as error:
            return _End(
                outcome="shed", found=Found(reasons=("failure",), notes=(error.why,)),
                error=TurnedAwayError(
                    _sentence(error.why), id=call.id, retry_after_s=error.retry_after_s
                ),
            )  # fmt: skip
        finally:
            if self._settings.fallback is not None:
                call.deadline += FOR_FALLBACK * whole
        return self._judged(asked, behind, value)

    async def _send(self, asked: Asked, behind: Behind) -> Any:
        asked.attempts += 1
        asked.sent_at = time.monotonic()
        try:
            return await in_a_thread(
                lambda: behind.ask(asked.batch),
                context=asked.context,
                ended=lambda: behind.shield.release(asked.call.id),
            )
        finally:
            asked.system_s = time.monotonic() - asked.sent_at

    def _judged(self, asked: Asked, behind: Behind, value: Any) -> _End:
        kept = kept_of(value)
        if kept.body is None:
            found = Found(
                ("malformed",), (kept.fault or "",), is_blocked=behind.inspector.needs_whole_answer
            )
        else:
            found = behind.inspector.inspect(asked.call, kept.body, is_stream=False)
        if not found.is_blocked:
            return _End(outcome="answered", value=value, kept=kept, found=found)
        why = f"A rule held the answer back: {'; '.join(found.notes)}."
        error = AnswerBlockedError(why, id=asked.call.id, hint=self._settings.by_hand)
        return _End(outcome="blocked", kept=kept, found=found, error=error)

    def _over_budget(self, call: Call, over: OverBudget) -> _End:
        what = "The budget is used up"
        if over.retry_after_s == BUSY_RETRY_S:
            what = "Calls under way hold what is left of the budget"
        error = BudgetExceededError(
            f"{what}: {over.limit}.",
            id=call.id,
            hint=self._settings.by_hand,
            retry_after_s=over.retry_after_s,
        )
        falls_back = over.on_exceeded == "fallback"
        end = _End(
            outcome="over-budget", error=error, is_held=False, found=Found(notes=(over.limit,))
        )
        end.fallback = falls_back
        return end

    def _by_hand(self, call: Call) -> _End:
        error = SwitchedOffError(
            f"'{call.pilot}' is switched off: people do it by hand now.",
            id=call.id,
            hint=self._settings.by_hand or "See who switched it off, and why: proveout rollout",
        )
        return _End(outcome="switched-off", error=error)

    async def _fall_back(self, asked: Asked, end: _End) -> _End:
        """Let the fallback answer, where there is one and the charter wants it to."""
        fallback, call = self._settings.fallback, asked.call
        wanted = end.outcome != "over-budget" or end.fallback
        end.fallback = False
        if fallback is None or not wanted:
            return end
        left = max(0.0, call.deadline - time.monotonic())
        try:
            async with asyncio.timeout(left):
                value = await in_a_thread(
                    lambda: fallback(asked.batch), context=asked.context.copy(), ended=_nothing
                )
        except (TimeoutError, SystemFailedError) as error:
            said = error.why if isinstance(error, SystemFailedError) else "no time was left"
            why = f"the fallback did not answer either: {said}"
            end.found = replace(end.found, notes=(*end.found.notes, why))
            return end
        end.value, end.fallback, end.error = value, True, None
        if end.kept is None:
            end.kept = replace(kept_of(value), input_tokens=None, output_tokens=None)
        return end

    async def _in_the_shadow(self, seen: Asked, behind: Behind) -> None:
        """Ask a version that nobody hears; held, recorded and booked as any other call."""
        parts, now = self._parts, time.monotonic()
        call = replace(
            seen.call,
            id=parts.next_id(seen.call.received_at),
            began=now,
            deadline=now + (seen.call.deadline - seen.call.began),
            caller=replace(seen.call.caller, priority=0),
        )
        asked = Asked(call, seen.batch.copy(), seen.context.copy(), behind.name)
        admitted = await parts.admission.admit(call, self._most(call))
        if isinstance(admitted, Admitted):
            try:
                end = await self._ask(asked, behind)
                end.found = replace(end.found, reasons=())
                await self._finish(asked, end, shadow_of=seen.call.id)
            except Exception:  # noqa: BLE001  # recorded or not, nobody waits for it
                return

    async def _finish(self, asked: Asked, end: _End, *, shadow_of: str | None = None) -> Guarded:
        """Record, then book, then let go."""
        parts, call = self._parts, asked.call
        used = self._used(asked, end)
        record = self._record(asked, end, used, shadow_of)
        try:
            await parts.log.append(record)
        except LogFullError as error:
            raise RecordNotKeptError(f"{error} The answer is not released.", id=call.id) from error
        finally:
            if end.is_held:
                parts.admission.settle(call, used)
        parts.exceptions.put(record)
        if parts.telemetry is not None:
            parts.telemetry.observe(record)
        if end.error is not None:
            raise end.error
        return Guarded(
            value=end.value,
            id=call.id,
            outcome=end.outcome,
            version=asked.version,
            fallback=end.fallback,
            reasons=record.reasons,
            notes=record.notes,
            confidence=record.confidence,
        )

    def _most(self, call: Call) -> Amounts:
        given, produced = (call.rows * each for each in self._settings.tokens_per_row)
        money = self._parts.price.most(
            input_tokens=given,
            output_tokens=produced,
            seconds=call.deadline - call.began,
            requests=1,
        )
        return Amounts(money=money, tokens=given + produced, requests=1)

    def _used(self, asked: Asked, end: _End) -> Amounts:
        """What it took: all that was held, where that is not known and the charter says so."""
        if not asked.attempts:
            return Amounts()
        kept = end.kept
        is_known = end.outcome in ("answered", "blocked")
        if not is_known and self._parts.settings.policy.unfinished == "release":
            return Amounts(requests=1)
        most = self._most(asked.call)
        if not is_known:
            return most
        rows = asked.call.rows
        given, produced = (rows * each for each in self._settings.tokens_per_row)
        if kept is not None and kept.input_tokens is not None:
            given = kept.input_tokens
        if kept is not None and kept.output_tokens is not None:
            produced = kept.output_tokens
        money = self._parts.price.cost(
            input_tokens=given, output_tokens=produced, seconds=asked.system_s or 0.0
        )
        return Amounts(money=money, tokens=given + produced, requests=1)

    def _record(self, asked: Asked, end: _End, used: Amounts, shadow_of: str | None) -> Record:
        call, caller, kept = asked.call, asked.call.caller, end.kept
        answer = None if kept is None else kept.body
        told = kept is not None and kept.input_tokens is not None
        return Record(
            id=call.id,
            pilot=call.pilot,
            protocol="python",
            at=call.received_at,
            seconds=time.monotonic() - call.began,
            outcome=end.outcome,
            status=0 if shadow_of else 200 if end.fallback else _STATUSES[end.outcome],
            version=asked.version,
            fallback=end.fallback,
            shadow_of=shadow_of,
            client=caller.client,
            team=caller.team,
            user=caller.user,
            rows=call.rows,
            attempts=asked.attempts,
            queued_s=0.0 if asked.sent_at is None else max(0.0, asked.sent_at - call.began),
            system_s=asked.system_s,
            input_tokens=kept.input_tokens if told and kept else None,
            output_tokens=kept.output_tokens if told and kept else None,
            cost=used.money,
            currency=self._currency,
            confidence=end.found.confidence,
            reasons=end.found.reasons,
            notes=end.found.notes,
            request_hash=hash_of(call.body),
            answer_hash=None if answer is None else hash_of(answer),
            request=text_of(call.body),
            answer=None if answer is None else text_of(answer),
            trace=None if call.trace is None else call.trace[3:35],
        )


def _own_error(failed: SystemFailedError) -> Exception | None:
    """Return what the system raised, where it may be raised here: SystemExit would end the loop."""
    cause = failed.__cause__
    if isinstance(cause, Exception) and not isinstance(cause, StopIteration):
        return cause
    return None


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _nothing() -> None:
    return
