"""Single cells that are probably wrong: which, why, how surely, and what they should be (R205)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proveout.checks.contract import CheckContext, Finding, Progress
from proveout.checks.readiness.cells.grid import Grid, grid_of, read_grid
from proveout.checks.readiness.cells.labels import Labels
from proveout.checks.readiness.cells.labels_file import read_labels, write_labels
from proveout.checks.readiness.cells.opening import text_of
from proveout.checks.readiness.cells.picking import pick_rows
from proveout.checks.readiness.cells.search import COLUMNS, CellSearch, search
from proveout.checks.readiness.cells.suspects import SuspectCell
from proveout.checks.readiness.cells.telling import METRIC, as_sentence, findings_of
from proveout.intake.table import OpenTable

__all__ = [
    "COLUMNS", "METRIC", "CellSearch", "Grid", "Labels", "SuspectCell", "as_sentence",
    "cell_findings", "findings_of", "grid_of", "pick_rows", "read_grid", "read_labels", "search",
    "text_of", "write_labels",
]  # fmt: skip


def cell_findings(context: CheckContext, sources: Sequence[OpenTable]) -> Iterator[Finding]:
    """Look at every cell of the production sources, without labels."""
    for done, opened in enumerate(sources):
        what = f"looking at the cells of {opened.name}"
        yield Progress(done=done, total=len(sources), what=what)
        with text_of(opened, context.loaded.folder) as (grid, session):
            found = search(grid, source=opened.name, session=session, seed=context.seed)
        yield from findings_of(context, opened, found)
