"""What counts at which gate, once a system is in use and monitors look at its traffic."""

from __future__ import annotations

from datetime import timedelta

from fixtures.gate_makers import NOW, charter, fact, outcome
from proveout.charter.schema import Stage
from proveout.evidence.alarm import Alarm, Resolution
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.ledger import MemoryLedger
from proveout.evidence.ledger.port import NewEntry
from proveout.evidence.model import WINDOW_INPUT, Evidence, Subject
from proveout.gate import gather, standard_for
from proveout.gate.model import Dossier

WINDOW = "2026-11-01T00:00:00+00:00/2026-11-08T00:00:00+00:00"
BEFORE = fact("quality.accuracy", 0.9)
IN_USE = fact("quality.accuracy", 0.8, run="run-2")
ATTESTED = fact("governance.declared", check="governance", basis="attested", person="A")


def run_of(found: Evidence, *, window: str | None) -> list[NewEntry]:
    body = {"run": found.run, "at": NOW.isoformat(), "checks": [found.check.name]}
    if window is not None:
        body[WINDOW_INPUT] = window
    ended = outcome(found.check.name, 1, run=found.run)
    return [
        NewEntry(pilot="p", kind="run", body=body),
        NewEntry(pilot="p", kind="evidence", body=found.as_dict()),
        NewEntry(pilot="p", kind="outcome", body=ended.as_dict()),
    ]


def gathered(entries: list[NewEntry], stage: Stage | None) -> Dossier:
    ledger = MemoryLedger(clock=lambda: NOW)
    ledger.append(entries)
    return gather(ledger.entries(), "p", stage)


def test_before_launch_nothing_counts_that_was_found_in_use() -> None:
    """A pilot that is let live by what it did live would not need a gate."""
    entries = [*run_of(BEFORE, window=None), *run_of(IN_USE, window=WINDOW)]

    assert gathered(entries, "production").evidence == (BEFORE,)


def test_in_use_what_was_found_there_goes_before_an_assessment_whichever_came_last() -> None:
    """Another look at the data of the pilot does not undo what production shows."""
    entries = [*run_of(IN_USE, window=WINDOW), *run_of(BEFORE, window=None)]

    assert gathered(entries, "scale").evidence == (IN_USE,)
    assert gathered(entries, "continue").evidence == (IN_USE,)


def test_only_what_was_found_in_use_lets_it_stay() -> None:
    """The gate `continue` is not met by the figures of the launch; what people attest is."""
    entries = [*run_of(BEFORE, window=None), *run_of(ATTESTED, window=None)]

    assert gathered(entries, "scale").evidence == (BEFORE, ATTESTED)
    assert gathered(entries, "continue").evidence == (ATTESTED,)


def alarm(column: str) -> Alarm:
    return Alarm(
        pilot="p",
        metric="drift.alarm",
        subject=Subject.of(column=column),
        what=f"{column} is written otherwise since Monday",
        who_acts="Michael Faraday",
        evidence="ev-1",
        raised_at=NOW,
    )


def test_an_alarm_counts_until_a_named_person_resolves_it() -> None:
    """Whatever a later window shows: an alarm that goes by itself was seen by nobody."""
    found = fact("drift.alarms", 0, check="drift", run="run-2")
    one, other = alarm("unit"), alarm("date")
    resolved = Resolution(
        alarm=one.id, who="Ada Byron", why="the supplier went back", at=NOW + timedelta(days=1)
    )
    entries = [
        NewEntry(pilot="p", kind="alarm", body=one.as_dict()),
        NewEntry(pilot="p", kind="alarm", body=other.as_dict()),
        *run_of(found, window=WINDOW),
        NewEntry(pilot="p", kind="alarm", body=resolved.as_dict()),
    ]

    dossier = gathered(entries, "continue")

    assert dossier.alarms == (other,)
    (counted,) = dossier.evidence
    assert counted.value == 1
    assert counted.details["standing"] == [
        {"id": other.id, "what": other.what, "who": "Michael Faraday"}
    ]


def test_what_let_it_go_live_lets_it_stay() -> None:
    """Lines that a window of traffic can answer are asked again, with what the charter made of
    them; load, stress and drills belong to the launch."""
    agreed = charter(
        acceptance=["quality.accuracy >= 0.85", "stress.quality_drop[operator=x] <= 0.1"],
        standard={"production.rejects": {"threshold": 0.05, "why": "old scanners"}},
        load={"users": 10, "p95_latency_s": 2, "max_error_rate": 0.02},
    ).charter

    criteria, notes = standard_for("continue", agreed, Catalogue(SHIPPED))

    asked = {each.id: each.threshold for each in criteria}
    assert asked["continue.quality.accuracy"] == 0.85
    assert asked["continue.rejects"] == 0.05
    assert asked["continue.latency"] == 2
    assert asked["continue.unanswered"] == 0.02
    assert not [name for name in asked if name.startswith(("continue.stress", "continue.load"))]
    assert any("old scanners" in note for note in notes)
