"""When to ask again, and how long to wait before. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 8.0
LONGEST_WISH_S = 60.0
"""A service that asks for a longer pause than this is not asked again."""


def is_worth_asking_again(code: int | None) -> bool:
    """Tell whether an error may pass: no response, too many requests, an error of the server."""
    return code is None or code >= 500 or code == HTTPStatus.TOO_MANY_REQUESTS


def pause_s(
    attempt: int, headers: Mapping[str, str], *, now: datetime, spread: float
) -> float | None:
    """Return how long to wait after an attempt (1, 2, …); None when the service asks for too long.

    It is what the service wishes (Retry-After), or else doubles with each attempt; `spread`, from
    0 to 1, keeps callers apart that failed at the same moment.
    """
    wish = wish_s(headers, now=now)
    if wish is not None:
        return wish if wish <= LONGEST_WISH_S else None
    full: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))
    return full * (1 + spread) / 2


def wish_s(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Read Retry-After, which is seconds or a date; None where it is neither."""
    told = headers.get("retry-after", "").strip()
    try:
        seconds = float(told)
    except ValueError:
        try:
            moment = parsedate_to_datetime(told)
        except (ValueError, TypeError, IndexError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
