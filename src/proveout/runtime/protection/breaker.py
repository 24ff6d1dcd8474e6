"""When a failing system is left alone. Pure: the moment is passed in.

Closed: every request goes, and the share of failures among the latest `of` is watched. Open: none
goes until `open_s` have passed. Then one goes as a probe: it closes the breaker, or opens it anew.
An outcome of a request that was let through before the last change of state says nothing about
the system of now, and is not counted.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

_ROUNDING = 1e-9
"""0.07 · 100 is a little more than 7 to a computer."""

State = Literal["closed", "open", "half-open"]


class Breaker:
    """A circuit breaker over the latest outcomes."""

    __slots__ = ("_failed", "_failures", "_latest", "_of", "_open_s", "_opened_at", "_probing",
                 "_round")  # fmt: skip

    def __init__(self, *, failures: float, of: int, open_s: float) -> None:
        self._failures = failures
        self._of = of
        self._open_s = open_s
        self._latest: deque[bool] = deque(maxlen=of)
        self._failed = 0
        self._opened_at: float | None = None
        self._probing = False
        self._round = 0
        """Rises with every change of state."""

    def state(self, now: float) -> State:
        """Say how it stands."""
        if self._opened_at is None:
            return "closed"
        return "open" if now < self._opened_at + self._open_s else "half-open"

    def retry_after_s(self, now: float) -> float:
        """Seconds until it makes sense to come again; 0 while it is closed."""
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._open_s - now
        return left if left > 0 else self._open_s

    def lets(self, now: float) -> bool:
        """Say whether a request might go now."""
        if self._opened_at is None:
            return True
        return not self._probing and now >= self._opened_at + self._open_s

    def permit(self, now: float) -> int | None:
        """Let a request through: the round to report its outcome with, or None where it may not."""
        if not self.lets(now):
            return None
        self._probing = self._opened_at is not None
        return self._round

    def is_probe(self, permit: int) -> bool:
        """Say whether this request decides whether the breaker closes."""
        return self._probing and permit == self._round

    def succeeded(self, permit: int) -> None:
        """Count an answer."""
        if permit != self._round:
            return
        if self._probing:
            self._change(opened_at=None)
        else:
            self._count(failed=False)

    def failed(self, permit: int, now: float) -> bool:
        """Count a failure. Returns True where it opened the breaker."""
        if permit != self._round:
            return False
        if self._probing:
            self._change(opened_at=now)
            return True
        self._count(failed=True)
        if len(self._latest) < self._of or self._failed < self._failures * self._of - _ROUNDING:
            return False
        self._change(opened_at=now)
        return True

    def abandoned(self, permit: int) -> None:
        """Count nothing: the request ended without saying anything of the system."""
        if permit == self._round:
            self._probing = False

    def _count(self, *, failed: bool) -> None:
        if len(self._latest) == self._of:
            self._failed -= self._latest[0]
        self._latest.append(failed)
        self._failed += failed

    def _change(self, *, opened_at: float | None) -> None:
        self._opened_at = opened_at
        self._probing = False
        self._latest.clear()
        self._failed = 0
        self._round += 1
