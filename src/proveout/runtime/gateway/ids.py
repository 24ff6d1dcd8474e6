"""Ids of calls: 26 letters and digits that rise with time (ULID).

Source: the ULID specification, github.com/ulid/spec: 48 bits of milliseconds and 80 of chance,
which rises by one within the same millisecond.
"""

from __future__ import annotations

import os
from itertools import product

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple("".join(pair) for pair in product(_LETTERS, repeat=2))


class Ids:
    """Makes ids of one process; never the same one twice, and each above the one before."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = 0

    def next(self, at: float) -> str:
        """Return the next id; `at` is the moment in seconds since 1970."""
        head = int(at * 1000) << 80
        last = self._last
        # Of a clock that was set back, the ids go on from the last one.
        number = last + 1 if head <= last else head | (int.from_bytes(os.urandom(10)) >> 1)
        self._last = number
        pairs = _PAIRS
        return (
            _LETTERS[number >> 125]
            + _LETTERS[(number >> 120) & 31]
            + pairs[(number >> 110) & 1023]
            + pairs[(number >> 100) & 1023]
            + pairs[(number >> 90) & 1023]
            + pairs[(number >> 80) & 1023]
            + pairs[(number >> 70) & 1023]
            + pairs[(number >> 60) & 1023]
            + pairs[(number >> 50) & 1023]
            + pairs[(number >> 40) & 1023]
            + pairs[(number >> 30) & 1023]
            + pairs[(number >> 20) & 1023]
            + pairs[(number >> 10) & 1023]
            + pairs[number & 1023]
        )
