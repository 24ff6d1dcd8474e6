"""Opening a ledger: where it may be, and what is said where it may not."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event

from proveout.errors import (
    InputError,
    LedgerError,
    MissingExtraError,
    ProveoutError,
    UnreachableError,
)
from proveout.evidence.ledger import Ledger, NewEntry, open_ledger, verify
from proveout.evidence.ledger import postgres as postgres_module
from proveout.evidence.ledger import sqlite as sqlite_module
from proveout.evidence.ledger.sqlite import SqliteDatabase
from proveout.evidence.ledger.store import SqlLedger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = NewEntry(pilot="p", kind="run", body={})
MADE_WHEN = (
    "It is made when something is first recorded: proveout seal pilot.yaml, "
    "or proveout assess pilot.yaml. If it stands elsewhere, name it with --ledger."
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    """A ledger with one entry."""
    with open_ledger(str(file)) as opened:
        opened.append([RUN])
        yield opened


def refusal(location: Path | str, *, create: bool = True) -> ProveoutError:
    """What is said when a ledger is opened there."""
    with pytest.raises(ProveoutError) as caught, open_ledger(str(location), create=create):
        pass
    return caught.value


# --- files ---------------------------------------------------------------------------------------


def test_a_new_ledger_is_made_with_its_folder(tmp_path: Path) -> None:
    """The first command of a project needs no preparation."""
    file = tmp_path / "project" / ".proveout" / "ledger.db"
    with open_ledger(str(file)) as ledger:
        ledger.append([RUN])

    with open_ledger(str(file), create=False) as ledger:
        assert ledger.head()[0] == 1


def test_looking_does_not_make_a_ledger(tmp_path: Path) -> None:
    """A status command says what to do instead, and leaves no trace."""
    file = tmp_path / "folder" / "ledger.db"

    said = refusal(file, create=False)
    assert type(said) is InputError
    assert str(said) == f"There is no ledger in {file} yet.\n{MADE_WHEN}"
    assert list(tmp_path.iterdir()) == []


def test_looking_at_an_empty_file_does_not_make_a_ledger_of_it(file: Path) -> None:
    """SQLite takes an empty file for an empty database."""
    file.touch()

    assert str(refusal(file, create=False)) == f"There is no ledger in {file} yet.\n{MADE_WHEN}"
    assert file.stat().st_size == 0


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    """With the name of a file that would do."""
    assert str(refusal(tmp_path)) == (
        f"The ledger cannot be {tmp_path}: that is a folder.\n"
        f"Name a file in it: --ledger {tmp_path}/ledger.db"
    )


def test_a_folder_that_cannot_be_made_is_named(file: Path) -> None:
    """Here a file is in its way."""
    file.touch()

    assert str(refusal(file / "below" / "ledger.db")) == (
        f"The folder of the ledger, {file}/below, cannot be made: Not a directory.\n"
        f"Name a place where this user may write with --ledger."
    )


def test_a_file_of_another_kind_is_refused_and_kept(file: Path) -> None:
    """A charter given in place of the ledger, for example."""
    content = "pilot: flights\n" * 100
    file.write_text(content)

    said = refusal(file)
    assert type(said) is LedgerError
    assert str(said) == (
        f"The ledger {file} is not a ledger: the file is not an SQLite database.\n"
        f"Name another file with --ledger."
    )
    assert file.read_text() == content


def test_somebody_elses_database_is_refused_and_kept(file: Path) -> None:
    """No tables are put into it."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE TABLE customers (name)")
    before = file.read_bytes()

    assert str(refusal(file)) == (
        f"{file} is an SQLite database but not a ledger: it holds the table 'customers'.\n"
        f"Name another file with --ledger."
    )
    assert file.read_bytes() == before


