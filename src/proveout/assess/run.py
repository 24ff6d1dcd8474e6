"""Run checks, one after the other, as a stream of events. One that breaks never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from proveout.assess.events import (
    CheckEnded,
    CheckProgress,
    CheckStarted,
    CouldNotMeasure,
    Event,
    EvidenceFound,
    RunEnded,
    RunStarted,
)
from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import measured_hash
from proveout.charter.schema import Charter
from proveout.checks import Check, CheckContext, DataAccess, Finding, Progress, needs_of
from proveout.errors import ProveoutError
from proveout.evidence.alarm import Resolved
from proveout.evidence.catalogue import Catalogue
from proveout.evidence.model import (
    CHARTER_INPUT,
    MEASURED_INPUT,
    WINDOW_INPUT,
    Basis,
    CheckRef,
    Evidence,
)
from proveout.evidence.outcome import CheckOutcome, NotMeasured, Status
from proveout.intake.troubles import told
from proveout.systems.port import System

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run stands on. Everything from outside comes in here."""

    run: str
    """Id of the run."""
    loaded: LoadedCharter
    data: DataAccess
    open_system: Callable[[], System]
    catalogue: Catalogue
    clock: Clock
    seed: int
    artifacts: Path
    sealed_by: str | None = None
    sealed_at: datetime | None = None
    earlier: Callable[[str], Sequence[Evidence]] = lambda check: ()  # noqa: ARG005 - a default
    """What a check found in the run before, by its name."""
    known: Callable[[], Sequence[Evidence]] = tuple
    """The latest evidence of all checks, as the ledger has it now."""
    resolved: Callable[[], Sequence[Resolved]] = tuple
    """The alarms that were resolved."""
    window: str | None = None
    """The span of production traffic that is looked at; None in an assessment."""
    basis: Basis = "measured"
    """What is found is called this, where a check does not say it."""
    agreed: Charter | None = None
    """The charter as it was agreed, where `loaded` holds what a window makes of it."""

    def context(self, check: Check, *, now: datetime) -> CheckContext:
        """Return what one check may touch."""
        return CheckContext(
            loaded=self.loaded,
            data=self.data,
            open_system=self.open_system,
            catalogue=self.catalogue,
            check=CheckRef(name=check.name, version=check.version),
            run=self.run,
            now=now,
            seed=self.seed,
            artifacts=self.artifacts,
            inputs={
                CHARTER_INPUT: self.loaded.content_hash,
                MEASURED_INPUT: measured_hash(self.agreed or self.loaded.charter, check.name),
                **({} if self.window is None else {WINDOW_INPUT: self.window}),
            },
            sealed_by=self.sealed_by,
            sealed_at=self.sealed_at,
            earlier=partial(self.earlier, check.name),
            known=self.known,
            basis=self.basis,
            resolved=self.resolved,
        )


def run_checks(checks: Sequence[Check], plan: RunPlan) -> Iterator[Event]:
    """Yield the events of a run.

    A check that raises ends as failed, whatever it raises, and the next one begins. Only the
    user's Ctrl-C leaves: the check then ends as interrupted, and KeyboardInterrupt goes on.
    """
    now = plan.clock()
    yield RunStarted(
        run=plan.run,
        pilot=plan.loaded.charter.pilot,
        charter_hash=plan.loaded.content_hash,
        at=now,
        checks=tuple(check.name for check in checks),
        window=plan.window,
    )
    for check in checks:
        yield from _run_check(check, plan, now)
    yield RunEnded(run=plan.run, at=plan.clock())


@dataclass(slots=True)
class _Tally:
    """What a check has yielded so far."""

    n_evidence: int = 0
    not_measured: list[NotMeasured] = field(default_factory=list)


def _run_check(check: Check, plan: RunPlan, now: datetime) -> Iterator[Event]:
    started, tally = plan.clock(), _Tally()

    def ended(status: Status, reason: str = "", next_step: str = "") -> CheckEnded:
        return CheckEnded(
            outcome=CheckOutcome(
                run=plan.run,
                check=check.name,
                version=check.version,
                status=status,
                started_at=started,
                ended_at=plan.clock(),
                reason=reason,
                next_step=next_step,
                n_evidence=tally.n_evidence,
                not_measured=tuple(tally.not_measured),
            )
        )

    yield CheckStarted(check=check.name, question=check.question, at=started)
    try:
        needs = needs_of(check, plan.loaded.charter, in_use=plan.window is not None)
        if not needs:
            for finding in _findings(check, plan.context(check, now=now)):
                yield _event(check, finding, tally, plan)
    except KeyboardInterrupt:
        yield ended("interrupted", "stopped by the user", f"proveout check {check.name}")
        raise
    except ProveoutError as error:
        yield ended("failed", error.message, error.hint or "")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one broken check must not end the run
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        yield ended("failed", reason, "This is a fault of the check itself: report it.")
    else:
        if needs:
            yield ended(
                "skipped",
                "; ".join(need.what for need in needs),
                " ".join(f"{need.next_step.rstrip('.')}." for need in needs if need.next_step),
            )
        else:
            yield ended("done")


def _findings(check: Check, context: CheckContext) -> Iterator[Finding]:
    """Run it; what the engine and the machine say of themselves is put into our own words."""
    with told():
        yield from check.run(context)


def _event(check: Check, finding: Finding, tally: _Tally, plan: RunPlan) -> Event:
    match finding:
        case Progress():
            return CheckProgress(check=check.name, progress=finding)
        case NotMeasured():
            tally.not_measured.append(finding)
            return CouldNotMeasure(check=check.name, missing=finding)
        case Evidence():
            _refuse_unfit(finding, check, plan)
            tally.n_evidence += 1
            return EvidenceFound(check=check.name, evidence=finding)
    msg = f"it yielded a {type(finding).__name__}, which is no finding"
    raise TypeError(msg)


def _refuse_unfit(found: Evidence, check: Check, plan: RunPlan) -> None:
    """Raise here, where the check can be blamed, what would be misread or could not be stored."""
    if found.metric not in plan.catalogue:
        msg = f"it yielded '{found.metric}', which no check declares"
        raise ValueError(msg)
    if found.metric not in {metric.name for metric in check.metrics}:
        msg = f"it yielded '{found.metric}', which it does not declare"
        raise ValueError(msg)
    unit = plan.catalogue[found.metric].unit
    if unit not in ("*", found.unit):
        msg = f"it yielded '{found.metric}' in '{found.unit}', which is declared in '{unit}'"
        raise ValueError(msg)
    filed = (found.pilot, found.run, found.check.name)
    if filed != (plan.loaded.charter.pilot, plan.run, check.name):
        msg = f"it yielded '{found.metric}' in the name of another pilot, run or check"
        raise ValueError(msg)
    _ = found.id  # raises on details that JSON cannot hold
