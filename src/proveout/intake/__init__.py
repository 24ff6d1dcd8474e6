"""Production data as it is: sources become tables, and what cannot be read is kept and counted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proveout.intake.charter_data import CharterData
    from proveout.intake.opening import open_source
    from proveout.intake.place import source_name
    from proveout.intake.sampling import fetch
    from proveout.intake.session import Session
    from proveout.intake.table import FileRead, OpenTable, Reject, Rejects
    from proveout.intake.union import unite

__all__ = [
    "CharterData", "FileRead", "OpenTable", "Reject", "Rejects", "Session", "fetch", "open_source",
    "source_name", "unite",
]  # fmt: skip

_WHERE = {
    "CharterData": "charter_data",
    "FileRead": "table",
    "OpenTable": "table",
    "Reject": "table",
    "Rejects": "table",
    "Session": "session",
    "fetch": "sampling",
    "open_source": "opening",
    "source_name": "place",
    "unite": "union",
}


def __getattr__(name: str) -> Any:
    # Who needs one room, as each process of `proveout read` does, does not wait for the others.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = found
    return found