def test_a_ledger_of_a_newer_version_is_refused(ledger: Ledger, file: Path) -> None:
    """What it may mean is not guessed."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("UPDATE ledger_schema SET version_num = '0999'")

    for create in (True, False):
        assert str(refusal(file, create=create)) == (
            f"The ledger {file} was written by a newer Proveout: its schema is 0999, "
            f"this one knows up to 0002.\nUpgrade: pip install --upgrade proveout"
        )


def test_odd_file_names_are_just_names(tmp_path: Path) -> None:
    """Nothing in a path is taken for an option of the database."""
    for name in (":memory:", "file:x?mode=memory", "a b%20ü.db"):
        with open_ledger(str(tmp_path / name)) as ledger:
            ledger.append([RUN])
        with open_ledger(str(tmp_path / name), create=False) as ledger:
            assert ledger.head()[0] == 1


@pytest.mark.parametrize("is_alive", [False, True], ids=["archived", "while others write"])
def test_a_ledger_that_may_only_be_read_can_be_verified(file: Path, is_alive: bool) -> None:
    """By an auditor, from an archive or beside the people who write it."""
    with open_ledger(str(file)) as writer:
        writer.append([RUN])
        if is_alive:
            _verify_read_only(file)
    _verify_read_only(file)


# --- trouble while it is open --------------------------------------------------------------------


def test_a_ledger_held_by_another_process_is_said_to_be_busy(
    ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After waiting its time; readers never wait."""
    monkeypatch.setattr(sqlite_module, "BUSY_TIMEOUT_S", 0.01)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_ledger(str(file)) as impatient:
            with pytest.raises(LedgerError) as caught:
                impatient.append([RUN])

            assert verify(impatient).is_whole
    assert str(caught.value) == (
        f"The ledger {file} is busy: another process has held it for more than a minute.\n"
        f"Find the process that has the file open, or try again when it has finished."
    )


def test_a_full_disk_loses_nothing_that_was_recorded(ledger: Ledger, file: Path) -> None:
    """The append that does not fit is refused as a whole; the next one may fit again."""
    database = cast(SqliteDatabase, cast(SqlLedger, ledger)._database)
    database.close()
    event.listen(database.engine, "connect", _leave_no_space)
    big = NewEntry(pilot="p", kind="evidence", body={"x": "x" * 1_000_000})
    with pytest.raises(LedgerError) as caught:
        ledger.append([RUN, big])

    assert str(caught.value) == (
        f"The ledger {file} could not be written: the disk is full. Nothing of this append was "
        f"kept.\nFree some space and run the command again; what was recorded before is whole."
    )
    assert verify(ledger).is_whole
    assert [entry.seq for entry in ledger.append([RUN])] == [2]


def test_an_interrupted_append_leaves_the_ledger_whole(file: Path) -> None:
    """Ctrl-C in the middle of it: all or none."""

    class Interrupting(dict[str, object]):
        """A body whose reading the user interrupts."""

        def items(self) -> object:  # type: ignore[override]
            raise KeyboardInterrupt

    with open_ledger(str(file)) as ledger:
        ledger.append([RUN])
        body = Interrupting(a=1)
        with pytest.raises(KeyboardInterrupt):
            ledger.append([RUN, NewEntry(pilot="p", kind="evidence", body=body)])

        assert verify(ledger).n_entries == 1
        assert verify(ledger).is_whole
        assert [entry.seq for entry in ledger.append([RUN])] == [2]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "attempt to write a readonly database",
            "The ledger {file} may not be written.\nGive this user write permission on the file "
            "and its folder, or name another with --ledger.",
        ),
        (
            "unable to open database file",
            "The ledger {file} could not be opened.\nGive this user permission to read and write "
            "the file and its folder, or name another with --ledger.",
        ),
        (
            "disk I/O error",
            "The ledger {file} refused: disk I/O error.\nSee: proveout ledger verify",
        ),
    ],
)
def test_what_sqlite_says_is_put_into_words(file: Path, said: str, expected: str) -> None:
    """Permissions cannot be tested as root, so the driver's words are."""
    explained = SqliteDatabase(file).explain(sqlite3.OperationalError(said))

    assert str(explained) == expected.format(file=file)


# --- addresses -----------------------------------------------------------------------------------


