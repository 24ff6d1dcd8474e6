"""What every ledger does: one suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.errors import LedgerError
from proveout.evidence.canonical import canonical_json
from proveout.evidence.ledger import (
    GENESIS,
    Entry,
    Ledger,
    MemoryLedger,
    NewEntry,
    entry_hash,
    open_ledger,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger whose clock stands at noon."""
    if request.param == "memory":
        yield MemoryLedger(clock=lambda: NOON)
        return
    location = (
        str(tmp_path / "ledger.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    with open_ledger(location, clock=lambda: NOON) as opened:
        yield opened


def test_an_empty_ledger_ends_at_the_genesis(ledger: Ledger) -> None:
    """Nothing recorded: position 0, and the hash that stands before the first entry."""
    assert ledger.head() == (0, GENESIS)
    assert list(ledger.entries()) == []


def test_appending_returns_the_entries_as_recorded(ledger: Ledger) -> None:
    """An entry has its position, its time, the hash before it and its own hash."""
    (entry,) = ledger.append([NewEntry(pilot="flights", kind="run", body={"n": 1})])

    digest = entry_hash(
        seq=1,
        pilot="flights",
        kind="run",
        recorded_at="2026-03-01T12:00:00.000000+00:00",
        body='{"n":1}',
        prev_hash=GENESIS,
    )
    assert entry == Entry(
        seq=1,
        pilot="flights",
        kind="run",
        recorded_at=NOON,
        body={"n": 1},
        prev_hash=GENESIS,
        hash=digest,
    )
    assert ledger.head() == (1, digest)


def test_entries_come_back_as_they_were_appended(ledger: Ledger) -> None:
    """Text of any script, exact numbers, nothing and nested lists survive the store."""
    body = {
        "text": "Zoë 漢字 🙂 \u0000 'quoted\"",
        "x": 0.1 + 0.2,
        "big": 10**30,
        "none": [None, {}],
    }
    appended = ledger.append([NewEntry(pilot="p", kind="evidence", body=body)])

    assert list(ledger.entries()) == appended
    assert canonical_json(appended[0].body) == canonical_json(body)


def test_entries_follow_one_another_over_several_appends(ledger: Ledger) -> None:
    """Each entry carries the hash of the one before it, whichever append brought it."""
    for size in (1, 3, 2):
        ledger.append([NewEntry(pilot="p", kind="evidence", body={})] * size)

    entries = list(ledger.entries())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.prev_hash for entry in entries] == [GENESIS, *(e.hash for e in entries[:-1])]


def test_entries_can_be_narrowed_to_a_pilot_and_to_kinds(ledger: Ledger) -> None:
    """The order stays that of the ledger."""
    ledger.append(
        [
            NewEntry(pilot="a", kind="run", body={}),
            NewEntry(pilot="b", kind="run", body={}),
            NewEntry(pilot="a", kind="evidence", body={}),
            NewEntry(pilot="a", kind="verdict", body={}),
        ]
    )

    assert [e.seq for e in ledger.entries(pilot="a")] == [1, 3, 4]
    assert [e.seq for e in ledger.entries(kinds=["verdict", "run"])] == [1, 2, 4]
    assert [e.seq for e in ledger.entries(pilot="a", kinds=["evidence"])] == [3]
    assert [e.seq for e in ledger.entries(pilot="nobody")] == []
    assert [e.seq for e in ledger.entries(kinds=[])] == []


def test_a_reader_sees_what_was_there_when_it_began(ledger: Ledger) -> None:
    """An append in the middle of reading neither blocks nor shows up in it."""
    ledger.append([NewEntry(pilot="p", kind="run", body={})] * 2)
    reading = ledger.entries()
    first = next(reading)
    ledger.append([NewEntry(pilot="p", kind="run", body={})])

    assert [first.seq, *(e.seq for e in reading)] == [1, 2]


def test_more_entries_than_one_page_are_read_in_order(ledger: Ledger) -> None:
    """Reading goes page by page and loses nothing between them."""
    ledger.append([NewEntry(pilot="p", kind="evidence", body={"i": i}) for i in range(2_500)])

    assert [entry.body["i"] for entry in ledger.entries()] == list(range(2_500))


def test_appending_nothing_changes_nothing(ledger: Ledger) -> None:
    """No entry, no time, no new head."""
    assert ledger.append([]) == []
    assert ledger.head() == (0, GENESIS)


@pytest.mark.parametrize(
    "value",
    [float("nan"), NOON, {1, 2}],
    ids=["not a number", "not JSON", "a set"],
)
def test_what_is_not_plain_json_is_refused_and_nothing_of_the_append_stays(
    ledger: Ledger, value: object
) -> None:
    """All or none: a sound entry beside a bad one is not recorded either."""
    with pytest.raises(LedgerError) as refusal:
        ledger.append(
            [
                NewEntry(pilot="p", kind="run", body={}),
                NewEntry(pilot="p", kind="evidence", body={"x": value}),
            ]
        )

    assert refusal.value.message.startswith(
        "An entry of kind 'evidence' of pilot 'p' cannot be recorded: "
        "its content is not plain JSON ("
    )
    assert ledger.head() == (0, GENESIS)
    assert list(ledger.entries()) == []


def test_entries_can_be_read_from_a_position_on(ledger: Ledger) -> None:
    """Whoever has read a part reads the rest."""
    ledger.append([NewEntry(pilot=name, kind="run", body={}) for name in "abab"])

    assert [e.seq for e in ledger.entries(after=2)] == [3, 4]
    assert [e.seq for e in ledger.entries(pilot="a", after=1)] == [3]
    assert [e.seq for e in ledger.entries(after=4)] == []


def _evidence(pilot: str, run: str, check: str, metric: str) -> NewEntry:
    body = {"check": {"name": check, "version": "1"}, "metric": metric, "run": run}
    return NewEntry(pilot=pilot, kind="evidence", body=body)


def test_evidence_can_be_asked_by_run_check_or_metric(ledger: Ledger) -> None:
    """Of one pilot or of all, from a position on and up to one; names may hold anything."""
    ledger.append(
        [
            _evidence("a", "one", "cost", "cost.monthly"),
            _evidence("a", 'two "é\\', "cost", "cost.monthly"),
            _evidence("b", "one", "cost", "cost.spent"),
            NewEntry(pilot="a", kind="run", body={"run": "one"}),
            _evidence("a", "attest", "attest", "cost.spent"),
        ]
    )

    def asked(pilot: str | None, **by: object) -> list[int]:
        return [entry.seq for entry in ledger.evidence(pilot, **by)]  # type: ignore[arg-type]

    assert asked("a", runs=["one"]) == [1]
    assert asked("a", runs=['two "é\\']) == [2]
    assert asked("a", runs=["one"], checks=["attest"]) == [1, 5]
    assert asked(None, metrics=["cost.spent"]) == [3, 5]
    assert asked("a") == [1, 2, 5]
    assert asked("a", after=1, until=4) == [2]
    assert asked("nobody", runs=["one"]) == []


def test_news_are_what_came_after_a_position(ledger: Ledger) -> None:
    """With the hash that stands there now, and content where it was asked for."""
    first, second, third = ledger.append(
        [
            NewEntry(pilot="a", kind="run", body={}),
            NewEntry(pilot="a", kind="evidence", body={"x": 1}),
            NewEntry(pilot="b", kind="act", body={"y": 2}),
        ]
    )

    with ledger.news(1, whole=("act",)) as news:
        steps = list(news.steps)
        assert (news.head, news.known) == ((3, third.hash), first.hash)
    assert [(s.seq, s.pilot, s.kind, s.prev_hash, s.hash, s.body) for s in steps] == [
        (2, "a", "evidence", first.hash, second.hash, None),
        (3, "b", "act", second.hash, third.hash, '{"y":2}'),
    ]
    with ledger.news(0, whole=None) as news:
        assert (news.known, [step.body for step in news.steps]) == (
            GENESIS,
            ["{}", '{"x":1}', '{"y":2}'],
        )
    with ledger.news(9, whole=()) as news:
        assert (news.known, list(news.steps)) == (None, [])
