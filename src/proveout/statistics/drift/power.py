"""What a watch will find, measured on the pilot's data before launch by putting changes into it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from proveout.statistics.drift.changes import KINDS, Kind, inject
from proveout.statistics.drift.reference import Reference
from proveout.statistics.drift.watching import ALPHA, watch

SHARES = (0.01, 0.05, 0.10, 0.25)
FOUND = 0.8
"""A change is detectable where it is named in so many of the trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """One kind of change in one column."""

    column: str
    """'' for whole rows."""
    kind: str
    smallest: float | None
    """Share of rows from which on the change was found; None where not even the largest was."""
    found: tuple[tuple[float, float], ...]
    """(share of rows, share of trials in which the column was named), as far as it was tried:
    larger shares than the smallest found are not."""
    trials: int


def power_table(
    reference: Reference,
    table: Any,
    *,
    rows: int = 5_000,
    trials: int = 5,
    shares: Sequence[float] = SHARES,
    kinds: Sequence[str] = tuple(KINDS),
    alpha: float = ALPHA,
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Power]:
    """Put each kind of change into each column, again and again, and see from which share it shows.

    Windows of so many rows are drawn from `table` (pandas), which should be data that the reference
    knows. Kinds that do not apply to a column are left out.
    """
    columns = [name for name in reference.columns if name in table.columns]
    wanted = [
        (kind, column)
        for kind in (KINDS[name] for name in kinds)
        for column in ([""] if kind.change is None else columns)
    ]
    found = []
    for done, (kind, column) in enumerate(wanted):
        if progress is not None:
            progress(done, len(wanted), f"{kind.meaning}: {column or 'whole rows'}")
        power = _of_one(
            reference, table[columns], kind, column,
            rows=rows, trials=trials, shares=shares, alpha=alpha, seed=seed,
        )  # fmt: skip
        if power is not None:
            found.append(power)
    return found


def _of_one(
    reference: Reference,
    table: Any,
    kind: Kind,
    column: str,
    *,
    rows: int,
    trials: int,
    shares: Sequence[float],
    alpha: float,
    seed: int,
) -> Power | None:
    tried: list[tuple[float, float]] = []
    for share in sorted(shares):
        named = n = 0
        for trial in range(trials):
            key = zlib.crc32(f"{kind.name}/{column}/{share}".encode())
            chance = np.random.default_rng([seed, trial, key])
            drawn = chance.choice(len(table), size=min(rows, len(table)), replace=False)
            window = table.iloc[drawn].reset_index(drop=True)
            touched = chance.choice(len(window), size=int(share * len(window)), replace=False)
            changed = inject(window, column, kind, touched, chance)
            if changed is None:
                continue
            n += 1
            named += any(a.column == column for a in watch(reference, changed, alpha, lag=1).alarms)
        if not n:
            return None
        tried.append((share, named / n))
        if named >= FOUND * n:
            return Power(
                column=column, kind=kind.name, smallest=share, found=tuple(tried), trials=trials
            )
    return Power(column=column, kind=kind.name, smallest=None, found=tuple(tried), trials=trials)
