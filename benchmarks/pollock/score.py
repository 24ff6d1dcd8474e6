"""The measures of Pollock: how much of a file came through.

Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann: Pollock, a data loading benchmark (PVLDB 16,
2023).
Success is whether the file was loaded at all; header, records and cells are compared as multisets
by precision, recall and F1. The ten measures are summed, so that 10 is the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The ten measures of one file."""

    success: float
    header: tuple[float, float, float]
    records: tuple[float, float, float]
    cells: tuple[float, float, float]

    @property
    def total(self) -> float:
        """Their sum; 10 is the most."""
        return self.success + sum(self.header) + sum(self.records) + sum(self.cells)


FAILED = Score(success=0, header=(0, 0, 0), records=(0, 0, 0), cells=(0, 0, 0))


def score(loaded: Rows, clean: Rows) -> Score:
    """Compare what was loaded with what stands in the clean file; the first row is the header."""
    header, body = loaded[:1], loaded[1:]
    clean_header, clean_body = clean[:1], clean[1:]
    return Score(
        success=1.0,
        header=_agreement(_cells(header), _cells(clean_header)),
        records=_agreement(map(tuple, body), map(tuple, clean_body)),
        cells=_agreement(_cells(body), _cells(clean_body)),
    )


def _cells(rows: Rows) -> Iterable[str]:
    return (cell for row in rows for cell in row)


def _agreement(found: Iterable[Hashable], there: Iterable[Hashable]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of one multiset against another; two empty ones agree."""
    ours, theirs = Counter(found), Counter(there)
    if not ours and not theirs:
        return 1.0, 1.0, 1.0
    common = (ours & theirs).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / ours.total(), common / theirs.total()
    return precision, recall, 2 * precision * recall / (precision + recall)
