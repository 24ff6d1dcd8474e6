"""A version in the shadow: asked beside the one that answers, and heard by nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from proveout.runtime.call import Amounts, Call, Outcome, Reason
from proveout.runtime.gateway.addresses import target
from proveout.runtime.gateway.arriving import Arrived, arrived
from proveout.runtime.gateway.booking import Booking, most_of
from proveout.runtime.gateway.headers import request_head
from proveout.runtime.gateway.parts import Behind, Parts
from proveout.runtime.log import hash_of, text_of
from proveout.runtime.ports import (
    Admitted,
    LateError,
    LogFullError,
    ShedError,
    SystemFailedError,
)
from proveout.runtime.record import Record
from proveout.runtime.rollout.shadowing import copy_of

if TYPE_CHECKING:
    from proveout.runtime.gateway.exchange import Incoming


async def in_the_shadow(parts: Parts, seen: Call, incoming: Incoming, behind: Behind) -> None:
    """Ask, record and forget. What it costs is held and booked as for any other call."""
    now = time.monotonic()
    call = copy_of(seen, parts.ids.next(seen.received_at), began=now)
    price = parts.pricing.of(call.model)
    if price is None:
        return
    admitted = await parts.admission.admit(call, most_of(call, price, 1))
    if not isinstance(admitted, Admitted):
        return
    reply: Arrived | None = None
    outcome: Outcome = "answered"
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()

    async def ask() -> Arrived:
        upstream = behind.upstream
        parts.log.begin(call, upstream.version)
        head = request_head(
            incoming.method,
            target(upstream.address, incoming.path, incoming.query),
            upstream.address.authority,
            incoming.headers,
            own=(*upstream.headers, *incoming.extra),
            drop=incoming.drop | upstream.names,
            body_length=len(incoming.body),
        )
        connection = await behind.pool.ask(incoming.method, head + incoming.body)
        found = await arrived(connection, hold_whole=True)
        if upstream.fails_with(found.status, client_drops=incoming.drop):
            raise SystemFailedError(f"the system answered {found.status}", found.status)
        return found

    try:
        reply = await behind.protection.run(call, ask)
    except (SystemFailedError, LateError, ShedError, LogFullError) as error:
        outcome = "timed-out" if isinstance(error, LateError) else "failed"
        notes = (str(error),)
    booking = Booking() if reply is None else Booking.of_whole(call, reply)
    confidence = None
    if reply is not None and reply.status < 300 and booking.text is not None:
        found = behind.inspector.inspect(call, booking.text, is_stream=reply.is_events)
        reasons, notes, confidence = (), found.notes, found.confidence
    elif reply is not None and reply.status >= 400:
        outcome = "refused"
    seconds = time.monotonic() - now
    cost = 0
    if booking.requests:
        cost = price.cost(
            input_tokens=booking.input_tokens or 0,
            cached_input_tokens=booking.cached_input_tokens or 0,
            output_tokens=booking.output_tokens or 0,
            seconds=seconds,
        )
    has_answer = reply is not None and bool(reply.body)
    record = Record(
        id=call.id,
        pilot=call.pilot,
        protocol=call.protocol,
        at=call.received_at,
        seconds=seconds,
        outcome=outcome,
        status=0,
        version=behind.upstream.version,
        system_status=None if reply is None else reply.status,
        shadow_of=seen.id,
        model=call.model,
        rows=call.rows,
        attempts=1,
        system_s=seconds,
        input_tokens=booking.input_tokens,
        cached_input_tokens=booking.cached_input_tokens,
        output_tokens=booking.output_tokens,
        tokens_counted=booking.is_counted,
        cost=cost,
        currency=parts.settings.currency,
        confidence=confidence,
        reasons=reasons,
        notes=notes,
        simulated=reply is not None and reply.is_simulated,
        request_hash=hash_of(call.body),
        answer_hash=hash_of(reply.body) if has_answer and reply else None,
        request=text_of(call.body),
        answer=text_of(booking.text) if has_answer and booking.text is not None else None,
    )
    try:
        await parts.log.append(record)
    except LogFullError:
        return  # the hold is settled by a recovery; nobody waits for this answer
    parts.admission.settle(
        call,
        Amounts(
            money=cost,
            tokens=(booking.input_tokens or 0) + (booking.output_tokens or 0),
            requests=1,
        ),
    )
    parts.on_record(record, call)
