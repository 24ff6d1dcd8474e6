"""What a call took, from what its reply says; and the most that it may take. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.pricing.one import CallPrice
from proveout.runtime.call import Amounts, Call
from proveout.runtime.gateway.arriving import Arrived
from proveout.runtime.gateway.asked import MOST_OUTPUT_TOKENS
from proveout.runtime.gateway.usage import counted, unpacked, usage_in, usage_in_stream
from proveout.systems.exchange import Tokens

PER_ROW = 8
"""Tokens at most that frame a message, which are paid for and stand in no body."""


@dataclass(slots=True)
class Booking:
    """What was used."""

    requests: int = 0
    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    output_tokens: int | None = None
    is_counted: bool = False
    money: int | None = None
    """Booked as it is; priced by the rest where it is None."""
    text: bytes | None = None
    """The answer, unpacked."""

    @classmethod
    def of_whole(cls, call: Call, reply: Arrived) -> Booking:
        """Read a whole reply."""
        text = unpacked(reply.body, reply.encoding)
        tokens: Tokens | None = None
        if text is not None:
            tokens = usage_in_stream(text) if reply.is_events else usage_in(text)
        if tokens is None and call.protocol == "chat" and reply.status < 300:
            tokens = counted(call.body, text or b"")
        return cls._of(tokens, text)

    @classmethod
    def of_stream(cls, call: Call, reply: Arrived) -> Booking:
        """Read what has come of a stream."""
        text = unpacked(reply.body, reply.encoding)
        tokens = None if text is None else usage_in_stream(text)
        if tokens is None and call.protocol == "chat" and reply.status < 300:
            tokens = counted(call.body, text or b"")
        return cls._of(tokens, text)

    @classmethod
    def at_most(cls, call: Call, most: Amounts, attempts: int) -> Booking:
        """Book all that was held: nobody knows what the system did with the request."""
        output = max(0, most.tokens - call.input_tokens * attempts)
        return cls(
            requests=attempts,
            input_tokens=most.tokens - output,
            output_tokens=output,
            is_counted=True,
            money=most.money,
        )

    @classmethod
    def _of(cls, tokens: Tokens | None, text: bytes | None) -> Booking:
        if tokens is None:
            return cls(requests=1, text=text)
        return cls(
            requests=1,
            input_tokens=tokens.input,
            cached_input_tokens=tokens.cached_input,
            output_tokens=tokens.output,
            is_counted=tokens.counted,
            text=text,
        )


def most_of(call: Call, price: CallPrice, attempts: int) -> Amounts:
    """Return the most that a call may take: what must be held for it.

    No token is shorter than a byte, so that a body has no more tokens than bytes.
    """
    is_text = call.protocol in ("chat", "json") and bool(call.body)
    call.input_tokens = len(call.body) + PER_ROW if is_text else 0
    output = call.most_output_tokens or 0
    if call.protocol == "chat" and call.body and call.most_output_tokens is None:
        output = MOST_OUTPUT_TOKENS
    money = price.most(
        input_tokens=call.input_tokens,
        output_tokens=output,
        seconds=call.deadline - call.began,
        requests=attempts,
    )
    return Amounts(money=money, tokens=(call.input_tokens + output) * attempts, requests=1)
