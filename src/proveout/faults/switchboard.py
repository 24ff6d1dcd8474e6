"""Which faults are on, and which of them the next request meets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proveout.faults.effects import (
    Effect,
    Errors,
    ExpiredCredentials,
    Fault,
    Latency,
    Outage,
    RateLimit,
    Refused,
    Reset,
)

_MINUTE_S = 60.0


@dataclass(slots=True, eq=False)
class Switched:
    """A fault that is on, with its own random numbers, and how often it struck."""

    fault: Fault
    until: float
    """On the switchboard's clock; it goes off by itself."""
    random: random.Random
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Everything that is held back by it goes on when this is set."""
    n_seen: int = 0
    n_hit: int = 0
    passed_at: list[float] = field(default_factory=list)
    """When a rate limit let requests pass, within the last minute."""

    def strikes(self, now: float) -> bool:
        """Draw for one request, and count."""
        self.n_seen += 1
        # Drawn for each, so that a share of 1 takes the same numbers as any other.
        hit = self.random.random() < self.fault.share
        if hit and isinstance(self.fault.effect, RateLimit):
            hit = self._exceeds(self.fault.effect, now)
        self.n_hit += hit
        return hit

    def _exceeds(self, limit: RateLimit, now: float) -> bool:
        self.passed_at = [at for at in self.passed_at if at > now - _MINUTE_S]
        if len(self.passed_at) >= limit.per_minute:
            return True
        self.passed_at.append(now)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What one request meets: delays first, then one that ends it, or several that bend it."""

    delays: tuple[Switched, ...] = ()
    ending: Switched | None = None
    """Answers or breaks off in place of the service."""
    bending: tuple[Switched, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.delays or self.ending or self.bending)


class Switchboard:
    """Faults are switched on with an end, and off at that end at the latest."""

    def __init__(self, clock: Callable[[], float], changed: Callable[[], None] | None = None):
        self._clock = clock
        self._changed = changed or (lambda: None)
        self._on: dict[str, Switched] = {}
        self._past: dict[str, tuple[int, int]] = {}

    def on(self, fault: Fault, *, for_s: float) -> None:
        """Switch a fault on, for so many seconds at most; one of the same name is replaced."""
        self.off(fault.name)
        self._on[fault.name] = Switched(
            fault, self._clock() + for_s, random.Random(f"{fault.seed}:{fault.name}")  # noqa: S311
        )  # fmt: skip
        self._changed()

    def off(self, name: str) -> None:
        """Switch a fault off; what it holds back goes on."""
        gone = self._on.pop(name, None)
        if gone is None:
            return
        seen, hit = self._past.get(name, (0, 0))
        self._past[name] = (seen + gone.n_seen, hit + gone.n_hit)
        gone.ended.set()
        self._changed()

    def clear(self) -> None:
        """Switch all of them off."""
        for name in list(self._on):
            self.off(name)

    def expire(self) -> None:
        """Switch off those whose time is over."""
        now = self._clock()
        for name in [name for name, each in self._on.items() if each.until <= now]:
            self.off(name)

    def __bool__(self) -> bool:
        return bool(self._on)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the faults that are on."""
        return tuple(self._on)

    @property
    def refuses(self) -> bool:
        """Tell whether nobody is to listen."""
        return any(_refuses(each.fault.effect) and each.fault.share >= 1 for each in self._each())

    def tally(self) -> dict[str, tuple[int, int]]:
        """Return by fault how many requests it saw and how many it struck."""
        counts = dict(self._past)
        for name, each in self._on.items():
            seen, hit = counts.get(name, (0, 0))
            counts[name] = (seen + each.n_seen, hit + each.n_hit)
        return counts

    def draw(self) -> Hits:
        """Draw what the next request meets."""
        now = self._clock()
        struck = [each for each in self._each() if each.strikes(now)]
        ending = [each for each in struck if is_ending(each.fault.effect)]
        delays = [each for each in struck if isinstance(each.fault.effect, Latency)]
        return Hits(
            delays=tuple(delays),
            ending=ending[0] if ending else None,
            bending=tuple(each for each in struck if each not in ending and each not in delays),
        )

    def _each(self) -> Iterator[Switched]:
        self.expire()
        return iter(tuple(self._on.values()))


def is_ending(effect: Effect) -> bool:
    """Tell whether the service is not asked at all."""
    if isinstance(effect, Reset):
        return effect.after_bytes == 0
    return isinstance(effect, Errors | Refused | Outage | RateLimit | ExpiredCredentials)


def delay_s(struck: Switched) -> float:
    """Draw how long a request is held back."""
    effect = struck.fault.effect
    if not isinstance(effect, Latency):
        return 0.0
    if effect.shape == "uniform":
        low = max(0.0, effect.seconds - effect.jitter_s)
        return struck.random.uniform(low, effect.seconds + effect.jitter_s)
    if effect.shape == "exponential" and effect.jitter_s:
        return effect.seconds + struck.random.expovariate(1 / effect.jitter_s)
    return effect.seconds


def _refuses(effect: Effect) -> bool:
    return isinstance(effect, Refused) or (isinstance(effect, Outage) and effect.how == "refused")
