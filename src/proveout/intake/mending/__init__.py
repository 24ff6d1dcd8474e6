"""Broken delimited text put right: text in, tables out, and every repair, reject and note said.

Pure: no file, no engine. `read_text` is the whole surface; the modules behind it go from lines to
a dialect, to rows, to the layout of the file, to rows that fit their columns.
"""

from __future__ import annotations

from proveout.intake.mending.model import (
    Fault,
    MendedTable,
    Mending,
    Note,
    TextDialect,
)
from proveout.intake.mending.reading import read_text

__all__ = ["Fault", "MendedTable", "Mending", "Note", "TextDialect", "read_text"]
