"""Switches in the ledger: never lost, never twice, and no matter to the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.gate_makers import fact, interval
from proveout.charter.schema import Charter
from proveout.errors import LedgerError
from proveout.evidence.export import check_export, export_lines
from proveout.evidence.ledger import Entry, Ledger, MemoryLedger, NewEntry, open_ledger, verify
from proveout.gate.dossier import gather
from proveout.gate.model import Verdict
from proveout.runtime.rollout.acting import Acted, act_on, answering_since
from proveout.runtime.rollout.keeping import Standing, history, standing, switch
from proveout.runtime.rollout.recording import record_switches
from proveout.runtime.rollout.state import State, Step
from proveout.runtime.rollout.transitions import By, promote, roll_back, start
from proveout.runtime.store import Store, open_store

PILOT = "claims"
FIRST = State(versions=("v1", "v2"), current="v1")
BOTH_VERSIONS = {
    "pilot": PILOT,
    "system": {"http": "http://127.0.0.1:9/", "version": "v1"},
    "gateway": {"versions": [{"name": "v2", "system": {"http": "http://127.0.0.1:9/"}}]},
}
ANA = By(who="Ana Ruiz", why="gate: go", now=1_770_000_000.5)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store in which a version was started and promoted."""
    where = tmp_path / "store.db"
    location = str(where) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_store(location) as opened:
        seen = Standing(generation=0, state=FIRST)
        begun = switch(
            opened,
            PILOT,
            seen,
            lambda state: start(state, "v2", (Step(share=0.1),), ANA, shadow=False),
        )
        switch(opened, PILOT, Standing(generation=1, state=begun.after), lambda s: promote(s, ANA))
        yield opened


def kept(ledger: Ledger) -> list[tuple[object, object]]:
    return [(each.body["generation"], each.body["act"]) for each in ledger.entries()]


BOTH = [(1, "start"), (2, "promote")]


def test_who_comes_by_writes_what_is_missing_and_the_next_one_nothing(store: Store) -> None:
    """Each switch is one entry with who, why, before and after."""
    ledger = MemoryLedger()

    written = [record_switches(store, ledger, PILOT) for _ in range(2)]

    assert written == [2, 0]
    assert kept(ledger) == BOTH
    assert all(each.is_in_ledger for each in history(store, PILOT))
    entry = next(ledger.entries())
    assert entry.kind == "switch"
    assert {name: entry.body[name] for name in ("at", "who", "why", "rule")} == {
        "at": "2026-02-02T02:40:00.500000+00:00",
        "who": "Ana Ruiz",
        "why": "gate: go",
        "rule": None,
    }
    assert entry.body["before"]["coming"] is None
    assert entry.body["after"]["coming"]["version"] == "v2"


def test_one_who_dies_between_ledger_and_mark_leaves_nothing_to_be_written_twice(
    store: Store,
) -> None:
    """The next one finds the entry, and only marks it."""

    class DiesAfterwards(MemoryLedger):
        """Keeps what it is given, and breaks before it can say so."""

        def append(self, entries: Sequence[NewEntry]) -> list[Entry]:
            super().append(entries)
            raise KeyboardInterrupt

    ledger = DiesAfterwards()
    with pytest.raises(KeyboardInterrupt):
        record_switches(store, ledger, PILOT)
    sound = MemoryLedger()
    sound.append([NewEntry(pilot=e.pilot, kind=e.kind, body=e.body) for e in ledger.entries()])

    assert record_switches(store, sound, PILOT) == 0
    assert kept(sound) == BOTH
    assert all(each.is_in_ledger for each in history(store, PILOT))


def test_a_ledger_that_refuses_loses_nothing(store: Store) -> None:
    """It holds all the same, and is written by the next."""

    class Full(MemoryLedger):
        """A ledger on a full disk."""

        def append(self, entries: Sequence[NewEntry]) -> list[Entry]:
            raise LedgerError("the disk is full")

    with pytest.raises(LedgerError):
        record_switches(store, Full(), PILOT)
    ledger = MemoryLedger()

    assert record_switches(store, ledger, PILOT) == 2


