"""The tables of the ledger, one schema for SQLite and PostgreSQL.

Entries are kept as the texts that were hashed, so that what is verified is what is stored.
Triggers refuse changes: a guard against accidents; the proof is the hash chain.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    event,
)

from proveout.evidence.ledger.kept import LEDGER
from proveout.evidence.ledger.port import GENESIS

SCHEMA_VERSION = LEDGER.version
"""The migration that this version of Proveout writes and reads."""

KNOWN_VERSIONS = LEDGER.known_versions
"""Every migration shipped, oldest first; the last one is SCHEMA_VERSION."""

VERSION_TABLE = LEDGER.version_table
"""Where Alembic notes the migration."""

METADATA = MetaData()

# On SQLite only INTEGER makes the column the row id.
_POSITION = BigInteger().with_variant(Integer(), "sqlite")

ENTRIES = Table(
    "ledger_entries",
    METADATA,
    Column("seq", _POSITION, primary_key=True, autoincrement=False),
    Column("pilot", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ledger_entries_by_pilot", "pilot", "seq"),
    Index("ledger_entries_by_kind", "kind", "pilot", "seq"),
)

HEAD = Table(
    "ledger_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", _POSITION, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("id = 1", name="ledger_head_is_one_row"),
)

GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        # INSERT OR REPLACE deletes without firing a delete trigger.
        "CREATE TRIGGER ledger_entries_no_replace BEFORE INSERT ON ledger_entries "
        "WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
        "CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
        "CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
    ),
}
"""Per database: what makes it refuse to change an entry."""


def _after(table: Table, statement: str, dialect: str | None = None) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _after(ENTRIES, _statement, _dialect)
_after(HEAD, f"INSERT INTO ledger_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')")  # noqa: S608
