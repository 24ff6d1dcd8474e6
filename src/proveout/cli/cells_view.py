"""Suspected cells on a terminal, and as plain JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from proveout.evidence.figures import figure, span

if TYPE_CHECKING:
    from pathlib import Path

    from proveout.checks.readiness.cells import CellSearch
    from proveout.checks.readiness.cells.search import ColumnSummary

_COLUMNS_SHOWN = 12
_SAID = {
    "missing": ("is empty and should not be", "are empty and should not be"),
    "stand-in": ("says 'not known' in words", "say 'not known' in words"),
    "format": ("is written in another form", "are written in another form"),
    "type": ("is not of the column's type", "are not of the column's type"),
    "typo": ("looks mistyped", "look mistyped"),
    "spelling": ("is another spelling of a value", "are other spellings of a value"),
    "outlier": ("lies far outside all others", "lie far outside all others"),
    "dependency": ("does not fit the rest of its record", "do not fit the rest of their record"),
    "conflict": ("is contradicted by better sources", "are contradicted by better sources"),
    "misplaced": ("belongs into another column", "belong into another column"),
    "encoding": ("was read in a wrong encoding", "were read in a wrong encoding"),
    "edit": ("is wrong as rows corrected by hand were", "are wrong as rows corrected by hand were"),
    "learned": (
        "resembles what was corrected by hand", "resemble what was corrected by hand",
    ),
}  # fmt: skip
"""What one cell, and what several, of a kind do."""


def shown_cells(found: CellSearch, *, every: bool = False) -> RenderableType:
    """Return the human form: by column and kind, with three examples each."""
    suspected = sorted((c for c in found.columns if c.n), key=lambda column: -column.n)
    if not suspected:
        return Text.assemble(
            ("Suspect values  ", "bold"), f"none among {found.n_rows:,} records of {found.source}"
        )
    parts: list[RenderableType] = [_heading(found, len(suspected))]
    shown = suspected if every else suspected[:_COLUMNS_SHOWN]
    for column in shown:
        parts += ["", *_column(column, found.n_rows)]
    if len(shown) < len(suspected):
        more = len(suspected) - len(shown)
        parts += ["", Text(f"{more} more columns with fewer; --all shows them.", "dim")]
    return Group(*parts)


def plain_cells(found: CellSearch, out: Path | None) -> dict[str, Any]:
    """Return the plain form."""
    return {
        "source": found.source,
        "rows": found.n_rows,
        "labelled_rows": found.n_labelled,
        "suspected": found.n,
        "file": None if out is None else str(out),
        "columns": [
            {
                "column": column.name,
                "suspected": column.n,
                "share": column.n / found.n_rows if found.n_rows else 0.0,
                "interval": None
                if column.interval is None
                else [column.interval.low, column.interval.high],
                "kinds": [
                    {
                        "kind": kind,
                        "n": n,
                        "examples": [cell._asdict() for cell in column.examples[kind]],
                    }
                    for kind, n in column.by_kind.items()
                ],
            }
            for column in found.columns
            if column.n
        ],
    }


def _heading(found: CellSearch, n_columns: int) -> Text:
    in_columns = "1 column" if n_columns == 1 else f"{n_columns} columns"
    text = Text.assemble(
        ("Suspect values  ", "bold"), f"{found.source}: ",
        (f"{found.n:,} in {in_columns}", "bold"),
    )  # fmt: skip
    told = (
        f"checked on {found.n_labelled} rows corrected by hand"
        if found.n_labelled else "an estimate of detectors, not checked by hand"
    )  # fmt: skip
    text.append(f"; {told}", "dim")
    return text


def _column(column: ColumnSummary, n_rows: int) -> list[RenderableType]:
    text = Text.assemble((column.name, "bold"), f": {_cells(column.n)} ")
    text.append(f"({figure(column.n / n_rows, 'fraction')} of the records")
    if column.interval is not None:
        text.append(f"; truly {span(column.interval, 'fraction')}")
    text.append(")")
    lines: list[RenderableType] = [text]
    for kind, n in column.by_kind.items():
        one, many = _SAID[kind]
        lines.append(Padding(Text(f"{n:,} {one if n == 1 else many}", "yellow"), (0, 0, 0, 2)))
        lines += [Padding(_example(cell), (0, 0, 0, 4)) for cell in column.examples[kind]]
    return lines


def _cells(n: int) -> str:
    return "1 value" if n == 1 else f"{n:,} values"


def _example(cell: Any) -> Text:
    from proveout.checks.readiness.cells import as_sentence

    return Text(as_sentence(cell), "dim")
