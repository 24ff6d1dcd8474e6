"""An open workbook, whatever reads it: sheet by sheet as grids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proveout.intake.workbook.grid import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The sheets of a workbook, read one at a time."""

    names: tuple[str, ...]
    """Sheets of cells, in the workbook's order."""
    sheet: Callable[[str], Sheet]
    """Read one of them."""
    others: tuple[str, ...] = ()
    """What else it holds: 'charts', 'macros', 'dialogs'."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """What is told of the whole of it, such as the form of an old file."""
