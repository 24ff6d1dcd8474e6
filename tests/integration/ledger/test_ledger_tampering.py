"""Editing any byte of any entry in the database is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proveout.errors import LedgerBrokenError, LedgerError
from proveout.evidence.ledger import Ledger, NewEntry, open_ledger, verify

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = ("pilot", "kind", "recorded_at", "body", "prev_hash", "hash")
BODIES = [{"n": 1}, {"name": "Zoë", "x": [1.5, None]}, {}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger of three entries, its guards taken away as an attacker would."""
    path = tmp_path / "ledger.db"
    with open_ledger(str(path), clock=lambda: NOON) as ledger:
        ledger.append([NewEntry(pilot="p", kind="evidence", body=body) for body in BODIES])
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
    return path


@pytest.fixture
def raw(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection past Proveout."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.text_factory = bytes
        yield connection


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    """The same ledger through Proveout."""
    with open_ledger(str(file), create=False) as opened:
        yield opened


def test_editing_any_byte_of_any_column_is_found(ledger: Ledger, raw: sqlite3.Connection) -> None:
    """Byte by byte: another character, a damaged one, one less, one more."""
    missed, n = [], 0
    for seq in range(1, len(BODIES) + 1):
        for column in TEXTS:
            ((stored,),) = raw.execute(
                f"SELECT {column} FROM ledger_entries WHERE seq = ?", (seq,)
            ).fetchall()
            for at, byte in enumerate(stored):
                for new in (bytes([byte ^ 1]), bytes([byte ^ 0x80]), b"", bytes([byte]) * 2):
                    edited = stored[:at] + new + stored[at + 1 :]
                    _write(raw, seq, column, edited)
                    n += 1
                    if verify(ledger).is_whole:
                        missed.append((seq, column, at, new))
            _write(raw, seq, column, stored)
            assert verify(ledger).is_whole

    assert missed == []
    assert n > 2_000


def test_the_same_bytes_stored_as_something_else_than_text_are_found(
    ledger: Ledger, raw: sqlite3.Connection
) -> None:
    """SQLite keeps bytes in a text column without complaint."""
    raw.execute("UPDATE ledger_entries SET body = CAST(body AS BLOB) WHERE seq = 2")

    assert [p.what for p in verify(ledger).problems] == [
        "entry 2 was changed: its body is not text"
    ]


def test_a_changed_entry_reaches_no_reader(ledger: Ledger, raw: sqlite3.Connection) -> None:
    """Reading refuses it even where nobody has verified the ledger before."""
    raw.execute("""UPDATE ledger_entries SET body = '{"n":2}' WHERE seq = 1""")

    with pytest.raises(LedgerBrokenError) as refusal:
        list(ledger.entries())
    assert str(refusal.value) == (
        "Entry 1 of the ledger is not what was recorded: its content does not match its hash.\n"
        "See all that is wrong: proveout ledger verify"
    )


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_removing_an_entry_is_found(ledger: Ledger, raw: sqlite3.Connection, seq: int) -> None:
    """The first, the one in the middle, the last."""
    raw.execute("DELETE FROM ledger_entries WHERE seq = ?", (seq,))

    assert [p.seq for p in verify(ledger).problems] == [seq]
    assert [p.kind for p in verify(ledger).problems] == ["missing"]


def test_swapping_two_entries_is_found(ledger: Ledger, raw: sqlite3.Connection) -> None:
    """By their numbers alone."""
    for new, old in ((9, 1), (1, 2), (2, 9)):
        raw.execute("UPDATE ledger_entries SET seq = ? WHERE seq = ?", (new, old))

    assert [p.what for p in verify(ledger).problems] == [
        "entry 1 was recorded as entry 2",
        "entry 2 was recorded as entry 1",
    ]


def test_nothing_is_appended_to_a_ledger_whose_end_was_cut_off(
    ledger: Ledger, raw: sqlite3.Connection, file: Path
) -> None:
    """Going on would bury the loss."""
    raw.execute("DELETE FROM ledger_entries WHERE seq = 3")

    with pytest.raises(LedgerBrokenError) as refusal:
        ledger.append([NewEntry(pilot="p", kind="run", body={})])
    assert str(refusal.value) == (
        f"The ledger {file} should end with entry 3, and ends with entry 2 or another content of "
        f"it. Nothing was read or recorded.\nSee all that is wrong: proveout ledger verify"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_entries WHERE seq = 3",
        "UPDATE ledger_head SET seq = 2, hash = (SELECT hash FROM ledger_entries WHERE seq = 2)",
        "UPDATE ledger_head SET seq = 'three'",
        "DELETE FROM ledger_head",
    ],
)
def test_nothing_is_read_from_a_ledger_whose_end_does_not_fit(
    ledger: Ledger, raw: sqlite3.Connection, statement: str
) -> None:
    """Otherwise an older fact would stand in for a later one that somebody hid."""
    raw.execute(statement)

    with pytest.raises(LedgerBrokenError):
        list(ledger.entries(pilot="p"))
    assert [p.kind for p in verify(ledger).problems] in (["missing"], ["head"])


