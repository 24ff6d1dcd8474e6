"""What comes out of broken text: tables, and what was put right, refused or set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoteKind = Literal["title", "note", "header", "units", "total", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDialect:
    """How a text is cut into fields."""

    delimiter: str
    """One character; an empty text where there is only one column."""
    quote: str = '"'
    backslash: bool = False
    """A quote within a quoted field is written as backslash and quote."""
    skips_blanks: bool = False
    """A blank follows each delimiter and is no part of the field."""

    @property
    def shown(self) -> str:
        """The delimiter as it stands in the file."""
        return f"{self.delimiter} " if self.skips_blanks else self.delimiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that does not fit as it stands: put right, or refused."""

    line: int
    """Line of the file in which the row begins, from 1."""
    reason: str
    """Stable code of what was wrong."""
    message: str
    """What was done, or why nothing could be, in one sentence."""
    raw: str
    """The row as it stands."""
    certainty: float = 1.0
    """Of a repair: how likely it is right, among all the repairs that are possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line beside a table that is no record of it."""

    line: int
    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedTable:
    """One table of a text."""

    header: tuple[str, ...] | None
    """Names as written, header rows joined with a blank; None where there is no header."""
    width: int
    """How many columns there are."""
    header_line: int | None
    """Line in which the header begins, from 1."""
    header_rows: int
    """Over how many rows the header goes."""
    rows: list[list[str]]
    repairs: tuple[Fault, ...] = ()
    rejects: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    trailing_delimiter: bool = False
    """Every row ends in a delimiter, after which there is no column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """All that was found in a text; no table where it holds nothing but blank lines."""

    dialect: TextDialect
    tables: tuple[MendedTable, ...]
    newlines: tuple[str, ...] = ()
    """Which line ends occur: 'LF', 'CRLF', 'CR'."""
    notes: tuple[Note, ...] = ()
    """Notes of a text without a table."""

    @property
    def n_faults(self) -> int:
        """How many rows were not as they should be."""
        return sum(len(table.repairs) + len(table.rejects) for table in self.tables)
