"""Which rows count, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from proveout.checks.value.records import EMPTY, Records
from proveout.statistics.effects.cases import Flags, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Rows that do not count."""

    why: str
    """Goes on from 'rows with': 'an end before the beginning'."""
    n: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a KPI cannot be taken from the records."""

    why: str
    next_step: str


class Sorting:
    """Which rows count, and why the others do not: the first reason that holds."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.counts = np.ones(records.n, dtype=bool)
        self.left: list[Left] = []

    def leave(self, rows: Flags, why: str, column: str | None = None) -> None:
        """Leave rows out that still count."""
        n = int(np.count_nonzero(rows & self.counts))
        if n:
            examples = self.records.unreadable.get(column or "", ())
            self.left.append(Left(why=why, n=n, examples=examples))
            self.counts &= ~rows

    def leave_field(self, values: Floats, column: str, *, what: str) -> None:
        """Leave rows out whose field is empty or cannot be read."""
        self.leave(values == EMPTY, f"nothing in '{column}'", column)
        self.leave(np.isnan(values), f"what is no {what} in '{column}'", column)


def left_out_words(left: Sequence[Left]) -> Iterator[str]:
    """Write what does not count: '3 rows with an end before the beginning'."""
    for each in left:
        rows = "row" if each.n == 1 else "rows"
        told = f" ({', '.join(repr(text) for text in each.examples)})" if each.examples else ""
        yield f"{each.n:,} {rows} with {each.why}{told}"
