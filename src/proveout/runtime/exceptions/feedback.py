"""'This is wrong', said by a user, goes to a person by name, who looks at it in time (R603, R604).

The body of POST /proveout/feedback: {"id": of the answer (`proveout-id`), "kind": "wrong",
"said": words, "correct_answer": what it should have been, "row": which of several, "user": who}.
Only the id must be given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from proveout.errors import ProveoutError
from proveout.runtime.call import Caller
from proveout.runtime.exceptions.entry import Entry, entry_id, said_at
from proveout.runtime.exceptions.labels import label_text
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.log.finding import moment_of
from proveout.runtime.record import Record

MOST_BYTES = 64 * 1024
MOST_REPORTS = 20
"""Of one answer; more say nothing new, and one who invents users cannot fill the queue."""
LOOKS_AT_ONCE = 2
"""To find an answer in the log takes longer than to serve one."""
Kind = Literal["wrong", "unclear", "slow", "missing"]
Reply = tuple[int, dict[str, Any]]


class _Told(msgspec.Struct, kw_only=True):
    """What a user may send."""

    id: str
    kind: Kind = "wrong"
    row: int = 0
    said: str | None = None
    correct_answer: Any = None
    user: str | None = None


class _RefusedError(Exception):
    kind = "invalid_request_error"

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Feedback:
    """Takes feedback for one pilot."""

    def __init__(
        self,
        queue: ExceptionQueue,
        *,
        find: Callable[[str], Record | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`find` looks a call up in the log of the pilot; it may take its time."""
        self._queue, self._find, self._clock = queue, find, clock
        self._turns = asyncio.Semaphore(LOOKS_AT_ONCE)

    async def feedback(self, body: bytes, caller: Caller) -> Reply:
        """Take a report; return the HTTP status and the body of the reply. Never raises."""
        async with self._turns:
            return await asyncio.to_thread(self.take, body, caller)

    def take(self, body: bytes, caller: Caller) -> Reply:
        """Do the same and wait for it."""
        try:
            told = _read(body)
            record = self._record(told)
            return self._keep(told, record, caller)
        except _RefusedError as refused:
            return refused.status, {"error": {"type": refused.kind, "message": refused.message}}
        except ProveoutError:
            # What exactly is away is nothing for the outside.
            message = "It cannot be kept just now. Please send it again in a minute."
            return 503, {"error": {"type": "unavailable", "message": message}}

    def _record(self, told: _Told) -> Record:
        record = None if moment_of(told.id) is None else self._find(told.id)
        if record is None or record.pilot != self._queue.pilot:
            raise _RefusedError(
                404,
                f"There is no answer '{told.id[:40]}' here. Its id is in the reply's header "
                "'proveout-id'.",
            )
        if not 0 <= told.row < max(1, record.rows):
            raise _RefusedError(400, f"'row' is from 0 to {record.rows - 1}, not {told.row}.")
        return record

    def _keep(self, told: _Told, record: Record, caller: Caller) -> Reply:
        now = self._clock()
        user = _user(told, caller)
        handling = self._queue.handling
        proposed = told.correct_answer
        entry = Entry(
            id=entry_id(record.id, user),
            call=record.id,
            pilot=record.pilot,
            version=record.version,
            reasons=("reported",),
            notes=(f"reported as {told.kind}",),
            confidence=record.confidence,
            request=record.request,
            answer=record.answer,
            team=record.team or caller.team,
            reported_by=user,
            said=told.said,
            at=now,
            due_at=now + handling.due_hours * 3600.0,
            owner=handling.goes_to,
            correction={} if proposed is None else {told.row: label_text(proposed)},
        )
        known = {each.id: each for each in self._queue.of_call(record.id)}
        if entry.id not in known and len(known) >= MOST_REPORTS:
            raise _RefusedError(429, "This answer has been reported many times; it is looked at.")
        is_new = self._queue.put([entry]) == 1
        kept = known.get(entry.id, entry)
        return (201 if is_new else 200), {
            "reference": kept.id,
            "looked_at_by": kept.acts,
            "until": said_at(kept.due_at),
            "state": "open" if kept.is_open else kept.outcome,
            "already_known": not is_new,
        }


_EXAMPLE = '{"id": "…", "kind": "wrong", "said": "the total is 12.50"}'


def _user(told: _Told, caller: Caller) -> str:
    """Name who says it: as the gateway knows them, else as they say, else by their client."""
    return caller.user or told.user or caller.client or caller.key or "somebody"


def _read(body: bytes) -> _Told:
    if len(body) > MOST_BYTES:
        raise _RefusedError(413, f"Feedback has at most {MOST_BYTES:,} bytes.")
    try:
        told = msgspec.json.decode(body, type=_Told)
        answer = "" if told.correct_answer is None else label_text(told.correct_answer)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"This is no feedback: {error}. Send for example {_EXAMPLE}"
        raise _RefusedError(400, message) from None
    sizes = (
        ("said", told.said, 4_000),
        ("user", told.user, 200),
        ("correct_answer", answer, 16_000),
    )
    for name, text, most in sizes:
        if len(text or "") > most:
            raise _RefusedError(400, f"'{name}' has at most {most:,} letters.")
    return told
