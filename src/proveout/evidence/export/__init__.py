"""The ledger for other tools: plain JSON Lines, or signed in-toto statements."""

from proveout.evidence.export.checking import ExportCheck, check_export
from proveout.evidence.export.keys import (
    is_open_to_others,
    key_id,
    load_public_key,
    load_signing_key,
    make_key,
    public_pem,
)
from proveout.evidence.export.lines import ExportFormat, export_lines
from proveout.evidence.export.writing import write_lines

__all__ = [
    "ExportCheck",
    "ExportFormat",
    "check_export",
    "export_lines",
    "is_open_to_others",
    "key_id",
    "load_public_key",
    "load_signing_key",
    "make_key",
    "public_pem",
    "write_lines",
]
