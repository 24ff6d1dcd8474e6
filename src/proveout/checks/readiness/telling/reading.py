"""How a source was read: what had to be put right, and what could not be had of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proveout.checks.contract import Finding
from proveout.checks.readiness.lost import UNREAD_PAGES
from proveout.checks.readiness.telling.writer import Writer
from proveout.intake.table import OpenTable, Reject, Rejects

FAULTY_CELLS = ("error-value", "formula-not-computed")
"""Reasons for which a cell is a reject although its row was read."""
_EXAMPLES = 3
_BEFORE_VERB = (" holds ", " is merged ")


def how_read(write: Writer) -> Iterator[Finding]:
    """Tell of repairs and of faulty cells, in all and by kind; nothing where there are none."""
    opened = write.audit.opened
    reasons = opened.rejects.by_reason()
    faulty = {kind: n for kind, n in reasons.items() if kind in FAULTY_CELLS}
    pages = {kind: n for kind, n in reasons.items() if kind in UNREAD_PAGES}
    yield from _counted(write, "unread_pages", pages, opened.rejects)
    yield from _counted(write, "faulty_cells", faulty, opened.rejects)
    yield from _counted(write, "repairs", opened.repairs.by_reason(), opened.repairs)


def n_faulty_cells(opened: OpenTable) -> int:
    """Return how many rejects are single cells of rows that were read."""
    return sum(n for kind, n in opened.rejects.by_reason().items() if kind in FAULTY_CELLS)


def _counted(
    write: Writer, what: str, by_kind: Mapping[str, int], told: Rejects
) -> Iterator[Finding]:
    rows = write.audit.n_rows
    if not by_kind:
        return
    total = sum(by_kind.values())
    yield write.found(what, total, n=rows, kinds=dict(by_kind))
    for kind, n in sorted(by_kind.items()):
        examples = [_example(each) for each in told.examples(_EXAMPLES, reason=kind)]
        yield write.found(what, n, n=rows, subject=write.subject(kind=kind), examples=examples)


def _example(reject: Reject) -> str:
    """Write where it is, and what stands there: 'Sheet1!B4: #N/A'."""
    for verb in _BEFORE_VERB:
        place, found, _ = reject.message.partition(verb)
        if found:
            return f"{place}: {reject.raw}" if reject.raw else place
    if reject.reason in UNREAD_PAGES:
        return f"{reject.file}, {reject.column}" if reject.column else reject.file
    where = reject.file if reject.line is None else f"line {reject.line}"
    return f"{where}: {reject.raw}"
