"""When the first token of a stream is there."""

from __future__ import annotations

from proveout.systems.exchange import Dialect

MOST_BYTES = 1 << 20
"""What goes on without an end of an event for longer than this is no stream of tokens."""


class FirstToken:
    """Watches a stream as it comes in; looks at each event once, however long the stream is."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._pending = bytearray()
        self._is_there = False

    def feed(self, part: bytes) -> bool:
        """Take in what has come; tell whether a token has been among all that came until now."""
        if self._is_there or len(self._pending) > MOST_BYTES:
            return self._is_there
        self._pending += part
        self._is_there = self._dialect.holds_token(bytes(self._pending))
        end = max(self._pending.rfind(b"\n\n"), self._pending.rfind(b"\r\n\r\n"))
        if end >= 0:  # events before the last empty line are complete, and held no token
            del self._pending[:end]
        return self._is_there
