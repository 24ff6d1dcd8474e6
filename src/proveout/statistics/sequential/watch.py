"""One watched stream: evidence for a change at a day that nobody knows, valid at any time.

For every day s of the life there is a bet that the change begins on s. What the bets have come to
is averaged over all days, each with the weight that its time has in the life:

    M(t) = sum over s <= t of w(s) * product of e(s..t)  +  the weight of days still to come

M begins at 1 and is a supermartingale as long as nothing changes, so that the probability that it
EVER reaches 1/share within the life is at most the share (Ville). It can be carried on with two
numbers. This is the Shiryaev-Roberts e-detector with spending weights (Shin, Ramdas and Rinaldo,
"E-detectors", arXiv 2203.03532). Their plain e-CUSUM and e-SR, without weights, promise something
else: how long it takes on average until a false alarm; over a long life they give one for certain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from proveout.statistics.sequential.evalues import MOST

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Where a stream stands. Immutable: `after` gives the next one; plain JSON by `to_dict`."""

    share: float
    """Of the false-alarm budget: how likely this stream may ever call for nothing."""
    begins: datetime
    """With time zone."""
    life_days: float
    """How long the share must last."""
    until: datetime | None = None
    """What came before this has been counted; only newer data may be."""
    running: float = 0.0
    """What the bets that have begun have come to."""
    unspent: float = 1.0
    """Weight of the days still to come."""
    highest: float = 1.0
    """The most that the evidence ever was: an alarm stays one until somebody resolves it."""
    alarmed_at: datetime | None = None
    """When the evidence first sufficed."""
    rising: float = 1.0
    """The best single bet, by which `since` is found."""
    since: datetime | None = None
    """From when on the change has probably been; None where nothing speaks for one."""
    looks: int = 0

    @property
    def threshold(self) -> float:
        """Evidence from which on the stream gives alarm."""
        return 1 / self.share

    @property
    def evidence(self) -> float:
        """The e-value of the stream now: 1 says nothing, `threshold` is an alarm."""
        return min(MOST, self.running + self.unspent)

    @property
    def is_alarm(self) -> bool:
        """Tell whether the evidence has ever sufficed."""
        return self.alarmed_at is not None

    @property
    def is_spent(self) -> bool:
        """Tell whether the life is over: changes that begin now are not looked for any more."""
        return self.unspent <= 0

    def is_new(self, until: datetime) -> bool:
        """Tell whether data up to that moment go beyond what has been counted."""
        return until > (self.until or self.begins)

    def after(self, e: float, *, until: datetime) -> Watch:
        """Return the watch after one more look: an e-value of the data since the last look.

        `e` must be fair given all that was seen before (mean at most 1 if nothing changed). Data
        that were counted before may not come again: raises ValueError where `until` is not newer,
        and where `e` is no e-value (negative, NaN): such a look is 'not checked', not quiet.
        """
        if not self.is_new(until):
            msg = f"data up to {until.isoformat()} have been counted already"
            raise ValueError(msg)
        if math.isnan(e) or e < 0:
            msg = f"an e-value is 0 or more; got {e}"
            raise ValueError(msg)
        last = self.until or self.begins
        begun = min(self.unspent, (until - last) / _DAY / self.life_days)
        unspent = max(0.0, self.unspent - begun)
        if unspent < 1e-12:  # sums of days do not come out at exactly one
            unspent = 0.0
        running = min(MOST, (self.running + begun) * e)
        evidence = running + unspent
        rising, since = (self.rising, self.since) if self.rising > 1 else (1.0, last)
        rising = min(MOST, rising * e)
        alarmed = self.alarmed_at
        return replace(
            self,
            until=until,
            running=running,
            unspent=unspent,
            highest=max(self.highest, min(MOST, evidence)),
            alarmed_at=until if alarmed is None and evidence >= self.threshold else alarmed,
            rising=rising,
            since=since if rising > 1 else (self.since if alarmed is not None else None),
            looks=self.looks + 1,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form, for the details of evidence."""
        return {
            "share": self.share,
            "begins": self.begins.isoformat(),
            "life_days": self.life_days,
            "until": _text(self.until),
            "running": self.running,
            "unspent": self.unspent,
            "highest": self.highest,
            "alarmed_at": _text(self.alarmed_at),
            "rising": self.rising,
            "since": _text(self.since),
            "looks": self.looks,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        moments = {
            name: None if plain[name] is None else datetime.fromisoformat(plain[name])
            for name in ("begins", "until", "alarmed_at", "since")
        }
        return cls(**{**plain, **moments})


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
