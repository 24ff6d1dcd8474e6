"""What lies beside the rows that were read, and was left."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.evidence.model import Subject
from proveout.evidence.outcome import NotMeasured
from proveout.intake.table import OpenTable


def left_unread(opened: OpenTable) -> Iterator[NotMeasured]:
    """Name the further sheets of each workbook: one is read, where the charter names none."""
    for file in opened.files:
        others = [str(sheet) for sheet in file.read_as.get("other_sheets", ())]
        if others:
            were = "sheet was" if len(others) == 1 else "sheets were"
            yield NotMeasured(
                metric="readiness.rows",
                subject=Subject.of(source=opened.name),
                reason=f"of {file.name} the sheet '{file.read_as['sheet']}' was read; "
                f"{len(others)} other {were} not: {', '.join(others)}",
                next_step="Name each sheet that counts as a source of its own, by table, "
                "in data.production.",
            )
