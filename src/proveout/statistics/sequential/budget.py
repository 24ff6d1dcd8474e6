"""How often people may be called for nothing: one budget, shared out over all that is watched.

The shares of all streams that ever begin add up to the probability of the charter at most. Each
stream gives a false alarm in its life with the probability of its share at most, whatever the
streams have to do with each other; so all together stay below the sum (Boole).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from proveout.statistics.sequential.watch import Watch

RESERVE = 0.1
"""Of the probability, kept for streams that begin later."""

SHARE_OF_RESERVE = 0.25
"""At most so much of what is left of the reserve goes to one stream that begins later."""

PARTS: Mapping[str, float] = {"outcomes": 4.0, "columns": 4.0, "use": 1.0, "other": 1.0}
"""How the life's probability is shared over those who watch, so that each can share out its own
part without asking the others: error rates and estimates; columns of the data; use and overrides;
everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one stream got."""

    probability: float
    begins: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmBudget:
    """The budget and who has got what of it. Immutable; plain JSON by `to_dict`.

    >>> from datetime import UTC
    >>> launch = datetime(2026, 1, 1, tzinfo=UTC)
    >>> budget = AlarmBudget.of({"error_rate": 2, "delay": 1}, begins=launch, reserve=0.1)
    >>> round(budget.share("error_rate"), 4), round(budget.threshold("error_rate"), 1)
    (0.03, 33.3)
    """

    probability: float
    """Of ever being called for nothing in the life."""
    life_days: float
    begins: datetime
    """With time zone."""
    reserve: float
    """What is left for streams that begin later, as a probability."""
    per_weight: float
    """What a stream of weight 1 got at the beginning."""
    shares: Mapping[str, Share] = field(default_factory=dict)
    """Of the streams that are watched now, by name."""
    past: Mapping[str, int] = field(default_factory=dict)
    """How often each stream was begun anew after an alarm."""

    @classmethod
    def of(
        cls,
        weights: Mapping[str, float] | Iterable[str],
        *,
        begins: datetime,
        probability: float = 0.05,
        life_days: float = 365.0,
        reserve: float = RESERVE,
    ) -> Self:
        """Share a probability out over streams by weight; without weights, equally.

        `reserve` is the part that is kept for streams that begin later. Raises ValueError where
        there is no stream, a weight is not positive, or a probability is none.
        """
        named = dict(weights) if isinstance(weights, Mapping) else dict.fromkeys(weights, 1.0)
        if not named or min(named.values()) <= 0:
            msg = "streams to watch need a weight above 0, and there must be one"
            raise ValueError(msg)
        if not 0 < probability < 1 or not 0 <= reserve < 1 or life_days <= 0:
            msg = f"no budget: probability {probability}, reserve {reserve}, {life_days} days"
            raise ValueError(msg)
        per_weight = probability * (1 - reserve) / sum(named.values())
        return cls(
            probability=probability,
            life_days=life_days,
            begins=begins,
            reserve=probability * reserve,
            per_weight=per_weight,
            shares={
                name: Share(probability=weight * per_weight, begins=begins)
                for name, weight in named.items()
            },
        )

    @classmethod
    def of_part(
        cls,
        part: str,
        weights: Mapping[str, float] | Iterable[str],
        *,
        begins: datetime,
        probability: float = 0.05,
        life_days: float = 365.0,
    ) -> Self:
        """Share out what one of PARTS has of the life's probability. Raises KeyError on others."""
        own = probability * PARTS[part] / sum(PARTS.values())
        return cls.of(weights, begins=begins, probability=own, life_days=life_days)

    def __contains__(self, name: str) -> bool:
        """Tell whether a stream is watched."""
        return name in self.shares

    def share(self, name: str) -> float:
        """Return how likely a stream may ever call for nothing. Raises KeyError on strangers."""
        return self.shares[name].probability

    def threshold(self, name: str) -> float:
        """Return the e-value from which on a stream gives alarm."""
        return 1 / self.share(name)

    def watch(self, name: str) -> Watch:
        """Return the watch of a stream at its beginning."""
        share = self.shares[name]
        left = self.ends - share.begins
        return Watch(
            share=share.probability, begins=share.begins, life_days=left / timedelta(days=1)
        )

    @property
    def ends(self) -> datetime:
        """When the life is over; a new budget is then to be made."""
        return self.begins + timedelta(days=self.life_days)

    @property
    def given(self) -> float:
        """The probability that has gone to streams, those included that were begun anew."""
        return self.probability - self.reserve

    def with_stream(self, name: str, *, begins: datetime, weight: float = 1.0) -> AlarmBudget:
        """Return the budget with one more stream, which gets its share from the reserve.

        It gets what its weight would have got at the beginning, but at most a quarter of what is
        left: so the reserve never ends, and the sum never passes the probability. Raises
        ValueError where the stream is there already, the life is over, or there is no reserve.
        """
        if name in self.shares:
            msg = f"'{name}' is watched already"
            raise ValueError(msg)
        if begins >= self.ends:
            msg = f"the life of this budget was over on {self.ends:%Y-%m-%d}; make a new one"
            raise ValueError(msg)
        if self.reserve <= 0 or weight <= 0:
            msg = f"nothing is kept in reserve for '{name}' (weight {weight})"
            raise ValueError(msg)
        got = min(weight * self.per_weight, SHARE_OF_RESERVE * self.reserve)
        return replace(
            self,
            reserve=self.reserve - got,
            shares={**self.shares, name: Share(probability=got, begins=max(begins, self.begins))},
        )

    def resolved(self, name: str, *, at: datetime) -> AlarmBudget:
        """Return the budget after somebody has resolved the alarm of a stream.

        The stream begins anew, with nothing of what it had found. What its first share was is
        used up, whether the alarm was right or not (nobody can prove that it was), so the new one
        comes from the reserve as that of any stream that begins later. It is smaller, so that
        the next change is found a few days later than the first; the sum stays what it was.
        """
        weight = self.shares[name].probability / self.per_weight
        without = {key: share for key, share in self.shares.items() if key != name}
        rest = replace(self, shares=without, past={**self.past, name: self.past.get(name, 0) + 1})
        return rest.with_stream(name, begins=at, weight=max(weight, 1.0))

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form, for the details of evidence."""
        return {
            "probability": self.probability,
            "life_days": self.life_days,
            "begins": self.begins.isoformat(),
            "reserve": self.reserve,
            "per_weight": self.per_weight,
            "shares": {
                name: [share.probability, share.begins.isoformat()]
                for name, share in self.shares.items()
            },
            "past": dict(self.past),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Rebuild from the plain form."""
        return cls(
            **{
                **plain,
                "begins": datetime.fromisoformat(plain["begins"]),
                "shares": {
                    name: Share(probability=got, begins=datetime.fromisoformat(begins))
                    for name, (got, begins) in plain["shares"].items()
                },
            }
        )
