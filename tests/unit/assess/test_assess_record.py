"""Writing a run into the ledger as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fixtures.assess_fakes import FakeCheck, broad, plan, raising
from fixtures.gate_makers import NOW
from proveout.assess.events import (
    CheckEnded,
    CheckProgress,
    CheckStarted,
    Event,
    EvidenceFound,
    RunStarted,
)
from proveout.assess.record import BATCH, record
from proveout.assess.run import run_checks
from proveout.assess.run_and_record import run_and_record
from proveout.checks import CheckContext, Finding, Progress
from proveout.evidence.ledger import MemoryLedger
from proveout.gate import gather

Script = Callable[[CheckContext], Iterator[Finding]]


def kinds(ledger: MemoryLedger) -> list[str]:
    return [entry.kind for entry in ledger.entries()]


def test_the_run_is_on_disk_before_its_first_check_begins() -> None:
    """A process killed at once leaves a run whose checks count as interrupted."""
    ledger = MemoryLedger(clock=lambda: NOW)
    events = record(run_checks([FakeCheck(script=broad())], plan()), ledger, pilot="p")

    first = next(events)

    assert isinstance(first, RunStarted)
    assert kinds(ledger) == ["run"]
    assert [made.status for made in gather(ledger.entries(), "p").outcomes] == ["interrupted"]


def test_an_outcome_is_never_there_before_all_its_evidence() -> None:
    """Evidence comes in batches, shown once on disk; the outcome with the last of it."""
    ledger = MemoryLedger(clock=lambda: NOW)
    times = BATCH + 3
    events = record(run_checks([FakeCheck(script=broad(times=times))], plan()), ledger, pilot="p")

    after_each = [(type(event), len(kinds(ledger))) for event in events]

    found = [n for kind, n in after_each if kind is EvidenceFound]
    assert found == [BATCH + 1] * BATCH + [times + 2] * 3
    assert [n for kind, n in after_each if kind is CheckEnded] == [times + 2]
    assert kinds(ledger)[-1] == "outcome"


def test_progress_writes_what_waits() -> None:
    """A long check does not hold its evidence back until its end."""

    def script(context: CheckContext) -> Iterator[Finding]:
        yield context.found("fake.breadth", 0.5, n=1, scope="production")
        yield Progress(done=1, total=2, what="half")
        yield Progress(done=2, total=2, what="all")

    ledger = MemoryLedger(clock=lambda: NOW)
    events = record(run_checks([FakeCheck(script=script)], plan()), ledger, pilot="p")

    sizes = [len(kinds(ledger)) for _ in events]

    assert sizes == [1, 1, 2, 2, 2, 3, 3]


def test_an_interrupted_check_keeps_what_it_found() -> None:
    """Ctrl-C in a check: evidence and outcome are written before it goes on up."""
    ledger = MemoryLedger(clock=lambda: NOW)
    check = FakeCheck(script=raising(KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        list(record(run_checks([check], plan()), ledger, pilot="p"))

    assert kinds(ledger) == ["run", "evidence", "outcome"]


@pytest.mark.parametrize("moment", [CheckStarted, CheckProgress])
def test_an_interrupt_while_something_is_shown_is_no_other(moment: type[Event]) -> None:
    """Wherever Ctrl-C strikes, the check under way ends as interrupted, with what it found."""

    def script(context: CheckContext) -> Iterator[Finding]:
        yield context.found("fake.breadth", 0.5, n=1, scope="production")
        yield Progress(done=1, total=2, what="half")

    ledger = MemoryLedger(clock=lambda: NOW)

    outcome = interrupted_at(moment, script, ledger)

    assert (outcome["status"], outcome["reason"]) == ("interrupted", "stopped by the user")
    assert (outcome["next_step"], outcome["version"]) == ("proveout check fake", "7")
    assert outcome["n_evidence"] == kinds(ledger).count("evidence") == (moment is CheckProgress)


def test_a_check_that_had_ended_stays_done() -> None:
    """Its outcome is in the ledger before it is shown, and an interrupt adds no other."""
    ledger = MemoryLedger(clock=lambda: NOW)

    outcome = interrupted_at(EvidenceFound, broad(times=2), ledger)

    assert (outcome["status"], outcome["n_evidence"]) == ("done", 2)


def interrupted_at(moment: type[Event], script: Script, ledger: MemoryLedger) -> dict[str, Any]:
    """Press Ctrl-C while an event of this type is shown; return the one outcome."""

    def watch(event: Event) -> None:
        if isinstance(event, moment):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_and_record([FakeCheck(script=script)], plan(), ledger, watch)
    (outcome,) = (entry.body for entry in ledger.entries(kinds=["outcome"]))
    return dict(outcome)
