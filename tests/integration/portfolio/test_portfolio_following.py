"""A library that follows its ledgers: what is new is seen, what does not fit is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fixtures.gate_makers import fact, outcome
from proveout.assess.assess import judge
from proveout.assess.registry import installed
from proveout.charter.loading import load_charter
from proveout.charter.sealing import seal
from proveout.errors import LedgerBrokenError, NotFoundError
from proveout.evidence.ledger import Ledger, NewEntry, open_ledger
from proveout.portfolio import Library, Place

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHARTER = "pilot: flights\ntitle: {title}\npeople:\n  production_owner: {{ name: Ada Byron }}\n"


@dataclass
class Shop:
    """A library over one ledger, and the ledger as somebody else has it open."""

    library: Library
    elsewhere: Ledger
    location: str
    charter: Path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A library over a ledger that is empty but for a seal."""
    location = (
        str(tmp_path / "ledger.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    charter = tmp_path / "pilot.yaml"
    charter.write_text(CHARTER.format(title="Flights"), encoding="utf-8")
    loaded = load_charter(charter)
    with open_ledger(location) as ours, open_ledger(location) as theirs:
        seal(loaded, theirs, who="Ada Byron", now=NOW)
        place = Place(ledger=ours, location=location, charters=(loaded,))
        yield Shop(Library([place], installed()), theirs, location, charter)


def found(value: float, *, run: str = "run-1", at: datetime = NOW) -> list[NewEntry]:
    """Return a whole run of one check."""
    made = fact("quality.accuracy", value, run=run, pilot="flights", observed_at=at)
    return [
        NewEntry(
            pilot="flights",
            kind="run",
            body={"run": run, "at": at.isoformat(), "checks": ["quality"]},
        ),
        NewEntry(pilot="flights", kind="evidence", body=made.as_dict()),
        NewEntry(
            pilot="flights",
            kind="outcome",
            body=outcome("quality", 1, run=run, started_at=at).as_dict(),
        ),
    ]


def test_what_another_process_appends_is_in_the_next_book(shop: Shop) -> None:
    """A book is immutable; the next one knows what came since."""
    before = shop.library.pilot("flights")
    shop.elsewhere.append(found(0.9))
    verdict = {"stage": "production", "decision": "hold", "decided_at": NOW.isoformat()}
    shop.elsewhere.append([NewEntry(pilot="flights", kind="verdict", body=verdict)])

    after = shop.library.pilot("flights")

    assert (before.last_seq, before.history) == (1, ())
    assert (after.last_seq, after.history) == (5, (verdict,))
    assert after.sealing.seal == before.sealing.seal
    assert shop.library.pilot("flights") is after


def test_a_pilot_without_a_charter_appears_with_its_first_entry(shop: Shop) -> None:
    """Another command may record a pilot that the dashboard was not told of."""
    with pytest.raises(NotFoundError, match=r"There is no pilot 'new'\."):
        shop.library.pilot("new")
    shop.elsewhere.append([NewEntry(pilot="new", kind="run", body={})])

    assert [book.pilot for book in shop.library.pilots()] == ["flights", "new"]


def test_the_verdict_as_of_now_is_that_of_the_gate(shop: Shop) -> None:
    """What the library decides from what it followed is what `proveout gate` decides."""
    shop.elsewhere.append(found(0.5))
    for run, value in (("run-2", 0.9), ("run-3", 0.7)):
        book = shop.library.pilot("flights")
        shop.library.report(book, "production", NOW)
        shop.elsewhere.append(found(value, run=run, at=NOW + timedelta(minutes=1)))

    book = shop.library.pilot("flights")
    later = NOW + timedelta(hours=1)
    report = shop.library.report(book, "production", later)

    judged = judge(
        book.loaded, stage="production", registry=installed(), ledger=shop.elsewhere, now=later
    )
    assert report.verdict == judged.verdict
    assert report.evidence == judged.dossier.evidence
    assert report.ledger_head == judged.ledger_head
    assert [each.value for each in report.of("quality.accuracy")] == [0.7]


def test_a_verdict_is_kept_until_something_is_new_or_time_may_change_it(shop: Shop) -> None:
    """The same second gives the same verdict; what is new, or a minute, another one."""
    book = shop.library.pilot("flights")
    first = shop.library.report(book, "production", NOW).verdict

    assert shop.library.report(book, "production", NOW + timedelta(seconds=59)).verdict is first
    assert shop.library.report(book, "scale", NOW).verdict is not first
    later = shop.library.report(book, "production", NOW + timedelta(seconds=60)).verdict
    assert later.decided_at == NOW + timedelta(seconds=60)
    shop.elsewhere.append(found(0.9))
    book = shop.library.pilot("flights")
    renewed = shop.library.report(book, "production", NOW + timedelta(seconds=61))
    assert renewed.verdict.decided_at == NOW + timedelta(seconds=61)


def test_what_stops_to_count_is_decided_anew_at_its_moment(shop: Shop) -> None:
    """Evidence that is valid until a moment does not count a second later."""
    end = NOW + timedelta(seconds=20)
    entries = found(0.9)
    body = {**entries[1].body, "valid_until": end.isoformat()}
    shop.elsewhere.append([entries[0], NewEntry(pilot="flights", kind="evidence", body=body)])
    book = shop.library.pilot("flights")

    first = shop.library.report(book, "production", NOW)
    later = shop.library.report(book, "production", end + timedelta(seconds=1))

    assert first.verdict.decided_at == NOW
    assert later.verdict.decided_at == end + timedelta(seconds=1)


def test_a_changed_charter_file_is_read_again(shop: Shop) -> None:
    """What is in force stays what was sealed; the file beside it is what it is now."""
    shop.library.pilot("flights")
    shop.charter.write_text(CHARTER.format(title="Late flights"), encoding="utf-8")

    book = shop.library.pilot("flights")

    assert book.file is not None
    assert (book.title, book.file.charter.title) == ("Flights", "Late flights")
    assert book.file_problem is None


def test_a_broken_charter_file_is_told_and_nothing_else_fails(shop: Shop) -> None:
    """The last one that could be read stays; when the file is right again, so is the book."""
    shop.charter.write_text("pilot: flights\npeopel: 3\n", encoding="utf-8")

    told = shop.library.pilot("flights")

    assert told.file_problem is not None
    assert "peopel" in told.file_problem
    assert told.title == "Flights"
    shop.charter.unlink()
    gone = shop.library.pilot("flights").file_problem
    assert gone == f"The charter {shop.charter} is not there any more."
    shop.charter.write_text(CHARTER.format(title="Flights again"), encoding="utf-8")
    assert shop.library.pilot("flights").file_problem is None


def _tamper(location: str, *statements: str) -> None:
    with closing(sqlite3.connect(location, isolation_level=None)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Shop]:
    """Likewise, in a file, and with a run that was followed."""
    location = str(tmp_path / "ledger.db")
    with open_ledger(location) as ours, open_ledger(location) as theirs:
        theirs.append(found(0.9))
        place = Place(ledger=ours, location=location)
        library = Library([place], installed())
        library.pilots()
        yield Shop(library, theirs, location, tmp_path / "none")


def broken(what: str) -> str:
    return f"The ledger is broken, so there is no verdict: {what}."


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (
            ["UPDATE ledger_entries SET hash = 'aa' WHERE seq = 3"],
            "entry 3 is not the one that was there before",
        ),
        (
            ["DELETE FROM ledger_entries WHERE seq = 3"],
            "entry 3 is not the one that was there before",
        ),
        (["DELETE FROM ledger_entries WHERE seq = 4"], "entry 4 is missing"),
        (
            ["UPDATE ledger_entries SET prev_hash = hash WHERE seq = 5"],
            "entry 5 does not follow entry 4",
        ),
        (
            ["DELETE FROM ledger_entries WHERE seq = 6"],
            "it should end with entry 6, and ends with entry 5",
        ),
    ],
)
def test_news_that_do_not_fit_onto_what_was_known_are_said(
    file: Shop, statements: list[str], what: str
) -> None:
    """There is no verdict then, and the portfolio says why; other ledgers go on."""
    file.elsewhere.append(found(0.8, run="run-2"))
    _tamper(file.location, *statements)

    with pytest.raises(LedgerBrokenError) as raised:
        file.library.pilot("flights")

    assert raised.value.message == broken(what)
    (told,) = file.library.pilots()
    assert (told.trouble, told.verdicts) == (broken(what), {})


