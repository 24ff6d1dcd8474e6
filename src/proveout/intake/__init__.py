"""Production data as it is: sources become tables, and what cannot be read is kept and counted."""

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