def test_other_databases_are_refused() -> None:
    """With what is possible."""
    assert str(refusal("mysql://root:secret@host/db")) == (
        "A ledger cannot be kept in 'mysql://'.\n"
        "Give a file path (SQLite) or a URL that begins with postgresql://"
    )


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    """Exit code 3: it could not be reached, nothing is known to be wrong with the ledger."""
    pytest.importorskip("psycopg")
    said = refusal("postgresql://ada:s3cret@127.0.0.1:1/pilots?application_name=s3cret")

    assert type(said) is UnreachableError
    assert said.message.startswith(
        "The ledger postgresql://ada@127.0.0.1:1/pilots cannot be reached: connection failed: "
    )
    assert said.hint == "Check that the server runs, the address, the user and the password."
    assert "s3cret" not in str(said)


@pytest.mark.parametrize(
    "url", ["postgresql://ada:s3cret@host:port/db", "postgresql://ada:s3@cret@host/db"]
)
def test_a_wrong_address_is_refused_without_showing_it(url: str) -> None:
    """It may hold a password, which must not end up in a log."""
    assert str(refusal(url)) == (
        "The address of the ledger is not a PostgreSQL URL.\n"
        "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE; special characters in the password "
        "as %XX."
    )


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is optional."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    said = refusal("postgresql://ada@host/db")
    assert type(said) is MissingExtraError
    assert str(said) == (
        "A ledger in PostgreSQL needs the optional part 'postgres', which is not installed.\n"
        "Install it: pip install 'proveout[postgres]'"
    )


@pytest.mark.postgres
def test_a_database_that_is_not_there_cannot_be_reached(postgres_server: str) -> None:
    """The server's own words are kept."""
    said = refusal(f"{postgres_server}/nowhere")

    assert type(said) is UnreachableError
    assert 'database "nowhere" does not exist' in said.message


@pytest.mark.postgres
def test_looking_does_not_make_a_ledger_in_postgresql(postgres_url: str) -> None:
    """The same rule as for files."""
    place = postgres_url
    assert (
        str(refusal(postgres_url, create=False))
        == f"There is no ledger in {place} yet.\n{MADE_WHEN}"
    )


@pytest.mark.postgres
def test_a_ledger_may_share_a_postgresql_database(postgres_url: str) -> None:
    """Other tables stay as they are."""
    import psycopg

    with psycopg.connect(postgres_url) as raw:
        raw.execute("CREATE TABLE customers (name text)")
    with open_ledger(postgres_url.replace("postgresql://", "postgres://")) as ledger:
        ledger.append([RUN])

        assert verify(ledger).is_whole


@pytest.mark.postgres
def test_a_ledger_held_in_postgresql_is_said_to_be_busy(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After waiting its time; readers never wait."""
    import psycopg

    monkeypatch.setattr(postgres_module, "LOCK_TIMEOUT", "10ms")
    with open_ledger(postgres_url) as ledger, psycopg.connect(postgres_url) as other:
        other.execute("SELECT seq FROM ledger_head FOR UPDATE")
        with pytest.raises(LedgerError) as caught:
            ledger.append([RUN])

        assert verify(ledger).is_whole
    assert str(caught.value) == (
        f"The ledger {postgres_url} is busy: another process has held it for more than a minute.\n"
        f"Find the session that holds the table ledger_head, or try again later."
    )


@pytest.mark.postgres
def test_a_lost_table_in_postgresql_is_a_broken_ledger(postgres_url: str) -> None:
    """Not one that is empty."""
    import psycopg

    with open_ledger(postgres_url) as ledger:
        with psycopg.connect(postgres_url) as raw:
            raw.execute("DROP TABLE ledger_entries")
        (problem,) = verify(ledger).problems

    assert 'relation "ledger_entries" does not exist' in problem.what


def _verify_read_only(file: Path) -> None:
    # The tests may run as root, whom no permission stops; so the way of opening is tested.
    database = SqliteDatabase(file, read_only=True)
    ledger = SqlLedger(database, lambda: NOON)
    assert (verify(ledger).n_entries, verify(ledger).is_whole) == (1, True)
    with pytest.raises(LedgerError) as caught:
        ledger.append([RUN])
    assert caught.value.message == f"The ledger {file} may not be written."
    database.close()


def _leave_no_space(raw: sqlite3.Connection, _record: object) -> None:
    raw.execute("PRAGMA max_page_count = 20")
