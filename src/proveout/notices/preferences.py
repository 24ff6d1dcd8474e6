"""How one person wants to be told, and when they want to be left alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from proveout.errors import InputError

TellKind = Literal["assignment", "due", "overdue", "escalation", "alarm", "digest"]
KINDS: tuple[TellKind, ...] = get_args(TellKind)
Rhythm = Literal["off", "daily", "weekly"]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What one account has chosen. Without a channel nothing is ever sent."""

    channels: tuple[str, ...] = ()
    """Names of channels that the administrator has set up."""
    kinds: frozenset[TellKind] = frozenset({"due", "overdue", "escalation", "alarm"})
    quiet_from: time | None = None
    quiet_to: time | None = None
    """Between the two nothing is sent, over midnight where the end is earlier; it waits."""
    alarms_wake: bool = True
    """Alarms come at any hour."""
    time_zone: str = "UTC"
    digest: Rhythm = "off"
    digest_hour: int = 8
    digest_weekday: int = 0
    """0 is Monday."""
    since: datetime | None = None
    """When a channel was first chosen: what stood before that is told by the digest alone."""

    @property
    def is_on(self) -> bool:
        """Whether anything is ever sent."""
        return bool(self.channels)

    def local(self, now: datetime) -> datetime:
        """Return the moment where the person is; in UTC where this machine knows no such zone."""
        try:
            return now.astimezone(ZoneInfo(self.time_zone))
        except (ZoneInfoNotFoundError, ValueError):
            return now.astimezone(UTC)

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether the person wants to be left alone now."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return False
        clock = self.local(now).time().replace(tzinfo=None)
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to

    def digest_of(self, now: datetime) -> date | None:
        """Return the day whose digest is to go out by now; None where none is.

        One that was missed, because nothing ran then, is made up for on the same day, and in the
        same week of a weekly one: once, and not many times.
        """
        here = self.local(now)
        if self.digest == "off":
            return None
        day = here.date()
        if self.digest == "weekly":
            day -= timedelta(days=(here.weekday() - self.digest_weekday) % 7)
        is_today = day == here.date()
        if is_today and here.hour < self.digest_hour:
            return None
        if self.since is not None and self.local(self.since).date() > day:
            return None
        return day

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form which is stored."""
        return {
            "channels": list(self.channels),
            "kinds": sorted(self.kinds),
            "quiet_from": _written(self.quiet_from),
            "quiet_to": _written(self.quiet_to),
            "alarms_wake": self.alarms_wake,
            "time_zone": self.time_zone,
            "digest": self.digest,
            "digest_hour": self.digest_hour,
            "digest_weekday": self.digest_weekday,
            "since": None if self.since is None else self.since.isoformat(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form; what a newer Proveout wrote besides is left out."""
        since = plain.get("since")
        return cls(
            channels=tuple(plain["channels"]),
            kinds=frozenset(kind for kind in KINDS if kind in plain["kinds"]),
            quiet_from=clock_time(plain["quiet_from"]),
            quiet_to=clock_time(plain["quiet_to"]),
            alarms_wake=plain["alarms_wake"],
            time_zone=plain["time_zone"],
            digest=plain["digest"],
            digest_hour=plain["digest_hour"],
            digest_weekday=plain["digest_weekday"],
            since=None if since is None else datetime.fromisoformat(since),
        )


def clock_time(text: str | None) -> time | None:
    """Read '22:00'; None where nothing is said. Raises InputError."""
    if text is None or not text.strip():
        return None
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise InputError(f"'{text}' is no time of day.", hint="Write it as HH:MM, such as 22:00.")
    return time(int(found[1]), int(found[2]))


def known_zone(name: str) -> str:
    """Return the name of a time zone. Raises InputError for one that is not known."""
    if name not in available_timezones():
        raise InputError(
            f"'{name}' is no time zone.", hint="Write it as Europe/Vienna or America/New_York."
        )
    return name


def _written(clock: time | None) -> str | None:
    return None if clock is None else f"{clock:%H:%M}"
