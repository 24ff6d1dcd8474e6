"""A table as numbers: each column's different values once, and per row which of them it holds.

Everything that looks at single values works on the different ones; everything that looks at rows
works on whole arrays of codes. A row then costs four bytes a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from proveout.intake.session import Session

if TYPE_CHECKING:
    import ibis.expr.types as ir

Codes = NDArray[np.int32]
Scores = NDArray[np.float32]

_PIECE_ROWS = 1 << 17


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its different values, and which of them each row holds."""

    name: str
    codes: Codes
    """Per row; a missing value has the code of the empty text."""
    values: tuple[str, ...]
    """The different values, as they stand in the file."""

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Rows by value."""
        return np.bincount(self.codes, minlength=len(self.values)).astype(np.int64)

    @cached_property
    def is_empty(self) -> NDArray[np.bool_]:
        """By value: whether it is empty or blank."""
        return np.fromiter((not value.strip() for value in self.values), bool, len(self.values))

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return len(self.codes)

    @cached_property
    def n_filled(self) -> int:
        """Rows with a value."""
        return int(self.counts[~self.is_empty].sum())

    @cached_property
    def n_distinct(self) -> int:
        """Different values, without the empty one."""
        return int((~self.is_empty).sum())

    def filled(self) -> Iterator[tuple[int, str, int]]:
        """Yield code, value and rows of each value that is not empty."""
        counts, empty = self.counts.tolist(), self.is_empty.tolist()
        for code, value in enumerate(self.values):
            if not empty[code]:
                yield code, value, counts[code]

    def at(self, row: int) -> str:
        """Return the text of one cell."""
        return self.values[int(self.codes[row])]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All columns of a table."""

    columns: tuple[Column, ...]
    n_rows: int

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def grid_of(columns: Sequence[tuple[str, Sequence[str | None]]]) -> Grid:
    """Make a grid of columns in memory."""
    import pyarrow as pa

    made = []
    for name, values in columns:
        coder = _Coder()
        coder.add(pa.array(list(values), pa.string()))
        made.append(coder.column(name))
    return Grid(columns=tuple(made), n_rows=made[0].n_rows if made else 0)


def read_grid(table: ir.Table, session: Session) -> Grid:
    """Read a table piece by piece, keeping each different text once.

    Rows are in the order of the source; values that are not text are written as the engine does.
    """
    names = tuple(table.columns)
    coders = [_Coder() for _ in names]
    for piece in _pieces(table, session):
        for coder, column in zip(coders, piece.columns, strict=True):
            coder.add(column)
    made = tuple(coder.column(name) for name, coder in zip(names, coders, strict=True))
    return Grid(columns=made, n_rows=made[0].n_rows if made else 0)


def _pieces(table: ir.Table, session: Session) -> Iterable[Any]:
    texts = table.select(**{name: table[name].cast("string") for name in table.columns})
    backend = table.get_backend()
    pieces: Iterable[Any] = (
        session.engine.sql(str(backend.compile(texts))).to_arrow_reader(_PIECE_ROWS)
        if backend.name == "duckdb"
        else texts.to_pyarrow_batches(chunk_size=_PIECE_ROWS)
    )
    return pieces


@dataclass
class _Coder:
    """Gives each different text a code."""

    known: dict[str, int] = field(default_factory=dict)
    codes: list[Codes] = field(default_factory=list)

    def add(self, piece: Any) -> None:
        """Take in some more texts, an Arrow array."""
        import pyarrow.compute as pc

        coded = pc.fill_null(piece, "").dictionary_encode()
        mine = coded.dictionary.to_pylist()
        to_known = np.fromiter(
            (self.known.setdefault(text, len(self.known)) for text in mine), np.int32, len(mine)
        )
        self.codes.append(to_known[coded.indices.to_numpy(zero_copy_only=False)])

    def column(self, name: str) -> Column:
        """Return what was taken in."""
        whole = np.concatenate(self.codes) if self.codes else np.zeros(0, np.int32)
        return Column(name=name, codes=whole, values=tuple(self.known))
