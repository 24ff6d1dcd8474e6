"""How often people are called: once for one thing, and never by the hundred. Pure."""

from __future__ import annotations

from collections import deque

from proveout.notices.notice import Notice

QUIET_S = 3600.0
"""So long nobody is called again for the same thing."""
MOST_AN_HOUR = 20
"""More messages than that are no longer read."""
_HOUR_S = 3600.0
_MOST_KEYS = 10_000


class Restraint:
    """Knows what was told and when. `now` is any clock that only rises, in seconds."""

    def __init__(self, *, quiet_s: float = QUIET_S, most_an_hour: int = MOST_AN_HOUR) -> None:
        self._quiet_s, self._most = quiet_s, most_an_hour
        self._told: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], int] = {}
        self._lately: deque[float] = deque()

    def admit(self, notice: Notice, now: float) -> int | None:
        """Return how many of its kind were held back before it; None where it is held back too."""
        while self._lately and now - self._lately[0] >= _HOUR_S:
            self._lately.popleft()
        before = self._told.get(notice.key)
        is_quiet = before is not None and now - before < self._quiet_s
        # An alarm about something new is told however much has been said already.
        is_full = len(self._lately) >= self._most and notice.severity != "alarm"
        if is_quiet or is_full:
            self._held[notice.key] = self._held.get(notice.key, 0) + 1
            return None
        if len(self._told) >= _MOST_KEYS:
            self._forget(now)
        self._told[notice.key] = now
        self._lately.append(now)
        return self._held.pop(notice.key, 0)

    def _forget(self, now: float) -> None:
        self._told = {key: at for key, at in self._told.items() if now - at < self._quiet_s}
        while len(self._told) >= _MOST_KEYS:
            self._told.pop(next(iter(self._told)))
