"""One run, from its first event to its last, wherever the user's Ctrl-C strikes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from proveout.assess.events import (
    CheckEnded,
    CheckStarted,
    CouldNotMeasure,
    Event,
    EvidenceFound,
)
from proveout.assess.record import record
from proveout.assess.run import RunPlan, run_checks
from proveout.checks import Check
from proveout.evidence.ledger.port import Ledger
from proveout.evidence.outcome import CheckOutcome, NotMeasured


def run_and_record(
    checks: Sequence[Check], plan: RunPlan, ledger: Ledger, watch: Callable[[Event], None]
) -> None:
    """Run checks; show every event to `watch` once it is recorded.

    Raises KeyboardInterrupt once the outcome of the check under way is recorded: by the run where
    it struck in the check, here where it struck while something of it was written or shown.
    """
    under_way = _UnderWay()
    pilot = plan.loaded.charter.pilot
    try:
        events = under_way.followed(run_checks(checks, plan))
        for event in record(events, ledger, pilot=pilot):
            watch(event)
    except KeyboardInterrupt:
        for event in record(under_way.ended(checks, plan), ledger, pilot=pilot):
            watch(event)
        raise


@dataclass(slots=True)
class _UnderWay:
    """The check that has begun and not ended, and what it has yielded so far."""

    check: str | None = None
    started: datetime | None = None
    n_evidence: int = 0
    not_measured: list[NotMeasured] = field(default_factory=list)

    def followed(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            match event:
                case CheckStarted():
                    self.check, self.started = event.check, event.at
                    self.n_evidence, self.not_measured = 0, []
                case EvidenceFound():
                    self.n_evidence += 1
                case CouldNotMeasure():
                    self.not_measured.append(event.missing)
                case CheckEnded():
                    self.check = None
                case _:
                    pass
            yield event

    def ended(self, checks: Sequence[Check], plan: RunPlan) -> Iterator[Event]:
        for check in checks:
            if check.name == self.check and self.started is not None:
                yield CheckEnded(
                    outcome=CheckOutcome(
                        run=plan.run,
                        check=check.name,
                        version=check.version,
                        status="interrupted",
                        started_at=self.started,
                        ended_at=plan.clock(),
                        reason="stopped by the user",
                        next_step=f"proveout check {check.name}",
                        n_evidence=self.n_evidence,
                        not_measured=tuple(self.not_measured),
                    )
                )
