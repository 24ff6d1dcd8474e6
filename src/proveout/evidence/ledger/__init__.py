"""The ledger: what was found and decided, append-only and hash-chained."""

from proveout.evidence.ledger.memory import MemoryLedger
from proveout.evidence.ledger.opening import open_ledger
from proveout.evidence.ledger.port import (
    GENESIS,
    Entry,
    EntryKind,
    Ledger,
    NewEntry,
    Snapshot,
    StoredRow,
    entry_hash,
)

__all__ = [
    "GENESIS",
    "Entry",
    "EntryKind",
    "Ledger",
    "MemoryLedger",
    "NewEntry",
    "Snapshot",
    "StoredRow",
    "entry_hash",
    "open_ledger",
]
