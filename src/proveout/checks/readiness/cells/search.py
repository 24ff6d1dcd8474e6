"""Search a table for wrong cells: list them in a file, and sum them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from proveout.checks.readiness.cells.detecting import detect
from proveout.checks.readiness.cells.grid import Grid
from proveout.checks.readiness.cells.labels import Labels
from proveout.checks.readiness.cells.suspects import ColumnSuspects, SuspectCell
from proveout.errors import InputError
from proveout.evidence.model import Interval
from proveout.intake.readers.arrow_table import ArrowTable
from proveout.intake.session import Session, literal, quoted
from proveout.intake.standard.writing import replacing

if TYPE_CHECKING:
    from proveout.checks.readiness.cells.signal import Kind

COLUMNS = ("row", "column", "value", "kind", "reason", "confidence", "suggestion")
"""The columns of the file, in order."""
_EXAMPLES = 3
_BATCH = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSummary:
    """What was found in one column."""

    name: str
    n: int
    """Cells suspected."""
    by_kind: Mapping[Kind, int]
    """The most frequent first."""
    examples: Mapping[Kind, tuple[SuspectCell, ...]]
    """The surest of each kind, up to three, of different values."""
    interval: Interval | None
    """Where the true share lies; None without labels, since nothing then speaks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSearch:
    """What was found in a table."""

    source: str
    n_rows: int
    n_labelled: int
    """Rows whose right values were given."""
    columns: tuple[ColumnSummary, ...]
    """All columns, in the order of the table."""

    @property
    def n(self) -> int:
        """Cells suspected."""
        return sum(column.n for column in self.columns)


def search(
    grid: Grid, *, source: str, session: Session, labels: Labels | None = None,
    out: Path | None = None, seed: int = 0,
) -> CellSearch:  # fmt: skip
    """Find the suspected cells; write them to `out`, in the order of rows, where it is given.

    Raises InputError where the file cannot be written.
    """
    listing = None if out is None else _Listing(session)
    columns = []
    for at, found in enumerate(detect(grid, labels=labels, seed=seed)):
        columns.append(_summary(found))
        if listing is not None:
            listing.add(at, found)
    if listing is not None and out is not None:
        listing.write(out)
    n_labelled = 0 if labels is None else len(labels.rows)
    return CellSearch(
        source=source, n_rows=grid.n_rows, n_labelled=n_labelled, columns=tuple(columns)
    )


def _summary(found: ColumnSuspects) -> ColumnSummary:
    by_kind = dict(Counter(found.kinds).most_common())
    return ColumnSummary(
        name=found.column.name,
        n=len(found),
        by_kind=by_kind,
        examples={kind: tuple(found.surest(_EXAMPLES, kind)) for kind in by_kind},
        interval=found.interval,
    )


class _Listing:
    """Keeps the cells in the engine, which writes them in the order of rows."""

    def __init__(self, session: Session) -> None:
        import pyarrow as pa

        self._session = session
        types = {name: pa.string() for name in COLUMNS}
        types |= {"row": pa.int64(), "confidence": pa.float64(), "position": pa.int64()}
        self._table = ArrowTable(session, stem="suspects", types=types)

    def add(self, position: int, found: ColumnSuspects) -> None:
        """Take in one column's cells."""
        held: list[tuple[object, ...]] = []
        for cell in found.cells():
            held.append((*cell, position))
            if len(held) == _BATCH:
                self._table.append(list(zip(*held, strict=True)))
                held.clear()
        if held:
            self._table.append(list(zip(*held, strict=True)))

    def write(self, out: Path) -> None:
        """Write all that was taken in, whole or not at all, and forget it."""
        name, listed = quoted(self._table.name), ", ".join(map(quoted, COLUMNS))
        ordered = f'SELECT {listed} FROM {name} ORDER BY "row", "position"'  # noqa: S608 - own names
        try:
            with replacing(out) as partial:
                place = literal(str(partial))
                self._session.execute(f"COPY ({ordered}) TO {place} (FORMAT csv, HEADER)")
        except OSError as error:
            raise InputError(
                f"{out} cannot be written: {error.strerror or error}.",
                hint="Name a file in a folder that exists: --cells cells.csv",
            ) from error
        self._session.execute(f"DROP TABLE {name}")
