"""The text of a source, as it stands in its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proveout.checks.readiness.cells.grid import Grid, read_grid
from proveout.intake import OpenTable, Session, open_source
from proveout.intake.memory import engine_memory_bytes


@contextmanager
def text_of(opened: OpenTable, folder: Path) -> Iterator[tuple[Grid, Session]]:
    """Open a source once more, with all values as text; the engine lives as long as the block.

    The source is open already, typed, in another engine: this one gets half of the memory.
    """
    with Session(memory_bytes=engine_memory_bytes() // 2, keeps_text=True) as session:
        again = open_source(opened.source, folder=folder, session=session, name=opened.name)
        yield read_grid(again.table, session), session
