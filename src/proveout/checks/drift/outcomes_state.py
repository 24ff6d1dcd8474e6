"""What has been counted of true answers so far, so that each is counted once: plain JSON.

A label is counted on the day of its answer where no look has seen that day whole yet, and else on
the day of the look that first sees it. So the order is that of their coming, as far as looks can
tell, and a day that was judged is never corrected by labels that come later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from proveout.checks.drift.outcomes_pilot import Pilot
from proveout.statistics.sequential.budget import AlarmBudget

if TYPE_CHECKING:
    from proveout.statistics.sequential import Counted

STREAMS = {"error_rate": 3.0, "estimated_quality": 1.0}
"""What this check's part of the false-alarm budget is shared over."""

KEPT = timedelta(days=120)
"""Days whose answers may still get a label; older ones are not looked at any more."""

NEARLY_ALL, FEWEST_MATURE, USUAL_DELAY = 0.95, 100, timedelta(days=14)

Counts = Mapping[date, tuple[int, int]]
"""Day → wrong, labelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that the next look needs."""

    pilot: Pilot
    budget: AlarmBudget
    begins: date
    """From when on the error rate is watched: launch, or the day after an alarm was resolved."""
    counted: Counts = field(default_factory=dict)
    """By the day of the answer: what has been counted."""
    arrived: Counts = field(default_factory=dict)
    """By the day of the label's coming, since `begins`."""
    labelled: float | None = None
    """Share of answers whose truth becomes known at all; fixed once it can be seen."""
    until: date | None = None
    """Day of the last look."""
    resolved: tuple[str, ...] = ()
    """Alarms whose resolution has been heeded, by id."""
    wrong: int = 0
    """Of all counted since launch."""
    n: int = 0
    quality: dict[str, Any] | None = None
    """The watch of the estimated quality."""

    @property
    def usual(self) -> float:
        """How often the pilot was wrong."""
        return self.pilot.wrong / self.pilot.n

    def with_labels(self, seen: Counts, *, on: date) -> State:
        """Count what is new among the labels seen, by the day of the answer.

        A label that was taken back stays counted.
        """
        counted, arrived = dict(self.counted), dict(self.arrived)
        more_wrong = more = 0
        for day, (wrong, n) in seen.items():
            had_wrong, had = counted.get(day, (0, 0))
            new = max(0, n - had)
            new_wrong = min(new, max(0, wrong - had_wrong))
            if not new:
                continue
            counted[day] = (had_wrong + new_wrong, had + new)
            came = on if self.until is not None and day < self.until else max(day, self.begins)
            so_far = arrived.get(came, (0, 0))
            arrived[came] = (so_far[0] + new_wrong, so_far[1] + new)
            more_wrong, more = more_wrong + new_wrong, more + new
        oldest = on - KEPT
        return replace(
            self,
            counted={day: counts for day, counts in counted.items() if day >= oldest},
            arrived=arrived,
            until=on,
            wrong=self.wrong + more_wrong,
            n=self.n + more,
        )

    def with_share(
        self, answers: Mapping[date, int], *, on: date, delay: timedelta | None
    ) -> State:
        """Fix the share of answers that get a label, once there are old enough ones to see it.

        Where labels come late, the watch begins on that day: of those that came before, the quick
        ones are too many, and wrong answers may be quicker or slower than others.
        """
        if self.labelled is not None:
            return self
        total = sum(answers.values())
        known = sum(n for _, n in self.counted.values())
        if total and known >= NEARLY_ALL * total:
            return replace(self, labelled=1.0)
        old = on - (USUAL_DELAY if delay is None else delay)
        ripe = [day for day in answers if day <= old]
        of = sum(answers[day] for day in ripe)
        got = sum(self.counted.get(day, (0, 0))[1] for day in ripe)
        if got < FEWEST_MATURE:
            return self
        share = got / of
        labelled = 1.0 if share >= NEARLY_ALL else round(share, 2)
        return replace(self, labelled=labelled, begins=max(on, self.begins))

    def begun_anew(self, stream: str, *, alarm: str, at: datetime) -> State:
        """Begin the watch of one stream anew after its alarm was resolved."""
        anew = replace(
            self,
            budget=self.budget.resolved(stream, at=at),
            resolved=(*self.resolved, alarm),
        )
        if stream != "error_rate":
            return replace(anew, quality=None)
        begins = at.astimezone(UTC).date() + timedelta(days=1)
        kept = {day: counts for day, counts in self.arrived.items() if day >= begins}
        return replace(anew, begins=begins, arrived=kept)

    def in_order(self) -> Sequence[Counted]:
        """Return what came since `begins`, day by day."""
        from proveout.statistics.sequential import Counted

        return [
            Counted(on=day, wrong=wrong, n=n)
            for day, (wrong, n) in sorted(self.arrived.items())
            if day >= self.begins
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form, for the details of evidence."""
        return {
            "pilot": self.pilot.to_dict(),
            "budget": self.budget.to_dict(),
            "begins": self.begins.isoformat(),
            "counted": _plain(self.counted),
            "arrived": _plain(self.arrived),
            "labelled": self.labelled,
            "until": None if self.until is None else self.until.isoformat(),
            "resolved": list(self.resolved),
            "wrong": self.wrong,
            "n": self.n,
            "quality": self.quality,
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> State:
        """Rebuild from the plain form."""
        return cls(
            **{
                **plain,
                "pilot": Pilot.from_dict(plain["pilot"]),
                "budget": AlarmBudget.from_dict(plain["budget"]),
                "begins": date.fromisoformat(plain["begins"]),
                "counted": _counts(plain["counted"]),
                "arrived": _counts(plain["arrived"]),
                "until": None if plain["until"] is None else date.fromisoformat(plain["until"]),
                "resolved": tuple(plain["resolved"]),
            }
        )


def begin(pilot: Pilot, *, launch: date, probability: float, life_days: float) -> State:
    """Begin a life."""
    budget = AlarmBudget.of_part(
        "outcomes",
        STREAMS,
        begins=datetime.combine(launch, time(), UTC),
        probability=probability,
        life_days=life_days,
    )
    return State(pilot=pilot, budget=budget, begins=launch)


def _plain(counts: Counts) -> list[list[Any]]:
    return [[day.isoformat(), wrong, n] for day, (wrong, n) in sorted(counts.items())]


def _counts(plain: Sequence[Sequence[Any]]) -> dict[date, tuple[int, int]]:
    return {date.fromisoformat(day): (wrong, n) for day, wrong, n in plain}
