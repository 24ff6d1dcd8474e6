"""What a reader of one format is: one file in, its tables out, with what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, Rejects

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from proveout.charter.schema import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file that is to be read."""

    path: Path
    """Where it is."""
    name: str
    """What it is called in messages and rejects: its path below the charter's folder."""
    source: Source
    """What the charter says of the source it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginText:
    """A cell, line or row beside a table that is no record of it."""

    at: str
    """Where it stands: 'A1', 'line 3', 'page 2'."""
    kind: Literal["title", "note", "header", "units", "total", "other"]
    text: str
    """As it stands; the cells of a row joined by tabs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTable:
    """One table that a file holds."""

    table: ir.Table
    """The rows that could be read, on the session's engine."""
    file: FileRead
    rejects: Rejects = field(default_factory=ListedRejects)
    part: str | None = None
    """What people call this table where the file holds several: a sheet, 'page 2, table 1' …"""
    repairs: Rejects = field(default_factory=ListedRejects)
    """What was put right while reading, row by row: 'reason' says what was done, 'raw' is the text
    as it stands. Not data lost."""
    margin: tuple[MarginText, ...] = ()
    """What stands around the table and is no record: titles, notes, units, totals."""
    places: ir.Table | None = None
    """Where each row stands in a document of pages: row (from 0), page (from 1), x0, top, x1 and
    bottom in points from the page's upper left corner."""


class Reader(Protocol):
    """Reads one format."""

    def __call__(self, file: SourceFile, session: Session) -> Sequence[ReadTable]:
        """Read one file: its tables, the main one first; only that which the source names, where
        it names one.

        Raises InputError when nothing of it can be read.
        """
        ...