def test_several_who_write_at_once_write_it_once(store: Store, tmp_path: Path) -> None:
    """Command, monitor and gateway do not wait for one another's turn."""

    def write() -> int:
        with open_ledger(str(tmp_path / "ledger.db")) as ledger:
            return record_switches(store, ledger, PILOT)

    with open_ledger(str(tmp_path / "ledger.db")):
        pass
    with ThreadPoolExecutor(6) as people:
        written = [each.result() for each in [people.submit(write) for _ in range(6)]]

    assert sum(written) == 2
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        assert kept(ledger) == BOTH
        assert verify(ledger).is_whole
        assert check_export(export_lines(ledger, form="intoto", key=None), None).problems == ()


def test_the_gate_passes_switches_over(store: Store) -> None:
    """They are evidence of what was done, and not of what the system can do."""
    ledger = MemoryLedger()
    record_switches(store, ledger, PILOT)

    dossier = gather(ledger.entries(), PILOT)

    assert dossier == replace(gather((), PILOT), last_recorded_at=dossier.last_recorded_at)


def test_a_broken_rule_rolls_back_without_people_and_is_in_the_ledger(store: Store) -> None:
    """One run of a monitor is enough, and its next one finds nothing more to do."""
    charter = Charter.model_validate(
        {**BOTH_VERSIONS, "rollout": {"rollback_when": "quality.accuracy <= 0.8"}}
    )
    now = datetime(2026, 3, 10, tzinfo=UTC)
    found = fact(
        pilot=PILOT,
        value=0.75,
        interval=interval(0.7, 0.8),
        inputs={"window": "2026-03-09T00:00:00+00:00/2026-03-10T00:00:00+00:00"},
        observed_at=now,
    )

    def run() -> Acted:
        return act_on(store, charter, evidence=[found], verdicts={}, answered=lambda *_: 0, now=now)

    before = answering_since(store, charter)
    first, second = run(), run()
    ledger = MemoryLedger()
    record_switches(store, ledger, PILOT)

    assert first.switched is not None
    assert second == Acted()
    assert (before, answering_since(store, charter)) == (
        datetime.fromtimestamp(ANA.now, UTC),
        now,
    )
    assert standing(store, PILOT, FIRST).state.current == "v1"
    *_, last = ledger.entries()
    assert (last.body["act"], last.body["rule"], last.body["who"]) == (
        "roll-back",
        "quality.accuracy <= 0.8",
        "rule: quality.accuracy <= 0.8",
    )
    assert last.body["why"] == first.broken[0].sentence


def test_a_rule_that_meets_a_person_in_the_same_moment_looks_again(store: Store) -> None:
    """The person takes the version back before the rule can widen it: it is not widened."""
    charter = Charter.model_validate(
        {**BOTH_VERSIONS, "rollout": {"promote": "by-gate"}, "monitoring": {}}
    )
    seen = standing(store, PILOT, FIRST)
    begun = switch(
        store, PILOT, seen, lambda state: start(state, "v1", (Step(share=0.1),), ANA, shadow=False)
    )
    now = datetime(2026, 3, 10, tzinfo=UTC)

    def answered(version: str, since: float) -> int:
        """Count, while somebody rolls back."""
        assert (version, since) == ("v1", ANA.now)
        between = Standing(generation=begun.generation, state=begun.after)
        switch(store, PILOT, between, lambda state: roll_back(state, ANA))
        return 999

    acted = act_on(
        store,
        charter,
        evidence=[],
        verdicts={"scale": _go(now)},
        answered=answered,
        now=now,
    )

    assert acted == Acted()
    assert [each.said.act for each in history(store, PILOT)][2:] == ["start", "roll-back"]


def _go(now: datetime) -> Verdict:
    return Verdict(
        pilot=PILOT,
        stage="scale",
        decision="go",
        summary="go",
        decided_at=now,
        rulings=(),
        fix_first=(),
        charter_hash="sha256:0",
        sealed_at=None,
        sealed_by=None,
        loosenings=(),
    )
