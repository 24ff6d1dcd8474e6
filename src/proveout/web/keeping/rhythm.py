"""How often something is done, in one process."""

from __future__ import annotations

from datetime import datetime, timedelta


class Rhythm:
    """Tells whether it is time again. After a restart it is time at once."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._next: datetime | None = None

    def is_time(self, now: datetime) -> bool:
        """Tell, and count from here where it is."""
        # A clock that was set back must not silence it for as long.
        is_early = self._next is not None and self._next - self._every <= now < self._next
        if not is_early:
            self._next = now + self._every
        return not is_early
