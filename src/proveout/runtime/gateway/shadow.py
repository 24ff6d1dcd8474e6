"""A version in the shadow: asked beside the one that answers, and heard by nobody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import structs

from proveout.runtime.call import Amounts, Call, Outcome
from proveout.runtime.gateway.addresses import target
from proveout.runtime.gateway.arriving import Arrived, arrived
from proveout.runtime.gateway.booking import Booking, most_of
from proveout.runtime.gateway.headers import request_head
from proveout.runtime.gateway.parts import Behind, Parts
from proveout.runtime.log import hash_of, text_of
from proveout.runtime.ports import (
    Admitted,
    Found,
    LateError,
    LogFullError,
    ShedError,
    SystemFailedError,
)
from proveout.runtime.record import Record
from proveout.runtime.rollout.shadowing import copy_of

if TYPE_CHECKING:
    from proveout.pricing.one import CallPrice
    from proveout.runtime.gateway.exchange import Incoming


async def in_the_shadow(parts: Parts, seen: Call, incoming: Incoming, behind: Behind) -> None:
    """Ask, record and forget. What it costs is held and booked as for any other call."""
    now = time.monotonic()
    call = copy_of(seen, parts.ids.next(seen.received_at), began=now)
    price = parts.pricing.of(call.model)
    if price is None:
        return
    most = most_of(call, price, 1)
    admitted = await parts.admission.admit(call, most)
    if not isinstance(admitted, Admitted):
        return
    reply: Arrived | None = None
    outcome: Outcome = "answered"
    found = Found()
    booking = Booking()  # what never had its turn costs nothing
    attempts = 0

    async def ask() -> Arrived:
        nonlocal attempts
        parts.log.begin(call, behind.upstream.version)
        attempts = 1
        return await _sent(incoming, behind)

    try:
        reply = await behind.protection.run(call, ask)
    except (SystemFailedError, LateError, ShedError, LogFullError) as error:
        outcome = "timed-out" if isinstance(error, LateError) else "failed"
        found = Found(notes=(str(error),))
        if attempts:
            booking = _unanswered(parts, call, most, error)
    else:
        booking = Booking.of_whole(call, reply)
        outcome, found = _judged(behind, call, booking, reply)
    seconds = time.monotonic() - now
    cost = _cost(price, booking, seconds)
    record = structs.replace(
        _record(parts, call, behind, booking=booking, reply=reply),
        shadow_of=seen.id,
        seconds=seconds,
        outcome=outcome,
        attempts=attempts,
        system_s=seconds if attempts else None,
        cost=cost,
        confidence=found.confidence,
        notes=found.notes,
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
            requests=attempts,
        ),
    )
    parts.on_record(record, call)


async def _sent(incoming: Incoming, behind: Behind) -> Arrived:
    """Send it as the real one was. Raises SystemFailedError."""
    upstream = behind.upstream
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


def _judged(behind: Behind, call: Call, booking: Booking, reply: Arrived) -> tuple[Outcome, Found]:
    if reply.status < 300 and booking.text is not None:
        return "answered", behind.inspector.inspect(call, booking.text, is_stream=reply.is_events)
    return "refused" if reply.status >= 400 else "answered", Found()


def _unanswered(parts: Parts, call: Call, most: Amounts, error: Exception) -> Booking:
    """Book what was sent and not answered, as for any other call."""
    is_told = isinstance(error, SystemFailedError) and error.status is not None
    if is_told or not parts.charges_unfinished:
        return Booking(requests=1)
    return Booking.at_most(call, most, 1)  # nobody knows what the system did with it


def _cost(price: CallPrice, booking: Booking, seconds: float) -> int:
    if booking.money is not None or not booking.requests:
        return booking.money or 0
    return price.cost(
        input_tokens=booking.input_tokens or 0,
        cached_input_tokens=booking.cached_input_tokens or 0,
        output_tokens=booking.output_tokens or 0,
        seconds=seconds,
    )


def _record(
    parts: Parts, call: Call, behind: Behind, *, booking: Booking, reply: Arrived | None
) -> Record:
    has_answer = reply is not None and bool(reply.body)
    return Record(
        id=call.id,
        pilot=call.pilot,
        protocol=call.protocol,
        at=call.received_at,
        seconds=0.0,
        outcome="answered",
        status=0,
        version=behind.upstream.version,
        system_status=None if reply is None else reply.status,
        model=call.model,
        rows=call.rows,
        input_tokens=booking.input_tokens,
        cached_input_tokens=booking.cached_input_tokens,
        output_tokens=booking.output_tokens,
        tokens_counted=booking.is_counted,
        currency=parts.settings.currency,
        simulated=reply is not None and reply.is_simulated,
        request_hash=hash_of(call.body),
        answer_hash=hash_of(reply.body) if has_answer and reply else None,
        request=text_of(call.body),
        answer=text_of(booking.text) if has_answer and booking.text is not None else None,
    )
