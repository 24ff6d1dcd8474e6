"""A source that has been opened: its table, what could not be read, and its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # ibis takes half a second to import, and the charter a tenth
    import ibis.expr.types as ir

    from proveout.charter.schema import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row, cell or file region that could not be read as what it claims to be."""

    file: str
    """File or table it stands in."""
    line: int | None
    """Line in the file, from 1, where known."""
    column: str | None
    """Column or cell, where one cell is to blame."""
    reason: str
    """Stable code: 'cast', 'missing-columns', 'too-many-columns', 'encoding', 'unreadable-file'."""
    message: str
    """What is wrong, in one sentence."""
    raw: str
    """The text as it stands, cut at 500 characters."""


class Rejects(Protocol):
    """What could not be read: counted exactly, listed on demand."""

    @property
    def count(self) -> int:
        """How many there are; exact, however many are listed."""
        ...

    def by_reason(self) -> Mapping[str, int]:
        """Count by reason code."""
        ...

    def examples(self, most: int = 3, *, reason: str | None = None) -> list[Reject]:
        """Return the first few."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One file of a source, and how it was read."""

    name: str
    n_bytes: int
    format: str
    read_as: Mapping[str, Any] = field(default_factory=dict)
    """What was found out: encoding, delimiter, header line, sheet …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """One delivery of a source that is a series of files: its rows by themselves."""

    name: str
    """Name of the file (and of the sheet, where sheets are put together)."""
    table: ir.Table
    """The rows as read, before they were put together with those of the others."""
    file: FileRead
    modified_at: datetime | None = None
    """When the file was last written; with time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """An opened source. The expression is lazy: nothing is pulled until figures are asked for."""

    name: str
    """Name of the source, unique in the charter."""
    source: Source
    """What the charter says of it."""
    table: ir.Table
    """The rows that could be read, with the columns as found."""
    rejects: Rejects
    repairs: Rejects
    """What was put right while reading, row by row; nothing is lost by it."""
    fingerprint: str
    """'sha256:…' over content (files) or over schema, count and sampled content (databases)."""
    files: tuple[FileRead, ...] = ()
    parts: tuple[TablePart, ...] = ()
    """The tables that were put together, in the order of their names; none where it is one."""
