"""What a database of Proveout keeps: the ledger, or something else with tables of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proveout.errors import LedgerBrokenError, LedgerError, ProveoutError


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """By what name it goes, which tables it has, and how durable it is."""

    name: str
    """In messages: 'The ledger …'."""
    option: str
    """Where people name another place for it: '--ledger'."""
    hint_when_missing: str
    version_table: str
    """Where Alembic notes the migration."""
    version: str
    """The migration that this Proveout writes and reads."""
    known_versions: tuple[str, ...]
    """Every migration shipped, oldest first."""
    migrations: Path
    """The folder of its Alembic migrations."""
    refused: type[ProveoutError]
    """Raised where the database refuses what was asked."""
    broken: type[ProveoutError]
    """Raised where its storage is damaged."""
    recorded: str
    """What is whole after a full disk: 'what was recorded before'."""
    look_at: str
    """The next step where nothing better is known."""
    held: str
    """What a session may hold for too long: 'the table ledger_head'."""
    connect_timeout_s: int
    """How long a server may take to let us in."""
    is_forced_to_disk: bool
    """Whether a commit survives a power loss, or only the end of this process."""


LEDGER = Kept(
    name="ledger",
    option="--ledger",
    hint_when_missing=(
        "It is made when something is first recorded: proveout seal pilot.yaml, "
        "or proveout assess pilot.yaml. If it stands elsewhere, name it with --ledger."
    ),
    version_table="ledger_schema",
    version="0002",
    known_versions=("0001", "0002"),
    migrations=Path(__file__).parent / "migrations",
    refused=LedgerError,
    broken=LedgerBrokenError,
    recorded="what was recorded before",
    look_at="See: proveout ledger verify",
    held="the table ledger_head",
    connect_timeout_s=10,
    is_forced_to_disk=True,
)
