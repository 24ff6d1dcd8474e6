"""Which span of the traffic a monitor looks at. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from proveout.charter.schema.monitoring import Monitoring
from proveout.checks import Window


def latest(
    monitoring: Monitoring,
    *,
    now: datetime,
    first: datetime,
    begin_of: datetime | None = None,
) -> Window:
    """Return the last days; further back where they hold too few requests, and never before the
    first one.

    `begin_of` is when the last `window_requests` requests began to come, where there are as many.
    """
    begins = now - timedelta(days=monitoring.window_days)
    if monitoring.window_requests is not None:
        begins = min(begins, begin_of or first)
    return Window(begins=min(max(begins, first), now), ends=now)


def matured(window: Window, *, delay: timedelta, since: datetime) -> Window | None:
    """Return the window of the same length whose true answers are known by now.

    It tells of those who answer now, and therefore begins `since` then at the earliest; None where
    that is not longer ago than true answers take.
    """
    ends = window.ends - delay
    if ends <= since:
        return None
    return Window(begins=max(window.begins - delay, since), ends=ends)
