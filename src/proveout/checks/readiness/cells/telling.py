"""From suspected cells to evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.cells.search import CellSearch, ColumnSummary
from proveout.checks.readiness.cells.suspects import SuspectCell
from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable

METRIC = "readiness.suspect_cells"
_EXAMPLES = 3
_NO_LABELS = (
    "an estimate of detectors that nobody has checked: correct some rows by hand "
    "(proveout audit FILE --ask 20) to know how far it holds"
)
_LABELS = "an estimate of detectors, checked on {n} rows that were corrected by hand"


def findings_of(context: CheckContext, opened: OpenTable, found: CellSearch) -> Iterator[Finding]:
    """Yield the share of suspected cells of each column."""
    for column in found.columns:
        subject = Subject.of(source=opened.name, column=column.name)
        if not found.n_rows:
            yield NotMeasured(
                metric=METRIC, subject=subject, reason="the source holds no records",
                next_step="Give data with records.",
            )  # fmt: skip
            continue
        yield context.found(
            METRIC,
            column.n / found.n_rows,
            n=found.n_rows,
            scope="production",
            subject=subject,
            interval=column.interval,
            inputs={f"data:{opened.name}": opened.fingerprint},
            details=_details(found, column),
        )


def _details(found: CellSearch, column: ColumnSummary) -> dict[str, Any]:
    said = _LABELS.format(n=found.n_labelled) if found.n_labelled else _NO_LABELS
    details: dict[str, Any] = {"count": column.n, "kinds": dict(column.by_kind), "what": said}
    cells = examples(column)
    if cells:
        details["examples"] = [as_sentence(cell) for cell in cells]
        details["cells"] = [cell._asdict() for cell in cells]
    return details


def examples(column: ColumnSummary) -> list[SuspectCell]:
    """Return three cells, of as many kinds as there are."""
    by_turns = [
        cells[at]
        for at in range(_EXAMPLES)
        for cells in column.examples.values()
        if at < len(cells)
    ]
    return by_turns[:_EXAMPLES]


def as_sentence(cell: SuspectCell) -> str:
    """Say of one cell where it is, what it holds and why that is suspect.

    >>> as_sentence(SuspectCell(7, "abv", "0.05%", "type", "not a number", 0.9, "0.05"))
    "row 7: '0.05%', not a number; probably '0.05'"
    """
    value = f"'{cell.value}', " if cell.value.strip() else ""
    better = f"; probably '{cell.suggestion}'" if cell.suggestion else ""
    if cell.suggestion == "":
        better = "; better left empty"
    return f"row {cell.row:,}: {value}{cell.reason}{better}"
