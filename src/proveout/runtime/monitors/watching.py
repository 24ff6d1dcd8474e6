"""One look at a system in use: the checks on its latest traffic, the gate, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from proveout.assess.assess import Assessment, refuse_unfit
from proveout.assess.events import Event
from proveout.assess.verdict_entry import verdict_entry
from proveout.assess.workspace import Workspace
from proveout.charter.schema import Stage
from proveout.charter.schema.monitoring import Monitoring
from proveout.checks import Check, Window
from proveout.errors import InputError
from proveout.evidence.alarm import Alarm, standing_alarms
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import WINDOW_INPUT, Evidence
from proveout.gate.model import Verdict
from proveout.intake import Session
from proveout.runtime.log.compaction import compact
from proveout.runtime.monitors import window
from proveout.runtime.monitors.answered import answered_since
from proveout.runtime.monitors.due import Due, due
from proveout.runtime.monitors.looks import Looks, delay_of_labels
from proveout.runtime.monitors.raising import raised
from proveout.runtime.monitors.served import LogPlace
from proveout.runtime.monitors.span import begin_of_last, first_request
from proveout.runtime.monitors.stored import label_delays
from proveout.runtime.rollout.acting import Acted, act_on, answering_since
from proveout.runtime.rollout.recording import record_switches
from proveout.runtime.store.port import Store

ALWAYS = ("governance",)
"""What people attest is read anew whenever production is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What came of one look."""

    window: Window
    requests: int = 0
    """In the window, without those of a version in the shadow."""
    assessment: Assessment
    """Of the gate `continue`."""
    raised: tuple[Alarm, ...] = ()
    """Alarms that are new."""
    standing: tuple[Alarm, ...] = ()
    """All that nobody has resolved, the new ones included."""
    acted: Acted = field(default_factory=Acted)
    due: tuple[Due, ...] = ()
    """Reviews and refreshes that are overdue or fall due soon."""
    notes: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    @property
    def told(self) -> tuple[str, ...]:
        """What rules did and left: without what says no more than the verdict."""
        verdict = self.assessment.verdict
        bare = f"The gate 'continue' says {verdict.decision}: {verdict.summary}"
        return tuple(each for each in self.acted.told if each != bare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The monitor of one pilot. Everything from outside comes in here."""

    workspace: Workspace
    place: LogPlace
    store: Store
    seed: int
    retention_days: int | None = None

    @property
    def monitoring(self) -> Monitoring:
        """What the charter says of it."""
        return self.workspace.loaded.charter.monitoring or Monitoring()

    def look(self, watch: Callable[[Event], None], *, only: Sequence[str] = ()) -> Watched:
        """Run the checks, record, raise alarms, decide, and do what was agreed.

        Raises InputError where nothing was ever asked, or for a check that is not installed, and,
        before anything is looked at, CharterError for a charter that is not the one in force.
        """
        now, charter = self.workspace.clock(), self.workspace.loaded.charter
        refuse_unfit(self.workspace.loaded, "continue", self.workspace.ledger)
        checks = self._checks(only)
        compact(
            self.place.folder,
            self.place.pilot,
            archive=self.place.archive,
            retention_days=self.retention_days,
            now=now,
        )
        with Session() as session:
            looks = self._looks(session, now)
            notes = self._run(looks, checks, watch)
            found = [each for each in self.workspace.known() if WINDOW_INPUT in each.inputs]
            ran = {check.name for check in checks}
            new, standing = self._raise([each for each in found if each.check.name in ran], now)
            decided = self._decide("continue")
            acted = self._act(found, decided, session, now)
        return Watched(
            window=looks.span,
            requests=looks.requests,
            assessment=decided,
            raised=new,
            standing=standing,
            acted=acted,
            due=tuple(due(charter, now.date())),
            notes=notes,
        )

    def _checks(self, only: Sequence[str]) -> tuple[Check, ...]:
        wanted = set(only) if only else {*self.monitoring.checks, *ALWAYS}
        charter = self.workspace.loaded.charter
        if not charter.assumptions and not only:
            wanted.discard("assumptions")
        if charter.value is None and not only:
            wanted.discard("value")
        return self.workspace.registry.named(wanted)

    def _looks(self, session: Session, now: datetime) -> Looks:
        first = first_request(self.place, session)
        if first is None:
            raise InputError(
                f"The prediction log in {self.place.folder} holds no request of pilot "
                f"'{self.place.pilot}' yet.",
                hint="Let requests go through the gateway first: proveout gateway",
            )
        wanted = self.monitoring.window_requests
        begin = None if wanted is None else begin_of_last(self.place, session, wanted)
        return Looks(
            loaded=self.workspace.loaded,
            place=self.place,
            store=self.store,
            session=session,
            since=max(first, answering_since(self.store, self.workspace.loaded.charter) or first),
            span=window.latest(self.monitoring, now=now, first=first, begin_of=begin),
            delay=delay_of_labels(
                self.monitoring, list(label_delays(self.place.pilot, self.store))
            ),
        )

    def _run(
        self, looks: Looks, checks: Sequence[Check], watch: Callable[[Event], None]
    ) -> tuple[str, ...]:
        notes = []
        for look in looks.of(checks):
            if isinstance(look, str):
                notes.append(look)
            else:
                self.workspace.run_in_use(look, seed=self.seed, watch=watch)
        return tuple(notes)

    def _raise(
        self, found: Sequence[Evidence], now: datetime
    ) -> tuple[tuple[Alarm, ...], tuple[Alarm, ...]]:
        """Record what is new of what was looked at just now; return that, and all that stands."""
        ledger, pilot = self.workspace.ledger, self.place.pilot
        standing = standing_alarms(ledger.entries(pilot=pilot, kinds=("alarm",)))
        new = raised(found, standing, self.workspace.loaded.charter, now=now)
        ledger.append([NewEntry(pilot=pilot, kind="alarm", body=each.as_dict()) for each in new])
        return tuple(new), (*standing, *new)

    def _decide(self, stage: Stage) -> Assessment:
        decided = self.workspace.judge(stage)
        self.workspace.ledger.append([verdict_entry(decided.verdict, run=None)])
        return decided

    def _act(
        self, found: Sequence[Evidence], decided: Assessment, session: Session, now: datetime
    ) -> Acted:
        charter = self.workspace.loaded.charter
        verdicts: dict[Stage, Verdict] = {"continue": decided.verdict}
        if charter.rollout is not None and charter.rollout.promote == "by-gate":
            verdicts["scale"] = self._decide("scale").verdict
        acted = act_on(
            self.store,
            charter,
            evidence=found,
            verdicts=verdicts,
            answered=answered_since(self.place, session),
            now=now,
        )
        record_switches(self.store, self.workspace.ledger, self.place.pilot)
        return acted
