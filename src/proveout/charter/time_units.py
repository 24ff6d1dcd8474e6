"""Units of time, as people write them behind a KPI."""

from __future__ import annotations

import re

_SECONDS = {
    1e-3: ("ms", "millisecond"),
    1.0: ("s", "sec", "second"),
    60.0: ("min", "minute"),
    3_600.0: ("h", "hr", "hour"),
    86_400.0: ("d", "day"),
    604_800.0: ("w", "wk", "week"),
    2_629_800.0: ("month",),
}
"""A month is a twelfth of 365.25 days."""

_BY_NAME = {name: seconds for seconds, names in _SECONDS.items() for name in names}

KNOWN = ("seconds", "minutes", "hours", "days", "weeks", "months")
"""To be named where something else was written."""

_PER = re.compile(r"\s*(?:/|\bper\b|\ba\b|\ban\b).*$")


def days_per_unit(unit: str) -> float | None:
    """Return how many days one of the unit is; None where it is no unit of time.

    What it is counted per does not matter: a time is one of a case.

    >>> round(1 / days_per_unit("minutes/case"))
    1440
    >>> days_per_unit("days") == days_per_unit("d") == 1
    True
    """
    plain = _PER.sub("", unit.strip().casefold()).strip().rstrip(".")
    seconds = _BY_NAME.get(plain, _BY_NAME.get(plain.removesuffix("s")))
    return None if seconds is None else seconds / 86_400.0
