"""One request: from its body to the moment in which its answer is released.

Nothing of an answer is released before its record would survive the end of this process: of a
stream, its last bytes are withheld until then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from proveout.charter.schema.gateway import MANUAL
from proveout.pricing.one import CallPrice
from proveout.runtime.budget.books import BUSY_RETRY_S
from proveout.runtime.call import Amounts, Call, Outcome, Reason
from proveout.runtime.gateway.addresses import target
from proveout.runtime.gateway.arriving import Arrived, arrived
from proveout.runtime.gateway.booking import Booking, most_of
from proveout.runtime.gateway.headers import Headers, request_head
from proveout.runtime.gateway.line import Line, send_start, send_whole
from proveout.runtime.gateway.parts import Behind, Parts
from proveout.runtime.gateway.shadow import in_the_shadow
from proveout.runtime.gateway.words import Said, manual_answer, refusal
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
from proveout.runtime.settings import Answering
from proveout.systems.dialects.chat_replies import holds_content

Send = Callable[[dict[str, Any]], Awaitable[None]]

FOR_FALLBACK = 0.25
"""Share of the deadline that is kept for another service to answer in."""
_DONE = b"data: [DONE]"
SAFE_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"TRACE"})
"""They ask for no answer of the system: they look, or tidy up."""
REFUSED = frozenset({401, 403})
"""Of our own key: what the system says of it is not for the client, who would look at his."""
TAKEN_BACK = "the version was taken back while it answered"
MOST_KEPT = 16 << 20
"""Bytes of a stream that are kept for the log."""
_CUT = f"of the answer no more than {MOST_KEPT >> 20} MiB are kept here"


@dataclass(slots=True)
class Incoming:
    """A request as it came, understood so far as must be."""

    method: bytes
    path: bytes
    """Behind the pilot's name."""
    query: bytes
    headers: Headers
    body: bytes
    drop: frozenset[bytes]
    """Headers that were for us."""
    extra: Headers
    """Headers of ours for the system: the trace."""
    is_http_1_0: bool
    line: Line


