"""What the OpenTelemetry SDK says of itself, as events of ours: a collector that is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from proveout.runtime.telemetry.events import Events, Level

SDK = "opentelemetry"
EVENT = "tracing-trouble"
EVERY_S = 60.0
"""It complains at every batch; once a minute is enough to know."""
MOST_LETTERS = 300


class SdkLog(logging.Handler):
    """Tells one event at most a minute, and with it how many were held back.

    A logger without any handler writes plain lines to stderr; with this one it does not. Handlers
    that an application has set for itself are left alone.
    """

    def __init__(self, events: Events, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(level=logging.WARNING)
        self._events = events
        self._clock = clock
        self._last: float | None = None
        self._held_back = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a line of the SDK, or count it. Called with the handler's lock held."""
        now = self._clock()
        if self._last is not None and now - self._last < EVERY_S:
            self._held_back += 1
            return
        held_back, self._held_back, self._last = self._held_back, 0, now
        level: Level = "error" if record.levelno >= logging.ERROR else "warning"
        message = " ".join(record.getMessage().split())[:MOST_LETTERS]
        self._events.tell(EVENT, at=now, level=level, message=message, held_back=held_back or None)


@contextmanager
def told_as_events(events: Events) -> Iterator[None]:
    """Have the SDK's lines told as events."""
    logger, handler = logging.getLogger(SDK), SdkLog(events)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
