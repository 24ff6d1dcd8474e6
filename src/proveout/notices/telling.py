"""Sends notices from a thread of its own, so that nothing waits for a channel or breaks by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, Full, Queue
from types import TracebackType
from typing import Protocol, Self

from proveout.charter.schema import Charter
from proveout.notices.channels import Channels
from proveout.notices.notice import Notice, Severity
from proveout.notices.restraint import Restraint

MOST_WAITING = 1_000
_KINDS: dict[Severity, str] = {"note": "info", "warning": "warning", "alarm": "failure"}


class Delivers(Protocol):
    """What sends: `Channels`, or another in a test."""

    def __bool__(self) -> bool:
        """Tell whether there is anybody to send to."""
        ...

    def deliver(self, title: str, text: str, *, kind: str = "info") -> list[str]:
        """Send, and return the names of channels that did not take it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of notices until now."""

    sent: int = 0
    """Taken by every channel."""
    failed: int = 0
    """Not taken by at least one."""
    held_back: int = 0
    """Of a kind that was told not long ago, or beyond what is read in an hour."""
    lost: int = 0
    """Never sent: too many waited, or the end came before."""
    last_failure: str | None = None
    """Which channels did not take the last one that failed; without secrets."""

    def __str__(self) -> str:
        said = f"{self.sent:,} sent, {self.failed:,} failed, {self.held_back:,} held back"
        said += f", {self.lost:,} lost" if self.lost else ""
        return said if self.last_failure is None else f"{said}; not taken by {self.last_failure}"


class Notices:
    """Tells people. `tell` returns at once and never raises."""

    def __init__(
        self,
        channels: Delivers,
        *,
        restraint: Restraint | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channels, self._clock = channels, clock
        self._restraint = Restraint() if restraint is None else restraint
        self._waiting: Queue[tuple[Notice, int] | None] = Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._counts = {"sent": 0, "failed": 0, "held_back": 0, "lost": 0}
        self._last_failure: str | None = None
        self._is_closed = False

    def __bool__(self) -> bool:
        """Tell whether anybody would hear."""
        return bool(self._channels)

    @property
    def standing(self) -> Standing:
        """What became of all that was told until now."""
        with self._lock:
            return Standing(**self._counts, last_failure=self._last_failure)

    def tell(self, notice: Notice) -> None:
        """Send it soon. Silence where no channel is given."""
        if not self._channels:
            return
        with self._lock:
            if self._is_closed:
                self._counts["lost"] += 1
                return
            repeated = self._restraint.admit(notice, self._clock())
            if repeated is None:
                self._counts["held_back"] += 1
                return
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._send, name="proveout-notices", daemon=True
                )
                self._thread.start()
            try:
                self._waiting.put_nowait((notice, repeated))
            except Full:
                self._counts["lost"] += 1

    def close(self, *, within_s: float = 10.0) -> Standing:
        """Send what waits, as far as the time goes, and return what became of all."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
        if thread is not None:
            deadline = time.monotonic() + within_s
            try:
                self._waiting.put(None, timeout=within_s)
                thread.join(max(0.0, deadline - time.monotonic()))
            except Full:
                pass
            with self._lock:
                self._counts["lost"] += self._left()
        return self.standing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            notice, repeated = waiting
            text = notice.text(repeated=repeated)
            try:
                refused = self._channels.deliver(notice.title, text, kind=_KINDS[notice.severity])
            except Exception as error:  # noqa: BLE001  # whatever it is, the next is still sent
                refused = [type(error).__name__]
            with self._lock:
                self._counts["failed" if refused else "sent"] += 1
                self._last_failure = ", ".join(refused) or self._last_failure

    def _left(self) -> int:
        left = 0
        while True:
            try:
                left += self._waiting.get_nowait() is not None
            except Empty:
                return left


def open_notices(charter: Charter, *, variables: Mapping[str, str] | None = None) -> Notices:
    """Open the channels of monitoring.notify; silence where the charter names none.

    Raises InputError for a channel that is not known, MissingExtraError without `apprise`.
    """
    monitoring = charter.monitoring
    return Notices(Channels(() if monitoring is None else monitoring.notify, variables=variables))
