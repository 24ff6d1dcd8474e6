"""What a reader of one format is: one file in, one table out, with what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from proveout.charter.schema import Source
from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, Rejects

if TYPE_CHECKING:
    import ibis.expr.types as ir


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
class ReadTable:
    """What one file holds."""

    table: ir.Table
    """The rows that could be read, on the session's engine."""
    file: FileRead
    rejects: Rejects = field(default_factory=ListedRejects)


class Reader(Protocol):
    """Reads one format."""

    def __call__(self, file: SourceFile, session: Session) -> ReadTable:
        """Read one file. Raises InputError when nothing of it can be read."""
        ...