def test_new_entries_are_held_against_their_own_hash(file: Shop) -> None:
    """Evidence too, although no book shows it."""
    file.elsewhere.append(found(0.8, run="run-2"))
    _tamper(file.location, "UPDATE ledger_entries SET body = '{}' WHERE seq = 5")

    with pytest.raises(LedgerBrokenError) as raised:
        file.library.pilot("flights")

    said = "Entry 5 of the ledger is not what was recorded: its content does not match its hash."
    assert raised.value.message == said


def test_old_evidence_that_was_rewritten_with_its_hash_never_decides(file: Shop) -> None:
    """Its place in the chain is remembered since it was followed."""
    book = file.library.pilot("flights")
    with open_ledger(str(Path(file.location).with_name("forged.db"))) as forged:
        forged.append(found(1.0))
        (better,) = forged.entries(kinds=["evidence"])
    _tamper(
        file.location,
        "ATTACH '" + str(Path(file.location).with_name("forged.db")) + "' AS forged",
        "UPDATE ledger_entries SET body = (SELECT body FROM forged.ledger_entries WHERE seq = 2), "
        "recorded_at = (SELECT recorded_at FROM forged.ledger_entries WHERE seq = 2), "
        "prev_hash = (SELECT prev_hash FROM forged.ledger_entries WHERE seq = 2), "
        f"hash = '{better.hash}' WHERE seq = 2",
    )

    with pytest.raises(LedgerBrokenError) as raised:
        file.library.report(book, "production", NOW)

    assert raised.value.message == broken("entry 2 is not the one that was there before")


def test_a_ledger_in_trouble_is_followed_again_when_it_is_restored(file: Shop) -> None:
    """Nobody has to start the dashboard anew."""
    file.elsewhere.append(found(0.8, run="run-2"))
    _tamper(
        file.location,
        "CREATE TABLE kept AS SELECT * FROM ledger_entries WHERE seq = 4",
        "DELETE FROM ledger_entries WHERE seq = 4",
    )
    assert file.library.pilots()[0].trouble == broken("entry 4 is missing")

    _tamper(file.location, "INSERT INTO ledger_entries SELECT * FROM kept")
    file.elsewhere.append(found(0.7, run="run-3"))

    assert file.library.pilots()[0].trouble is None
    assert file.library.pilot("flights").last_seq == 9
