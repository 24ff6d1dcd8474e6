"""Counters of one process, added to in place, and added up over processes. Knows no library.

An observation costs two lookups and some additions. A label takes a bounded number of values:
teams and versions that come after the first so many are counted together as 'other', so that a
client that invents names costs no memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import msgspec

from proveout.runtime.record import Record

BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
)  # fmt: skip
"""Upper ends in seconds; one more holds what took longer."""
MOST_NAMES = 100
"""Values of one label in one process."""
MOST_LETTERS = 100
OTHER = "other"
NOBODY = ""
"""No team, no version."""

Key = tuple[str, str, str, str, str, bool]
"""Pilot, version, outcome, team, currency, and whether it was in the shadow."""


class Tally(msgspec.Struct):
    """What is counted by pilot, version, outcome and team."""

    requests: int = 0
    fallbacks: int = 0
    rows: int = 0
    attempts: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0
    """In billionths of the currency."""


class Spread(msgspec.Struct):
    """A histogram over BUCKETS."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def join(self, other: Spread) -> None:
        """Add another process's."""
        self.counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
        self.total += other.total


class Times(msgspec.Struct):
    """Durations by pilot and version, of what users were answered."""

    whole: Spread = msgspec.field(default_factory=Spread)
    queued: Spread = msgspec.field(default_factory=Spread)
    system: Spread = msgspec.field(default_factory=Spread)
    first_token: Spread = msgspec.field(default_factory=Spread)


class Standing(msgspec.Struct, frozen=True):
    """How the protection of one version stands in one process."""

    worker: str
    pilot: str
    version: str
    busy: int
    waiting: int
    breaker: int
    """0 closed, 1 half open, 2 open."""
    shed: int
    late: int
    hedged: int
    opened: int


class Counts(msgspec.Struct):
    """All that one process counted."""

    tallies: dict[Key, Tally] = msgspec.field(default_factory=dict)
    times: dict[tuple[str, str], Times] = msgspec.field(default_factory=dict)
    reasons: dict[tuple[str, str], int] = msgspec.field(default_factory=dict)
    """By pilot and reason: what went to a person."""
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
    """By pilot: copies for a version in the shadow for which there was no room."""
    standings: list[Standing] = msgspec.field(default_factory=list)
    broken: int = 0
    """Observations of which telemetry itself made a mess."""
    names: dict[str, set[str]] = msgspec.field(default_factory=dict)
    """By label: the values it has taken."""

    def add(self, record: Record) -> None:
        """Count a record."""
        pilot = self._bounded("pilot", record.pilot)
        version = self._bounded("version", record.version)
        is_shadow = record.shadow_of is not None
        key = (pilot, version, record.outcome, self._bounded("team", record.team),
               record.currency or "", is_shadow)  # fmt: skip
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally()
        tally.requests += 1
        tally.fallbacks += record.fallback
        tally.rows += record.rows
        tally.attempts += record.attempts
        tally.input_tokens += record.input_tokens or 0
        tally.cached_input_tokens += record.cached_input_tokens or 0
        tally.output_tokens += record.output_tokens or 0
        tally.cost += record.cost
        if not is_shadow:
            self._add_times(pilot, version, record)
        for reason in record.reasons:
            self.reasons[pilot, reason] = self.reasons.get((pilot, reason), 0) + 1

    def _add_times(self, pilot: str, version: str, record: Record) -> None:
        times = self.times.get((pilot, version))
        if times is None:
            times = self.times[pilot, version] = Times()
        times.whole.add(record.seconds)
        times.queued.add(record.queued_s)
        if record.system_s is not None:
            times.system.add(record.system_s)
        if record.first_token_s is not None:
            times.first_token.add(record.first_token_s)

    def _bounded(self, label: str, name: str | None) -> str:
        if name is None:
            return NOBODY
        known = self.names.get(label)
        if known is None:
            known = self.names[label] = set()
        if name in known:
            return name
        if len(known) >= MOST_NAMES:
            return OTHER
        if len(name) > MOST_LETTERS or not name.isprintable():
            return OTHER  # half a character in one label would spoil the text of all
        known.add(name)
        return name


def added_up(all_counts: Iterable[Counts]) -> Counts:
    """Return the sum over processes."""
    total = Counts()
    for counts in all_counts:
        for key, tally in counts.tallies.items():
            before = total.tallies.get(key, Tally())
            total.tallies[key] = Tally(
                *(getattr(before, name) + getattr(tally, name) for name in Tally.__struct_fields__)
            )
        for place, times in counts.times.items():
            sums = total.times.setdefault(place, Times())
            for name in Times.__struct_fields__:
                getattr(sums, name).join(getattr(times, name))
        for cause, n in counts.reasons.items():
            total.reasons[cause] = total.reasons.get(cause, 0) + n
        for pilot, n in counts.dropped.items():
            total.dropped[pilot] = total.dropped.get(pilot, 0) + n
        total.broken += counts.broken
        total.standings.extend(counts.standings)
    return total
