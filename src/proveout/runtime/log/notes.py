"""What stands in a segment besides records: its header, calls that were begun, its seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from proveout.runtime.call import Protocol_
from proveout.runtime.record import Record

if TYPE_CHECKING:
    from proveout.runtime.call import Amounts, Call

FORMAT = 1


class Header(msgspec.Struct, kw_only=True):
    """The first line of a segment."""

    format: int = FORMAT
    pilot: str
    owner: str
    """The process that writes it."""
    day: str
    """Of writing, UTC."""


class Begun(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A call that is about to be sent: what is known of it, should nothing more come."""

    id: str
    protocol: Protocol_
    at: float
    version: str | None = None
    client: str | None = None
    key: str | None = None
    team: str | None = None
    user: str | None = None
    model: str | None = None
    rows: int = 1
    input_tokens: int = 0
    trace: str | None = None


class Footer(msgspec.Struct, kw_only=True):
    """The last line of a sealed segment."""

    records: int
    first: float | None
    """The earliest `at` of its records; None where it has none."""
    last: float | None
    lost: int = 0
    """Records of calls that were found begun and not ended."""
    damaged: int = 0
    """Lines that were not what their checksum says; they stay where they are."""


def begun(call: Call, version: str) -> Begun:
    """Note what is known of a call when it is sent."""
    caller = call.caller
    return Begun(
        id=call.id,
        protocol=call.protocol,
        at=call.received_at,
        version=version,
        client=caller.client,
        key=caller.key,
        team=caller.team,
        user=caller.user,
        model=call.model,
        rows=call.rows,
        input_tokens=call.input_tokens,
        trace=call.trace,
    )


def lost(
    note: Begun,
    *,
    pilot: str,
    now: float,
    why: str,
    charged: Amounts | None = None,
    currency: str | None = None,
) -> Record:
    """Turn a call that was begun and not ended into the record of it.

    What it took nobody knows; `charged` is what whoever holds the money for it books, if that.
    """
    output = 0 if charged is None else max(0, charged.tokens - note.input_tokens)
    return Record(
        id=note.id,
        pilot=pilot,
        protocol=note.protocol,
        at=note.at,
        seconds=max(0.0, now - note.at),
        outcome="lost",
        status=0,
        version=note.version,
        client=note.client,
        key=note.key,
        team=note.team,
        user=note.user,
        model=note.model,
        rows=note.rows,
        attempts=1,
        input_tokens=note.input_tokens or None,
        output_tokens=output or None,
        tokens_counted=bool(note.input_tokens or output),
        cost=0 if charged is None else charged.money,
        currency=currency,
        reasons=("lost",),
        notes=(why,),
        trace=note.trace,
    )
