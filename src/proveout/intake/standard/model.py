"""What is asked of a file that is to be written again, and what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked; the same of every file."""

    format: Literal["csv", "parquet"] = "csv"
    for_spreadsheet: bool = False
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    delimiter: str | None = None
    encoding: str | None = None
    table: str | None = None
    """Only this table or sheet of a file that holds several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFault:
    """A row that was put right or refused."""

    line: int | None
    reason: str
    message: str
    raw: str
    certainty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTable:
    """One table that was written."""

    path: Path | None
    """Where it was written; None where it went to standard output."""
    part: str | None
    """What it is called in the file, where the file holds several."""
    n_rows: int
    n_columns: int
    header: tuple[str, ...] | None
    header_line: int | None
    header_rows: int
    n_repairs: int = 0
    n_rejects: int = 0
    repairs: tuple[FoundFault, ...] = ()
    rejects: tuple[FoundFault, ...] = ()
    margin: tuple[Mapping[str, Any], ...] = ()
    """What stands around the table and is no record."""
    n_neutralised: int = 0
    """Cells that a spreadsheet would have run as a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What became of one file."""

    file: str
    format: str = ""
    read_as: Mapping[str, Any] = field(default_factory=dict)
    """What was found out: encoding, delimiter, quote …"""
    tables: tuple[FoundTable, ...] = ()
    error: str | None = None
    """Why it could not be read."""
    hint: str | None = None
