"""Reading what the replies say, when there is time: a clock that decodes JSON is a slow clock."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import gevent
import numpy as np

from proveout.systems.answering import NotAnswersError
from proveout.systems.exchange import Dialect, Reply
from proveout.systems.port import AnswerStatus

if TYPE_CHECKING:
    from proveout.checks.load.engine.tally import Tally

MOST_BYTES = 256 << 20
"""Replies that wait to be read; beyond it they are counted as unread."""

MOST_KNOWN = 10_000

Meaning = tuple[str | None, float, float]
"""What is wrong with it (None: nothing), tokens in, tokens out."""


class ReplyQueue:
    """Replies with a status of success that wait to be read."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._waiting: deque[tuple[Tally, int, Reply]] = deque()
        self._bytes = 0
        self._known: dict[bytes, Meaning] = {}
        self._reader: gevent.Greenlet | None = None

    def put(self, tally: Tally, number: int, reply: Reply) -> None:
        """Have a reply read later."""
        if self._bytes > MOST_BYTES:
            tally.unread += 1
            return
        self._bytes += len(reply.body)
        self._waiting.append((tally, number, reply))
        if self._reader is None or self._reader.dead:
            self._reader = gevent.spawn(self._read_in_quiet_moments)

    def finish(self) -> None:
        """Read all that is left, at the end of a level."""
        while self._waiting:
            self._read_one()

    def _read_in_quiet_moments(self) -> None:
        while self._waiting:
            gevent.idle()
            if self._waiting:
                self._read_one()

    def _read_one(self) -> None:
        tally, number, reply = self._waiting.popleft()
        self._bytes -= len(reply.body)
        meaning = self._known.get(reply.body)
        if meaning is None:
            meaning = self._meaning(reply)
            if len(self._known) < MOST_KNOWN:
                self._known[reply.body] = meaning
        fault, tokens_in, tokens_out = meaning
        if fault is not None:
            tally.fail(number, fault)
        tally.took(number, tokens_in, tokens_out)

    def _meaning(self, reply: Reply) -> Meaning:
        try:
            decoded = self._dialect.decode(reply, 1)
        except NotAnswersError:
            return "malformed answer", np.nan, np.nan
        tokens = decoded.tokens
        answers = decoded.answers
        is_malformed = len(answers) != 1 or answers.status[0] == AnswerStatus.MALFORMED
        return (
            "malformed answer" if is_malformed else None,
            np.nan if tokens.input is None else float(tokens.input),
            np.nan if tokens.output is None else float(tokens.output),
        )
