"""The one way to append what rests on what was read: read, append, and again where overtaken."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from proveout.errors import LedgerMovedError

Made = TypeVar("Made")

MOST_TRIES = 50
"""So many others may be quicker, one after the other."""


def tried_until_first(attempt: Callable[[], Made]) -> Made:
    """Return what `attempt` makes, which reads and then appends what it says was expected.

    Where somebody else was quicker it is asked again, and reads what they recorded. Raises
    LedgerMovedError where others are quicker time and again, and what `attempt` raises.
    """
    for _ in range(MOST_TRIES - 1):
        with suppress(LedgerMovedError):
            return attempt()
    return attempt()
