"""What the dashboard's database is, to the machinery that it shares with the ledger."""

from __future__ import annotations

from pathlib import Path

from proveout.errors import StoreError
from proveout.evidence.ledger.kept import Kept

DESK = Kept(
    name="dashboard database",
    option="--database",
    hint_when_missing="It is made when the dashboard first starts: proveout serve",
    version_table="desk_schema",
    version="0007",
    known_versions=("0001", "0002", "0003", "0004", "0005", "0006", "0007"),
    migrations=Path(__file__).parent / "migrations",
    refused=StoreError,
    broken=StoreError,
    recorded="what was recorded before",
    look_at="Check the file and the folder that it is in.",
    held="the tables of the dashboard",
    connect_timeout_s=5,
    is_forced_to_disk=True,
)
