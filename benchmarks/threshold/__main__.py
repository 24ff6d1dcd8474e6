"""Run: python -m benchmarks.threshold [--runs 500] [--rows 300 1000 5000]

Draws rows from systems whose error at every threshold is known, has a threshold recommended, and
counts how often its promise is broken, and how much it lets through of what an oracle would.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
# What the coverage tests draw from is what the benchmark draws from.

from fixtures.known_confidence import REAL, made_up, tally


def main() -> None:
    """Measure and print the table for benchmarks/README.md."""
    asked = _arguments()
    populations = made_up()
    for name, real in REAL.items():
        found = real()
        if not found:
            print(f"{name}: the data are absent, left out")
        populations += found
    print(
        f"{asked.runs} draws, limit {asked.max_error:.0%}, probability {asked.probability:.0%}; "
        "per number of rows: broken / of the oracle's coverage / none found / interval covers"
    )
    print("| system | oracle lets through |" + "".join(f" {n:,} rows |" for n in asked.rows))
    print("| --- | --- |" + " --- |" * len(asked.rows))
    for population in populations:
        cells = []
        for rows in asked.rows:
            it = tally(
                population,
                rows=rows,
                runs=asked.runs,
                max_error=asked.max_error,
                probability=asked.probability,
            )
            cells.append(
                f"{it.broken:.1%} / {_share(it.ratio)} / {it.none:.0%} / {_share(it.covered)}"
            )
        best = population.best_coverage(asked.max_error)
        print(f"| {population.name} | {best:.0%} | " + " | ".join(cells) + " |", flush=True)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.threshold")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--rows", type=int, nargs="+", default=[300, 1_000, 5_000])
    parser.add_argument("--max-error", type=float, default=0.05)
    parser.add_argument("--probability", type=float, default=0.9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
