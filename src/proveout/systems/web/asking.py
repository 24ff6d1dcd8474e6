"""Asking a service for some rows: with retries, several samples, and bad rows set apart."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import WebSystem
from proveout.errors import InputError
from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects.replies import error_code
from proveout.systems.exchange import SIMULATED_HEADER, Decoded, Dialect, Reply, Request
from proveout.systems.isolation import isolate
from proveout.systems.port import Answers, AnswerStatus
from proveout.systems.web import patience
from proveout.systems.web.courier import Courier, Delivery
from proveout.systems.web.hearing import Declining, Heard, Sampling, agreed, to_answers

if TYPE_CHECKING:
    Rows = Sequence[Mapping[str, Any]]

BLAMES_ROWS = frozenset({400, 413, 422, 500})
"""A batch answered with one of these may hold single bad rows: bad request, too large, invalid,
and the server error into which frameworks turn an exception."""

MOST_TIME_OUTS = 10
"""After so many requests in a row that timed out nothing more is asked; each takes its limit."""


TURNS_DOWN = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405, 407})
"""Statuses that speak of the address or the key, and not of what was asked."""


class Asker:
    """Asks on behalf of many threads; knows what all of them have met."""

    def __init__(self, courier: Courier, dialect: Dialect, charter: WebSystem) -> None:
        self._courier = courier
        self._dialect = dialect
        self._charter = charter
        self._retried: Counter[str] = Counter()
        # Of all threads together; that one may count a little late does no harm.
        self._time_outs_in_a_row = 0
        self._turned_down: tuple[int, str] | None = None
        self._was_let_in = False
        self._is_leaving = threading.Event()
        self._spread = random.Random()  # noqa: S311  # keeps retries apart, nothing more

    def leave(self) -> None:
        """Let every thread come to an end: no pauses, nothing more is asked."""
        self._is_leaving.set()

    @property
    def turned_down(self) -> tuple[int, str] | None:
        """Status and fault with which every request until now was turned down; else None."""
        return None if self._was_let_in else self._turned_down

    def retries_told(self) -> tuple[str, ...]:
        """Say which retries there were since this was last asked."""
        told = tuple(f"{n:,} retries after: {fault}" for fault, n in self._retried.items())
        self._retried.clear()
        return told

    def answers(self, rows: Rows) -> Answers:
        """Answer rows in one request; set bad ones apart where the service blames them.

        A server error may as well have passed by, so that the same rows are asked once more
        before a batch is taken apart, which takes dozens of requests.
        """
        heard = self.hear(rows)
        may_pass = heard.code == HTTPStatus.INTERNAL_SERVER_ERROR and not self._charter.retries
        if len(rows) > 1 and may_pass:
            self._retried[f"{heard.fault}, to tell a fault that passes from bad rows"] += 1
            heard = self.hear(rows).after(heard)
        answers = to_answers(heard)
        if len(rows) < 2 or heard.code not in BLAMES_ROWS:
            return answers
        return isolate(
            lambda some: to_answers(self.hear([rows[row] for row in some])),
            answers,
            crashed=False,
            may_go_on=lambda: not self._is_leaving.is_set(),
        )

    def hear(self, rows: Rows, sample: int = 0) -> Heard:
        """Ask, and ask again as often as the charter allows and it may help."""
        if self._has_given_up or self._is_leaving.is_set():
            not_asked = f"not asked, after {MOST_TIME_OUTS} requests in a row had timed out"
            return _unheard(len(rows), not_asked)
        try:
            request = self._written(rows, sample)
        except InputError as error:  # a column that was there before: a broken input, not a charter
            return _unheard(len(rows), error.message)
        began, attempt, hung_up = time.monotonic(), 0, 0
        while True:
            attempt += 1
            heard, pause_s = self._once(request, began, attempt)
            # Nobody had taken it: every client asks again then, on a connection of its own.
            if heard.was_hung_up and hung_up < self._charter.concurrency:
                hung_up += 1
                self._retried["the service had closed the connection in between"] += 1
                continue
            may_help = patience.is_worth_asking_again(heard.code) and not self._has_given_up
            if attempt - hung_up > self._charter.retries or not may_help or pause_s is None:
                return heard
            if self._is_leaving.wait(pause_s):
                return heard
            self._retried[heard.fault or ""] += 1

    def agreed(self, samples: Sequence[Heard]) -> Answers:
        """Make one answer of several to the same question."""
        assert isinstance(self._dialect, Sampling)  # noqa: S101  # several were asked for
        return to_answers(agreed(self._dialect, samples))

    def _written(self, rows: Rows, sample: int) -> Request:
        if sample and isinstance(self._dialect, Sampling):
            return self._dialect.encode_sample(rows, sample)
        return self._dialect.encode(rows)

    @property
    def _has_given_up(self) -> bool:
        return self._time_outs_in_a_row >= MOST_TIME_OUTS

    def _once(self, request: Request, began: float, attempt: int) -> tuple[Heard, float | None]:
        """Send it once; return what a user who has waited since `began` hears, and the pause
        that should be made before it is sent again (None: it should not be)."""
        sent = time.monotonic()
        delivery = self._courier.deliver(self._dialect, request, self._charter.timeout_s)
        self._time_outs_in_a_row = self._time_outs_in_a_row + 1 if delivery.has_timed_out else 0
        reply = delivery.reply
        headers = {} if reply is None else reply.headers
        decoded, status, fault = self._meaning(delivery, request)
        if reply is not None and reply.status in TURNS_DOWN:
            self._turned_down = (reply.status, fault or "")
        else:
            self._was_let_in = True
        heard = Heard(
            rows=request.rows,
            decoded=decoded,
            status=status,
            fault=fault,
            code=None if reply is None else reply.status,
            latency_s=delivery.ended - began,
            first_token_s=sent - began + delivery.first_token_s,
            attempts=attempt,
            was_hung_up=delivery.was_hung_up,
            is_simulated=SIMULATED_HEADER in headers,
        )
        spread = self._spread.random()
        return heard, patience.pause_s(attempt, headers, now=datetime.now(UTC), spread=spread)

    def _meaning(
        self, delivery: Delivery, request: Request
    ) -> tuple[Decoded | None, AnswerStatus, str | None]:
        reply = delivery.reply
        if reply is None:
            kind = AnswerStatus.TIMED_OUT if delivery.has_timed_out else AnswerStatus.FAILED
            return None, kind, delivery.fault
        if not 200 <= reply.status < 300:
            if isinstance(self._dialect, Declining):
                declined = self._dialect.declined(reply, request)
                if declined is not None:
                    return declined, AnswerStatus.OK, None
            return None, AnswerStatus.FAILED, _error(reply)
        try:
            decoded = self._dialect.decode(reply, request.rows, asked=request)
        except NotAnswersError as error:
            return None, AnswerStatus.MALFORMED, str(error)
        return decoded, AnswerStatus.OK, None


def _unheard(rows: int, fault: str) -> Heard:
    return Heard(
        rows=rows,
        decoded=None,
        status=AnswerStatus.FAILED,
        fault=fault,
        code=None,
        latency_s=0.0,
        first_token_s=float("nan"),
        attempts=0,
        is_simulated=False,
    )


def _error(reply: Reply) -> str:
    code = error_code(reply)
    return f"HTTP {reply.status}{_phrase(reply.status)}" + (f" ({code})" if code else "")


def _phrase(code: int) -> str:
    """Name a status in the standard's words; the server's own may hold anything."""
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""