def test_nothing_is_read_from_a_ledger_with_a_gap(
    ledger: Ledger, raw: sqlite3.Connection, file: Path
) -> None:
    """Even where the gap is not among the entries that are asked for."""
    raw.execute("DELETE FROM ledger_entries WHERE seq = 1")

    with pytest.raises(LedgerBrokenError) as refusal:
        list(ledger.entries(kinds=["verdict"]))
    assert str(refusal.value) == (
        f"The ledger {file} should hold 3 entries, and holds 2.\n"
        f"See all that is wrong: proveout ledger verify"
    )


def test_a_lost_table_is_a_broken_ledger(
    ledger: Ledger, raw: sqlite3.Connection, file: Path
) -> None:
    """Not one that is empty."""
    raw.execute("DROP TABLE ledger_entries")

    assert [p.what for p in verify(ledger).problems] == [
        f"The ledger {file} is damaged: SQLite says 'no such table: ledger_entries'"
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        # The message of SQLite itself quotes a byte that is not text.
        (b"CREATE TABLE ledger_entries", b"CREATE TABLE \x94edger_entries", "malformed database"),
        # A column that is called otherwise.
        (b"prev_hash TEXT", b"prev_hush TEXT", "no such column"),
    ],
    ids=["not text", "another name"],
)
def test_a_damaged_description_of_the_tables_is_a_broken_ledger(
    file: Path, before: bytes, after: bytes, said: str
) -> None:
    """The file says what its tables are like; an edit there is an edit like any other."""
    content = file.read_bytes()
    assert before in content
    file.write_bytes(content.replace(before, after, 1))

    with (
        pytest.raises(LedgerBrokenError) as refusal,
        open_ledger(str(file), create=False) as opened,
    ):
        list(opened.entries())

    assert refusal.value.message.startswith(f"The ledger {file} is damaged: SQLite says '{said}")


def test_a_damaged_file_is_a_broken_ledger(file: Path) -> None:
    """Bytes overwritten in the file itself, past SQLite."""
    content = bytearray(file.read_bytes())
    at = content.rindex(b"Zo\xc3\xab")
    content[at : at + 2] = b"XX"
    file.write_bytes(content)

    with open_ledger(str(file), create=False) as ledger:
        assert [p.kind for p in verify(ledger).problems] == ["changed"]


# --- the guards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET pilot = 'q' WHERE seq = 1",
        "DELETE FROM ledger_entries WHERE seq = 1",
        "INSERT OR REPLACE INTO ledger_entries SELECT 1, 'q', kind, recorded_at, body, prev_hash, "
        "hash FROM ledger_entries WHERE seq = 1",
    ],
)
def test_sqlite_itself_refuses_to_change_entries(tmp_path: Path, statement: str) -> None:
    """A guard against accidents, whatever tool is used."""
    path = tmp_path / "ledger.db"
    with open_ledger(str(path)) as ledger:
        ledger.append([NewEntry(pilot="p", kind="run", body={})])

    with (
        closing(sqlite3.connect(path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="the ledger is append-only"),
    ):
        raw.execute(statement)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET pilot = 'q'",
        "DELETE FROM ledger_entries",
        "TRUNCATE ledger_entries",
    ],
)
def test_postgresql_itself_refuses_to_change_entries(postgres_url: str, statement: str) -> None:
    """A guard against accidents, whatever tool is used."""
    import psycopg

    with open_ledger(postgres_url) as ledger:
        ledger.append([NewEntry(pilot="p", kind="run", body={})])

    with (
        psycopg.connect(postgres_url) as raw,
        pytest.raises(psycopg.errors.RaiseException, match="the ledger is append-only"),
    ):
        raw.execute(statement)


@pytest.mark.postgres
def test_tampering_in_postgresql_is_found(postgres_url: str) -> None:
    """Every column, by an administrator who takes the guards away."""
    import psycopg

    with open_ledger(postgres_url) as ledger:
        ledger.append([NewEntry(pilot="p", kind="evidence", body=body) for body in BODIES])
        with psycopg.connect(postgres_url, autocommit=True) as raw:
            raw.execute("ALTER TABLE ledger_entries DISABLE TRIGGER ALL")
            for column in TEXTS:
                raw.execute(f"UPDATE ledger_entries SET {column} = {column} || 'x' WHERE seq = 2")
                assert [p.what for p in verify(ledger).problems] == [
                    "entry 2 was changed: its content does not match its hash"
                ]
                raw.execute(
                    f"UPDATE ledger_entries SET {column} = left({column}, -1) WHERE seq = 2"
                )
            assert verify(ledger).is_whole
            raw.execute("DELETE FROM ledger_entries WHERE seq = 3")
        assert [p.what for p in verify(ledger).problems] == [
            "entry 3 is missing, cut off at the end"
        ]
        with pytest.raises(LedgerError, match="Nothing was read or recorded"):
            ledger.append([NewEntry(pilot="p", kind="run", body={})])


def _write(raw: sqlite3.Connection, seq: int, column: str, content: bytes) -> None:
    raw.execute(
        f"UPDATE ledger_entries SET {column} = CAST(? AS TEXT) WHERE seq = ?", (content, seq)
    )
