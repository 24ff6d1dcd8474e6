"""The ledger: what was found and decided, append-only and hash-chained."""

from proveout.evidence.ledger.memory import MemoryLedger
from proveout.evidence.ledger.opening import open_ledger
from proveout.evidence.ledger.port import (
    GENESIS,
    Entry,
    EntryKind,
    Ledger,
    Looked,
    NewEntry,
    News,
    Snapshot,
    Step,
    StoredRow,
    entry_hash,
)
from proveout.evidence.ledger.verification import Problem, Verification, verify

__all__ = [
    "GENESIS",
    "Entry",
    "EntryKind",
    "Ledger",
    "Looked",
    "MemoryLedger",
    "NewEntry",
    "News",
    "Problem",
    "Snapshot",
    "Step",
    "StoredRow",
    "Verification",
    "entry_hash",
    "open_ledger",
    "verify",
]
