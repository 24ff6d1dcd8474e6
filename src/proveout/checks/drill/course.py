"""What has happened in a drill until now; all who take part in holding it share one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proveout.checks.drill.plan import Plan
from proveout.checks.drill.record import FaultOn, HeldDrill, Said, as_line
from proveout.checks.drill.timeline import Timeline
from proveout.checks.drill.users import Users


@dataclass(slots=True)
class Course:
    """From the moment before anything begins."""

    plan: Plan
    said: list[Said] = field(default_factory=list)
    faults: list[FaultOn] = field(default_factory=list)
    began: float = 0.0
    """On the monotonic clock; 0 until it has begun."""
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was made ready: what its files are called by."""
    was_notified: bool = False
    """A notification was sent, by every channel."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    stopped_by: str = ""
    timeline: Timeline | None = None

    @property
    def file(self) -> Path:
        """Where the timeline is written."""
        return self.plan.folder.path / f"drill-{self.began_at:%Y%m%dT%H%M%S.%f}.jsonl"

    @property
    def now_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def note(self, event: str, what: dict[str, Any]) -> None:
        """Write a line of the timeline. Where that cannot be done, the drill is stopped."""
        assert self.timeline is not None  # noqa: S101  # nothing happens before it has begun
        self.timeline.note(as_line(event, what, self.now_s))

    def stop_by(self, what: str) -> None:
        """Stop the drill before its end, and say by what; the first word counts."""
        self.stopped_by = self.stopped_by or what
        self.stop.set()

    def count(self, tally: dict[str, tuple[int, int]]) -> None:
        """Note of each fault how many requests the proxy saw and struck."""
        for at, fault in enumerate(self.faults):
            seen, struck = tally.get(fault.name, (0, 0))
            self.faults[at] = replace(fault, seen=seen, struck=struck)

    def held(self, users: Users) -> HeldDrill:
        """Return what is judged, after the end."""
        plan, roster = self.plan, self.plan.roster
        return HeldDrill(
            scenario=plan.scenario,
            began_at=datetime.now(UTC) - timedelta(seconds=self.now_s),
            seconds=plan.seconds,
            faults=tuple(self.faults),
            said=tuple(self.said),
            asked=tuple(users.asked),
            steps=roster.steps,
            participants=roster.participants,
            vendor=roster.vendor,
            users=users.n,
            give_up_after_s=users.give_up_after_s,
            fallback=plan.drill.fallback is not None,
            notified=self.was_notified,
            simulated=users.simulated,
            broken_off=0,
            inputs=plan.inputs,
        )