class Exchange:
    """Serves one call."""

    __slots__ = (
        "_attempts",
        "_cut",
        "_failed",
        "_first_token_s",
        "_gone",
        "_is_asking",
        "_most",
        "_never_asked",
        "_send",
        "_sent_at",
        "_system_s",
        "_task",
        "_version",
        "call",
        "incoming",
        "parts",
        "price",
    )  # fmt: skip

    def __init__(self, parts: Parts, call: Call, incoming: Incoming, send: Send) -> None:
        self.parts = parts
        self.call = call
        self.incoming = incoming
        self.price: CallPrice | None = None
        self._send = send
        self._attempts = 0
        self._never_asked = 0
        self._sent_at: float | None = None
        self._system_s: float | None = None
        self._first_token_s: float | None = None
        self._failed: Arrived | None = None
        self._gone = False
        self._cut = False
        self._is_asking = False
        self._task: asyncio.Task[Any] | None = None
        self._version: str | None = None
        self._most = Amounts()

    async def serve(self) -> None:
        """Answer. Never raises what a request, a system or a client did."""
        self.incoming.line.on_gone = self._on_gone
        try:
            await self._serve()
        except BaseException:
            # Ours, and nobody's else: what is held must not stay held for it.
            self.parts.router.ended(self.call.id)
            self.parts.admission.settle(self.call, self._most if self._attempts else Amounts())
            raise
        finally:
            if self.incoming.line.on_gone == self._on_gone:  # and not that of the next request
                self.incoming.line.on_gone = None

    async def _serve(self) -> None:
        parts, call = self.parts, self.call
        self.price = parts.pricing.of(call.model)
        if self.price is None:
            said = (
                f"What the model '{(call.model or '')[:80]}' costs is not known here, and a "
                "budget in money holds. Start the gateway with --price."
            )
            await self._refuse("invalid_request_error", said, "refused")
            return
        self._most = most_of(call, self.price, parts.pricing.attempts_at_most)
        admitted = await parts.admission.admit(call, self._most)
        if isinstance(admitted, OverBudget):
            await self._over_budget(admitted)
            return
        if isinstance(admitted, StoreAway):
            await self._fall_back(
                "store", "failed", "overloaded", admitted.why, reasons=(), is_held=False
            )
            return
        if self._gone:
            await self._end(_nothing(), "cancelled", status=0)
            return
        await self._route(admitted)

    async def _route(self, admitted: Admitted) -> None:
        parts, call = self.parts, self.call
        router = parts.router
        if admitted.generation != router.generation:
            try:
                await router.refresh()
            except Exception as error:  # noqa: BLE001  # whatever the store's own is
                why = f"the switches cannot be read: {type(error).__name__}"
                await self._fall_back("store", "failed", "overloaded", why, reasons=())
                return
        route = router.route(call)
        behind = parts.behind.get(route.version)
        if route.version == MANUAL or behind is None:
            await self._by_hand(route.version)
            return
        self._version = route.version
        if route.shadow is not None and route.shadow in parts.behind:
            beside, incoming = parts.behind[route.shadow], self.incoming
            parts.shadowing.fire(lambda: in_the_shadow(parts, call, incoming, beside))
        await self._ask(behind)

    async def _ask(self, behind: Behind) -> None:
        try:
            reply = await self._protected(behind)
        except SystemFailedError as error:
            self._is_asking = False
            await self._system_failed(error)
            return
        except LogFullError as error:
            self._is_asking = False
            await self._fall_back("log", "failed", "overloaded", str(error), reasons=(), log=False)
            return
        except LateError as error:
            self._is_asking = False
            await self._fall_back("late", "timed-out", "timeout", f"{error}", reasons=("timeout",))
            return
        except ShedError as error:
            self._is_asking = False
            await self._fall_back(
                "shed", "shed", "overloaded", error.why, reasons=("failure",),
                retry_after_s=error.retry_after_s,
            )  # fmt: skip
            return
        except asyncio.CancelledError:
            self._is_asking = False
            self._uncancelled()
            await self._broken_off()
            return
        if reply.rest is not None:
            await self._pass_on(behind, reply)
            return
        self._is_asking = False
        if self.call.is_stream:
            behind.protection.release(self.call.id)
        await self._whole(behind, reply)

    async def _protected(self, behind: Behind) -> Arrived:
        """Ask in turn and in time; where another service may answer, it is left time to."""
        call = self.call
        kept = 0.0 if self.parts.fallback is None else FOR_FALLBACK * (call.deadline - call.began)
        call.deadline -= kept
        self._task = asyncio.current_task()
        self._is_asking = True
        self.parts.router.on_cut(call.id, self._on_cut, behind.upstream.version)
        try:
            return await behind.protection.run(call, lambda: self._send_on(behind))
        finally:
            call.deadline += kept

    async def _send_on(self, behind: Behind) -> Arrived:
        """Send the request to the system. Raises SystemFailedError."""
        upstream, incoming, call = behind.upstream, self.incoming, self.call
        if not self._attempts:
            # Not before its turn has come: what was never sent costs nothing, also after a crash.
            self.parts.log.begin(call, upstream.version)
        self._attempts += 1
        began = time.monotonic()
        self._sent_at = self._sent_at or began
        method, body = incoming.method, incoming.body
        head = request_head(
            method,
            target(upstream.address, incoming.path, incoming.query),
            upstream.address.authority,
            incoming.headers,
            own=(*upstream.headers, *incoming.extra) if incoming.extra else upstream.headers,
            drop=incoming.drop | upstream.names if upstream.headers else incoming.drop,
            body_length=len(body) if body or method not in SAFE_METHODS else None,
        )
        try:
            connection = await behind.pool.ask(method, head + body)
        except SystemFailedError as error:
            self._never_asked += not error.was_asked
            raise
        reply = await arrived(connection, hold_whole=behind.holds_whole or incoming.is_http_1_0)
        now = time.monotonic()
        self._system_s = now - began
        if reply.rest is not None:
            call.is_stream = True
        if upstream.fails_with(reply.status, client_drops=incoming.drop):
            if reply.rest is None:
                self._failed = reply
            else:
                reply.close()
            why = " to the gateway's own key" if reply.status in REFUSED else ""
            raise SystemFailedError(f"the system answered {reply.status}{why}", reply.status)
        return reply

    # Ends.

    async def _whole(self, behind: Behind, reply: Arrived) -> None:
        """Release an answer that has come whole."""
        call = self.call
        booking = Booking.of_whole(call, reply)
        found = Found()
        if reply.status < 300:
            text = booking.text
            if text is not None and call.rows:
                found = behind.inspector.inspect(call, text, is_stream=reply.is_events)
            outcome: Outcome = "answered"
        else:
            outcome = "refused" if reply.status >= 400 else "answered"
        if found.is_blocked:
            await self._fall_back(
                "blocked", "blocked", "blocked", "a rule held the answer back",
                reasons=found.reasons, notes=found.notes, booking=booking, reply=reply,
                confidence=found.confidence,
            )  # fmt: skip
            return
        await self._end(
            booking, outcome, status=reply.status, reply=reply, found=found,
            said=Said(reply.status, reply.headers, reply.body),
        )  # fmt: skip

    async def _system_failed(self, error: SystemFailedError) -> None:
        """Let the fallback answer, or pass on what the system said of its failure."""
        reply, settings = self._failed, self.parts.settings
        if settings.fallback is None and reply is not None and error.status not in REFUSED:
            booking = Booking.of_whole(self.call, reply)
            found = Found(reasons=("failure",), notes=(error.why,))
            await self._end(
                booking, "failed", status=reply.status, reply=reply, found=found,
                said=Said(reply.status, reply.headers, reply.body),
            )  # fmt: skip
            return
        await self._fall_back(
            "failed", "failed", "server_error", error.why, reasons=("failure",), reply=reply
        )

    async def _over_budget(self, over: OverBudget) -> None:
        is_busy = over.retry_after_s == BUSY_RETRY_S
        message = f"The budget is used up: {over.limit}."
        if is_busy:
            message = f"Calls under way hold what is left of the budget: {over.limit}."
        elif over.retry_after_s is not None:
            message += _begins_anew(over.retry_after_s)
        settings = self.parts.settings
        if over.on_exceeded == "fallback" and settings.fallback is not None:
            await self._fall_back(
                "budget", "over-budget", "budget_exceeded", message, reasons=(),
                is_held=False,
            )  # fmt: skip
            return
        said = refusal(
            self.call.protocol, "budget_exceeded", message,
            retry_after_s=over.retry_after_s, is_final=not is_busy,
        )  # fmt: skip
        await self._end(
            _nothing(), "over-budget", status=said.status, said=said, notes=(over.limit,),
            is_held=False,
        )  # fmt: skip

    async def _by_hand(self, version: str, *notes: str) -> None:
        """Answer with what people are to do."""
        fallback = self.parts.settings.fallback or Answering()
        text = fallback.text or self.parts.settings.by_hand
        said = manual_answer(self.call, text, status=fallback.status)
        if version != MANUAL:
            notes = (*notes, f"the version '{version}' is not known here")
        if not self._attempts:
            self._version = MANUAL
        await self._end(
            self._unfinished(), "switched-off", status=said.status, said=said,
            fallback="switched-off", notes=notes,
        )  # fmt: skip

    async def _broken_off(self) -> None:
        """Give no answer of a version that was cut off; say what takes its place."""
        if self._gone:
            await self._end(_nothing(), "cancelled", status=0)
            return
        if self.parts.router.route(self.call).version == MANUAL:
            await self._by_hand(MANUAL, TAKEN_BACK)
            return
        await self._fall_back(
            "switched-off", "switched-off", "switched_off", TAKEN_BACK, reasons=(),
            retry_after_s=1,
        )  # fmt: skip

    async def _refuse(self, kind: Any, message: str, outcome: Outcome) -> None:
        said = refusal(self.call.protocol, kind, message)
        await self._end(
            _nothing(), outcome, status=said.status, said=said, notes=(message,), is_held=False
        )

    async def _fall_back(
        self,
        why: str,
        outcome: Outcome,
        kind: Any,
        message: str,
        *,
        reasons: tuple[Reason, ...],
        notes: tuple[str, ...] = (),
        retry_after_s: float | None = None,
        booking: Booking | None = None,
        reply: Arrived | None = None,
        confidence: float | None = None,
        is_held: bool = True,
        log: bool = True,
    ) -> None:
        """Let the fallback answer in the system's place, or say why nobody does."""
        call, fallback = self.call, self.parts.settings.fallback
        self.parts.router.ended(call.id)  # whatever is switched now, the fallback is not cut
        notes = notes or (message,)
        said: Said | None = None
        if fallback is not None and fallback.url is not None:
            said = await self._from_fallback(fallback)
            if said is None:
                notes = (*notes, "the fallback did not answer either")
        if said is None and fallback is not None and (fallback.text or fallback.url is None):
            text = fallback.text or self.parts.settings.by_hand
            said = manual_answer(call, text, status=fallback.status)
        is_fallback = said is not None
        if said is None:
            words = f"{message[:1].upper()}{message[1:].rstrip('.')}."
            said = refusal(call.protocol, kind, words, retry_after_s=retry_after_s)
        await self._end(
            booking or self._unfinished(),
            outcome,
            status=said.status,
            said=said,
            reply=reply,
            fallback=why if is_fallback else None,
            found=Found(reasons=reasons, notes=notes, confidence=confidence),
            is_held=is_held,
            log=log,
        )

    async def _from_fallback(self, fallback: Answering) -> Said | None:
        """Ask the other service, with what is left of the deadline; None where it fails too."""
        pool, incoming, call = self.parts.fallback, self.incoming, self.call
        assert pool is not None and fallback.url is not None  # noqa: S101, PT018
        left = call.deadline - time.monotonic()
        head = request_head(
            incoming.method,
            target(fallback.url, incoming.path, incoming.query),
            fallback.url.authority,
            incoming.headers,
            # A key of the system's, or one for us, is no business of another service.
            own=fallback.headers,
            drop=incoming.drop | {b"authorization"},
            body_length=len(incoming.body)
            if incoming.body or incoming.method not in SAFE_METHODS
            else None,
        )
        self._task, self._is_asking = asyncio.current_task(), True
        try:
            async with asyncio.timeout(max(0.0, left)):
                connection = await pool.ask(incoming.method, head + incoming.body)
                reply = await arrived(connection, hold_whole=True)
        except (TimeoutError, SystemFailedError):
            return None
        except asyncio.CancelledError:
            self._uncancelled()
            return None
        finally:
            self._is_asking = False
        if reply.status >= 400:
            return None
        return Said(reply.status, reply.headers, reply.body)

    async def _pass_on(self, behind: Behind, reply: Arrived) -> None:
        """Pass a stream on as it comes, and withhold its last bytes."""
        call = self.call
        kept = [reply.body]
        why: str | None = None
        outcome: Outcome = "answered"
        withheld = b""
        try:
            withheld = await self._streamed(reply, kept)
        except SystemFailedError as error:
            outcome, why = "failed", error.why
        except TimeoutError:
            outcome, why = "timed-out", f"nothing came for {call.deadline - call.began:g} s"
        except asyncio.CancelledError:
            self._uncancelled()
            outcome = "switched-off" if self._cut else "cancelled"
            why = TAKEN_BACK if self._cut else None
        self._is_asking = False
        if outcome != "answered":
            reply.close()
        behind.protection.release(call.id, failed=outcome in ("failed", "timed-out"))
        reply.body = b"".join(kept)
        if self._sent_at is not None:
            self._system_s = time.monotonic() - self._sent_at
        await self._stream_ended(behind, reply, outcome, why, withheld=withheld)

    async def _streamed(self, reply: Arrived, kept: list[bytes]) -> bytes:
        """Pass all but the last bytes, and return those.

        Between two pieces no more time may pass than the deadline allows: neither the system nor
        the client can hold a slot for longer. Raises SystemFailedError, TimeoutError.
        """
        call, rest = self.call, reply.rest
        assert rest is not None  # noqa: S101
        stall = call.deadline - call.began
        loop = asyncio.get_running_loop()
        withheld, data, size = b"", reply.body, len(reply.body)
        async with asyncio.timeout(stall) as timer:
            await send_start(self._send, self._head(reply.status, reply.headers, None))
            while True:
                if self._first_token_s is None and _has_token(call, kept):
                    self._first_token_s = time.monotonic() - call.began
                data = withheld + data
                if rest.is_read:
                    return data
                cut = _last_words(data)
                withheld = data[cut:]
                if cut:
                    await self._send(
                        {"type": "http.response.body", "body": data[:cut], "more_body": True}
                    )
                timer.reschedule(loop.time() + stall)
                data = await rest.next_bytes()
                size += len(data)
                if size <= MOST_KEPT:
                    kept.append(data)
                reply.is_cut = size > MOST_KEPT

    async def _stream_ended(
        self, behind: Behind, reply: Arrived, outcome: Outcome, why: str | None, *, withheld: bytes
    ) -> None:
        call = self.call
        booking = Booking.of_stream(call, reply)
        found = Found()
        if outcome == "answered" and reply.status < 300 and booking.text is not None:
            found = behind.inspector.inspect(call, booking.text, is_stream=True)
        elif outcome in ("failed", "timed-out"):
            reason: Reason = "failure" if outcome == "failed" else "timeout"
            found = Found(reasons=(reason,), notes=(why,) if why else ())
        elif why is not None:
            found = Found(notes=(why,))
        is_durable = await self._end(
            booking, outcome, status=0 if outcome == "cancelled" else reply.status,
            reply=reply, found=found,
        )  # fmt: skip
        if outcome == "answered" and is_durable:
            await self._send({"type": "http.response.body", "body": withheld, "more_body": False})
        elif outcome != "cancelled":
            self.incoming.line.abort()  # what has come is not the whole answer

    def _unfinished(self) -> Booking:
        """Say what is booked for a call whose end is not known, or that was never sent."""
        asked = self._attempts - self._never_asked
        if asked == 0:
            return _nothing()
        if self._failed is not None:
            return Booking.of_whole(self.call, self._failed)
        if not self.parts.charges_unfinished:
            return Booking(requests=asked)
        return Booking.at_most(self.call, self._most, asked)

    async def _end(
        self,
        booking: Booking,
        outcome: Outcome,
        *,
        status: int,
        said: Said | None = None,
        reply: Arrived | None = None,
        found: Found | None = None,
        fallback: str | None = None,
        notes: tuple[str, ...] = (),
        is_held: bool = True,
        log: bool = True,
    ) -> bool:
        """Log, release, settle; tell whether the record is durable."""
        call, parts = self.call, self.parts
        parts.router.ended(call.id)
        if outcome == "cancelled" and self._attempts and not booking.requests:
            booking = self._unfinished()
        cost = self._cost(booking)
        record = self._record(
            booking,
            outcome,
            status=status,
            cost=cost,
            reply=reply,
            found=found or Found(notes=notes),
        )
        record.fallback = fallback is not None
        if said is not None and reply is None and fallback is not None:
            record.answer, record.answer_hash = text_of(said.body), hash_of(said.body)
        is_durable = True
        record.seconds = time.monotonic() - call.began
        if log:
            try:
                await parts.log.append(record)
            except LogFullError as error:
                is_durable = False
                if said is not None:
                    words = f"{error} The answer is not released."
                    said = refusal(call.protocol, "overloaded", words)
                    fallback = None
        if said is not None and not self._gone:
            headers = said.headers
            if fallback is not None:
                headers = [*headers, (b"proveout-fallback", fallback.encode())]
            start = self._head(said.status, headers, len(said.body))
            await send_whole(self._send, start, said.body)
        if is_held:
            parts.admission.settle(
                call,
                Amounts(
                    money=cost,
                    tokens=(booking.input_tokens or 0) + (booking.output_tokens or 0),
                    requests=1 if self._attempts > self._never_asked else 0,
                ),
            )
        if is_durable and log:
            parts.on_record(record, call)
        return is_durable

    def _cost(self, booking: Booking) -> int:
        if self.price is None or not booking.requests:
            return 0
        if booking.money is not None:
            return booking.money
        return self.price.cost(
            input_tokens=booking.input_tokens or 0,
            cached_input_tokens=booking.cached_input_tokens or 0,
            output_tokens=booking.output_tokens or 0,
            seconds=self._system_s or 0.0,
            requests=self._attempts if self.parts.pricing.pays_again else 1,
        )

    def _record(
        self,
        booking: Booking,
        outcome: Outcome,
        *,
        status: int,
        cost: int,
        reply: Arrived | None,
        found: Found,
    ) -> Record:
        call = self.call
        caller = call.caller
        has_answer = reply is not None and bool(reply.body)
        return Record(
            id=call.id,
            pilot=call.pilot,
            protocol=call.protocol,
            at=call.received_at,
            seconds=0.0,
            outcome=outcome,
            status=0 if self._gone else status,
            version=self._version,
            system_status=None if reply is None else reply.status,
            client=caller.client,
            key=caller.key,
            team=caller.team,
            user=caller.user,
            model=call.model,
            rows=call.rows,
            attempts=self._attempts,
            queued_s=0.0 if self._sent_at is None else max(0.0, self._sent_at - call.began),
            system_s=self._system_s,
            first_token_s=self._first_token_s,
            input_tokens=booking.input_tokens,
            cached_input_tokens=booking.cached_input_tokens,
            output_tokens=booking.output_tokens,
            tokens_counted=booking.is_counted,
            cost=cost,
            currency=self.parts.settings.currency,
            confidence=found.confidence,
            reasons=found.reasons,
            notes=(*found.notes, _CUT) if reply is not None and reply.is_cut else found.notes,
            simulated=reply is not None and reply.is_simulated,
            request_hash=hash_of(call.body),
            answer_hash=hash_of(reply.body) if has_answer and reply and not reply.is_cut else None,
            request=text_of(call.body),
            answer=text_of(reply.body if booking.text is None else booking.text)
            if has_answer and reply
            else None,
            trace=None if call.trace is None else call.trace[3:35],
        )

    def _head(self, status: int, headers: Headers, length: int | None) -> dict[str, Any]:
        """Return the head of an answer, with the id of the call."""
        headers = [*headers, (b"proveout-id", self.call.id.encode())]
        is_told = any(name == b"content-length" for name, _ in headers)
        if length is not None and self.incoming.is_http_1_0 and not is_told:
            headers.append((b"content-length", b"%d" % length))
        return {"type": "http.response.start", "status": status, "headers": headers}

    # What others tell.

    def _on_gone(self) -> None:
        """The client has gone: nobody waits for the answer any more."""
        self._gone = True
        if self._is_asking and self._task is not None:
            self._task.cancel()

    def _on_cut(self) -> None:
        """A switch was thrown that ends what runs."""
        self._cut = True
        if self._is_asking and self._task is not None:
            self._task.cancel()

    def _uncancelled(self) -> None:
        """Go on after a cancellation that was meant for the asking alone."""
        self._gone = self._gone or not self._cut
        if self._task is not None:
            self._task.uncancel()


def _nothing() -> Booking:
    return Booking()


def _begins_anew(seconds: int) -> str:
    at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() + seconds))
    return f" It begins anew at {at}."


def _has_token(call: Call, kept: list[bytes]) -> bool:
    if call.protocol != "chat":
        return bool(kept[0])
    return holds_content(b"".join(kept[-4:]))


def _last_words(data: bytes) -> int:
    """Return where that begins which tells a client that the answer is whole."""
    at = data.find(_DONE)
    if at >= 0:
        return at
    for length in range(min(len(_DONE) - 1, len(data)), 0, -1):
        if data.endswith(_DONE[:length]):
            return len(data) - length
    return len(data)
