"""A table as it was found on a page, before anything is known of its header."""

from __future__ import annotations

from dataclasses import dataclass, field

from proveout.intake.pdf.page import Box


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, and where it stands."""

    page: int
    box: Box
    cells: tuple[str, ...]
    boxes: tuple[Box | None, ...]
    """Where each cell's text stands; None where it is empty."""
    filled: tuple[int, ...] = ()
    """Columns whose text stands in a cell that reaches down from the row above."""

    @property
    def text(self) -> str:
        """Its cells, joined by tabs."""
        return "\t".join(self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A line of a page that is no row of a table."""

    page: int
    box: Box
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table on one page."""

    page: int
    box: Box
    columns: tuple[tuple[float, float], ...]
    """From where to where each column reaches."""
    rows: tuple[Row, ...]
    ruled: bool
    """Drawn with rules, rather than found by the gaps between its columns."""
    n_header: int | None = None
    """Rows of header, where the drawing shows it."""
    asides: tuple[Aside, ...] = field(default=())
    """Lines between its rows that are no rows."""
