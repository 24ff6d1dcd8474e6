"""Dates and times written as text: the formats that are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_YEAR, _MONTH, _DAY = (
    r"(1[5-9]|2[0-9]|99)[0-9][0-9]",
    r"(0?[1-9]|1[0-2])",
    r"(0?[1-9]|[12][0-9]|3[01])",
)
_CLOCK = r"([01]?[0-9]|2[0-4]):[0-5][0-9](:([0-5][0-9]|60)([.,][0-9]+)?)?"
_ZONE = r" ?(Z|UTC|GMT|[+-][01][0-9]:?([0-5][0-9])?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFormat:
    """One way to write a date, or a date with a time."""

    name: str
    """As shown to people: 'YYYY-MM-DD hh:mm'."""
    regex: str
    """RE2 and POSIX alike; matches the whole value."""
    type: Literal["date", "timestamp"]
    iso: bool
    """The engine can convert it, and so tell that 30 February does not exist."""
    zoned: bool = False
    """It ends with a time zone."""


def _formats() -> tuple[DateFormat, ...]:
    days = (
        ("YYYY-MM-DD", f"{_YEAR}-{_MONTH}-{_DAY}", True),
        ("YYYY/MM/DD", f"{_YEAR}/{_MONTH}/{_DAY}", False),
        ("MM/DD/YYYY", f"{_MONTH}/{_DAY}/{_YEAR}", False),
        ("DD/MM/YYYY", f"{_DAY}/{_MONTH}/{_YEAR}", False),
        ("DD.MM.YYYY", rf"{_DAY}[.]{_MONTH}[.]{_YEAR}", False),
        ("DD-MM-YYYY", f"{_DAY}-{_MONTH}-{_YEAR}", False),
    )
    found = []
    for name, day, iso in days:
        found.append(DateFormat(name=name, regex=f"^{day}$", type="date", iso=iso))
        for suffix, clock in ((" hh:mm", _CLOCK), (" hh:mm with zone", _CLOCK + _ZONE)):
            regex = f"^{day}[T ]{clock}$"
            zoned = clock != _CLOCK
            form = DateFormat(
                name=name + suffix, regex=regex, type="timestamp", iso=iso, zoned=zoned
            )
            found.append(form)
    return tuple(found)


FORMATS = _formats()
ANY_DATE = "|".join(form.regex for form in FORMATS)
"""Matches a date in any of the formats."""
TIME = f"^{_CLOCK}$"
"""Matches a time of day."""
