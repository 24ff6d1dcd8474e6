"""What the store is, to the machinery that it shares with the ledger."""

from __future__ import annotations

from pathlib import Path

from proveout.errors import StoreError
from proveout.evidence.ledger.kept import Kept

STORE = Kept(
    name="store",
    option="gateway.store",
    hint_when_missing=(
        "It is made when a gateway first starts: proveout gateway pilot.yaml. "
        "If it stands elsewhere, name it in the charter as gateway.store."
    ),
    version_table="runtime_schema",
    version="0002",
    known_versions=("0001", "0002"),
    migrations=Path(__file__).parent / "migrations",
    refused=StoreError,
    broken=StoreError,
    recorded="what was booked before",
    look_at="Check the file and the folder that it is in.",
    held="the tables of the store",
    connect_timeout_s=2,
    is_forced_to_disk=False,
)
