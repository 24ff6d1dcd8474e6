"""The main job: run the checks, record what they find, decide, record the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from proveout.assess.events import Event
from proveout.assess.registry import Registry
from proveout.assess.run import RunPlan
from proveout.assess.run_and_record import run_and_record
from proveout.assess.verdict_entry import verdict_entry
from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Stage
from proveout.checks import Check
from proveout.errors import LedgerBrokenError
from proveout.evidence.ledger import verify
from proveout.evidence.ledger.port import EntryKind, Ledger
from proveout.evidence.outcome import CheckOutcome
from proveout.gate import (
    decide,
    eased_since_seal,
    gather,
    refuse_unsealed_changes,
    standard_for,
)
from proveout.gate.model import Dossier, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What came of it."""

    verdict: Verdict
    dossier: Dossier
    ledger_head: tuple[int, str]
    """When the verdict was made."""
    run: str | None = None
    """None where the verdict came from the ledger alone."""
    unmeasured: tuple[CheckOutcome, ...] = ()
    """Checks of this run which the gate needs and which failed or found nothing: the verdict says
    'hold' for want of measurements, not because of the pilot."""


def assess(
    checks: Sequence[Check],
    plan: RunPlan,
    *,
    stage: Stage,
    registry: Registry,
    ledger: Ledger,
    watch: Callable[[Event], None],
) -> Assessment:
    """Run checks, record, decide, record the verdict; show every event to `watch` once recorded.

    Raises, before anything runs, LedgerBrokenError when the ledger was tampered with, and
    CharterError when the charter is not the one in force or asks for what does not exist.
    """
    loaded = plan.loaded
    refuse_unfit(loaded, stage, ledger)
    criteria, _ = standard_for(stage, loaded.charter, registry.catalogue)
    run_and_record(checks, plan, ledger, watch)
    judged = judge(loaded, stage=stage, registry=registry, ledger=ledger, now=plan.clock())
    ledger.append([verdict_entry(judged.verdict, run=plan.run)])
    needed = {
        # A check that could not even be loaded declares nothing; its metrics bear its name.
        registry.measured_by.get(criterion.metric, criterion.metric.partition(".")[0])
        for criterion in criteria
    }
    unmeasured = tuple(
        outcome
        for outcome in judged.dossier.outcomes
        if outcome.run == plan.run and outcome.check in needed and _found_nothing(outcome)
    )
    return Assessment(
        verdict=judged.verdict,
        dossier=judged.dossier,
        ledger_head=ledger.head(),
        run=plan.run,
        unmeasured=unmeasured,
    )


def refuse_unfit(loaded: LoadedCharter, stage: Stage, ledger: Ledger) -> None:
    """Raise, before anything is asked, what would leave no verdict in the end.

    Raises LedgerBrokenError for a ledger that was tampered with, CharterError for a charter that
    was edited without an amendment.
    """
    _refuse_broken(ledger)
    refuse_unsealed_changes(loaded, _dossier(ledger, loaded, stage))


def judge(
    loaded: LoadedCharter, *, stage: Stage, registry: Registry, ledger: Ledger, now: datetime
) -> Assessment:
    """Decide from the ledger alone, and write nothing. Raises LedgerBrokenError."""
    _refuse_broken(ledger)
    dossier = _dossier(ledger, loaded, stage)
    return judge_on(
        dossier, loaded, stage=stage, registry=registry, ledger_head=ledger.head(), now=now
    )


def judge_on(
    dossier: Dossier,
    loaded: LoadedCharter,
    *,
    stage: Stage,
    registry: Registry,
    ledger_head: tuple[int, str],
    now: datetime,
) -> Assessment:
    """Decide on what was gathered from a ledger whose chain is known to hold."""
    criteria, notes = standard_for(stage, loaded.charter, registry.catalogue, dossier)
    notes += eased_since_seal(stage, criteria, dossier, registry.catalogue)
    verdict = decide(
        loaded, stage, criteria, dossier, now, notes=notes, measured_by=registry.measured_by
    )
    return Assessment(verdict=verdict, dossier=dossier, ledger_head=ledger_head)


def exit_code(assessment: Assessment) -> int:
    """Return 0 for go, 1 for hold and stop, 3 for a hold that rests on what was not measured.

    A limit that is broken for sure is a finding about the pilot, whatever else was not measured.
    """
    if assessment.verdict.decision == "go":
        return 0
    is_unmeasured = bool(assessment.unmeasured) and assessment.verdict.decision == "hold"
    return 3 if is_unmeasured else 1


def _found_nothing(outcome: CheckOutcome) -> bool:
    """Tell whether a check broke, or ran to its end over data that hold nothing to measure."""
    is_empty = outcome.status == "done" and not outcome.n_evidence and bool(outcome.not_measured)
    return outcome.status == "failed" or is_empty


def _refuse_broken(ledger: Ledger) -> None:
    """Walk the whole chain: an entry that was filed elsewhere is missed by reading one pilot's."""
    problems = verify(ledger).problems
    if not problems:
        return
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    raise LedgerBrokenError(
        f"The ledger is broken, so there is no verdict: {problems[0].what}{more}.",
        hint="See all that is wrong: proveout ledger verify",
    )


def _dossier(ledger: Ledger, loaded: LoadedCharter, stage: Stage) -> Dossier:
    pilot = loaded.charter.pilot
    # What was done by name is read of all pilots only where earlier ones are asked about.
    told: tuple[EntryKind, ...] = ("seal", "amendment", "act")
    kinds: tuple[EntryKind, ...] = told if stage == "design" else ("seal",)
    others = (entry for entry in ledger.entries(kinds=kinds) if entry.pilot != pilot)
    return gather(chain(ledger.entries(pilot=pilot), others), pilot, stage)
