"""What the gate gathers from the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures.gate_makers import NOW, charter, fact, outcome, seal, waiver
from proveout.charter.loading import content
from proveout.charter.sealing import Amendment, Change
from proveout.errors import LedgerError
from proveout.evidence.ledger import MemoryLedger
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import CheckRef, Evidence, Subject
from proveout.evidence.outcome import CheckOutcome
from proveout.gate import gather
from proveout.gate.model import Dossier, LateChange, Loosening, Relative


def opened(run: str, *checks: str, **changes: Any) -> NewEntry:
    body = {"run": run, "at": NOW.isoformat(), "checks": list(checks), **changes}
    return NewEntry(pilot="p", kind="run", body=body)


def kept(found: Evidence) -> NewEntry:
    return NewEntry(pilot=found.pilot, kind="evidence", body=found.as_dict())


def ended(made: CheckOutcome) -> NewEntry:
    return NewEntry(pilot="p", kind="outcome", body=made.as_dict())


def gathered(*entries: NewEntry) -> Dossier:
    ledger = MemoryLedger(clock=lambda: NOW)
    ledger.append(entries)
    return gather(ledger.entries(), "p")


def test_nothing_in_the_ledger_is_an_empty_dossier() -> None:
    """No entries, no facts."""
    assert gathered() == Dossier()


def test_a_rerun_of_one_check_replaces_that_check_alone() -> None:
    """Evidence is that of the latest run of each check, wholesale."""
    old_a, old_b = fact("quality.a"), fact("quality.b")
    stress = fact("stress.a")
    new_a = fact("quality.a", 0.7, run="run-2")

    found = gathered(
        opened("run-1", "quality", "stress"),
        kept(old_a),
        kept(old_b),
        ended(outcome("quality", 2)),
        kept(stress),
        ended(outcome("stress", 1)),
        opened("run-2", "quality"),
        kept(new_a),
        ended(outcome("quality", 1, run="run-2")),
    )

    assert found.evidence == (stress, new_a)
    assert [(made.check, made.run) for made in found.outcomes] == [
        ("quality", "run-2"),
        ("stress", "run-1"),
    ]


def test_a_check_that_never_reported_an_end_was_interrupted() -> None:
    """A killed run leaves its checks interrupted, and what it found is of that run."""
    good, partial = fact("quality.a"), fact("quality.a", 0.2, run="run-2")

    found = gathered(
        opened("run-1", "quality"),
        kept(good),
        ended(outcome("quality", 1)),
        opened("run-2", "quality"),
        kept(partial),
    )

    assert found.evidence == (partial,)
    assert [(made.status, made.reason, made.next_step) for made in found.outcomes] == [
        ("interrupted", "it never reported an end", "Run it again: proveout check quality")
    ]


def test_runs_of_two_processes_may_interleave() -> None:
    """The run that was opened last is the latest, even if an earlier one ends after it."""
    mine, other = fact("quality.a", 0.9), fact("quality.a", 0.8, run="run-2")

    found = gathered(
        opened("run-1", "quality"),
        opened("run-2", "quality", at=(NOW + timedelta(seconds=5)).isoformat()),
        kept(mine),
        kept(other),
        ended(outcome("quality", 1, run="run-2", started_at=NOW + timedelta(seconds=5))),
        ended(outcome("quality", 1)),
    )

    assert found.evidence == (other,)


def test_what_people_attest_is_replaced_fact_by_fact() -> None:
    """A new sign-off of one role leaves those of the others alone."""

    def signed(role: str, value: float) -> Evidence:
        return fact(
            "governance.signoff", value, subject=Subject.of(role=role), basis="attested",
            check=None, unit="flag", run="attest",
        ).evolve(check=CheckRef(name="attest", version="1"))  # fmt: skip

    found = gathered(*(kept(signed(role, value)) for role, value in (("a", 1), ("b", 1), ("a", 0))))

    assert sorted((str(f.subject), f.value) for f in found.evidence) == [
        ("role=a", 0.0),
        ("role=b", 1.0),
    ]


def test_other_pilots_do_not_count() -> None:
    """One ledger holds many pilots."""
    body = fact().evolve(pilot="other").as_dict()

    assert gathered(NewEntry(pilot="other", kind="evidence", body=body)) == Dossier()


def test_waivers_are_kept_whether_or_not_they_count() -> None:
    """Whether a waiver is in force is for the decision, which knows the time."""
    given = waiver("production.trained")

    found = gathered(NewEntry(pilot="p", kind="waiver", body=given.as_dict()))

    assert found.waivers == (given,)


def test_seal_and_amendments_give_the_charter_in_force() -> None:
    """The last amendment is in force; what it loosened is told, with who, why and when."""
    before = charter(acceptance=["quality.accuracy >= 0.9"])
    after = charter(acceptance=["quality.accuracy >= 0.7"])
    amendment = Amendment(
        pilot="p",
        who="Bob",
        why="too hard",
        at=NOW,
        content_hash=after.content_hash,
        content=content(after.charter),
        changes=(
            Change(
                path="acceptance[0].threshold", before=0.9, after=0.7, effect="looser",
                results_known=True,
            ),
            Change(path="title", before=None, after="T", effect="other"),
        ),
    )  # fmt: skip

    found = gathered(seal(before), NewEntry(pilot="p", kind="amendment", body=amendment.as_dict()))

    assert (found.sealed_by, found.sealed_at, found.sealed_hash, found.n_amendments) == (
        "Ada Byron",
        NOW,
        after.content_hash,
        1,
    )
    assert found.sealed_content == content(after.charter)
    assert found.loosenings == (
        Loosening(
            what="acceptance[0].threshold",
            before="0.9",
            after="0.7",
            who="Bob",
            why="too hard",
            at=NOW,
            results_known=True,
        ),
    )
    assert not found.has_results_before_seal


def test_results_before_the_seal_are_remembered() -> None:
    """A charter sealed after something was measured is told as such (R104)."""
    loaded = charter()
    measured = [opened("run-1", "quality"), kept(fact())]

    assert gathered(*measured, seal(loaded)).has_results_before_seal
    assert not gathered(seal(loaded), *measured).has_results_before_seal


def test_what_was_changed_when_results_were_known_is_told() -> None:
    """A change that is neither looser nor tighter by itself may still bend the result."""
    before, after = charter(data={"label": "late"}), charter(data={"label": "on_time"})
    amendment = Amendment(
        pilot="p",
        who="Bob",
        why="the other column is cleaner",
        at=NOW,
        content_hash=after.content_hash,
        content=content(after.charter),
        changes=(
            Change(
                path="data.label", before="late", after="on_time", effect="other",
                results_known=True,
            ),
            Change(path="title", before=None, after="T", effect="other"),
        ),
    )  # fmt: skip

    found = gathered(seal(before), NewEntry(pilot="p", kind="amendment", body=amendment.as_dict()))

    assert found.late_changes == (
        LateChange(what=("data.label",), who="Bob", why="the other column is cleaner", at=NOW),
    )
    assert found.first_sealed == content(before.charter)


def test_the_seals_of_other_pilots_are_known() -> None:
    """A pilot that was renamed leaves its seal behind; its evidence never counts for another."""
    mine = charter(system="model.py:predict")
    other = charter(pilot="q", system="model.py:predict")
    theirs = fact(pilot="q")

    found = gathered(seal(other, who="Grace Hopper"), kept(theirs), seal(mine))

    assert (found.evidence, found.sealed_by) == ((), "Ada Byron")
    assert found.sealed_elsewhere == (
        Relative(
            pilot="q", sealed_by="Grace Hopper", sealed_at=NOW, content=content(other.charter)
        ),
    )


def test_the_dossier_knows_when_the_ledger_was_last_written_to() -> None:
    """It is later than that now, whatever a clock says."""
    assert gathered(seal(charter())).last_recorded_at == NOW


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        # a kind of fact that a later version knows
        (
            NewEntry(pilot="p", kind="evidence", body={**fact().as_dict(), "mood": "good"}),
            "Evidence.__init__() got an unexpected keyword argument 'mood'",
        ),
        # a figure that bounds nothing
        (
            NewEntry(
                pilot="p",
                kind="evidence",
                body={
                    **fact().as_dict(),
                    "interval": {"low": 0.9, "high": 0.1, "level": 0.95, "method": "wilson"},
                },
            ),
            "quality.accuracy: 0.9 to 0.1 is not an interval (wilson)",
        ),
        (NewEntry(pilot="p", kind="run", body={}), "'checks'"),
    ],
)
def test_an_entry_that_makes_no_sense_is_an_error(entry: NewEntry, said: str) -> None:
    """It is whole, and nothing in the ledger is passed over."""
    with pytest.raises(LedgerError) as caught:
        gathered(entry)

    assert caught.value.message == (
        f"Entry 1 of the ledger ({entry.kind}) is not what this Proveout writes: {said}."
    )
