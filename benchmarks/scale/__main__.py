"""Run: python -m benchmarks.scale --csv-gb 1
or:  python -m benchmarks.scale --rows 1e6 1e7 1e8 [--format csv] [--memory 5GB]

The first audits a well-formed CSV and has DuckDB read and summarise the same file, in turns. The
second audits tables of 10 columns that grow tenfold, on two processors.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.audit.flights import PROVEOUT
from benchmarks.audit.running import Run, Runner, elsewhere
from benchmarks.scale import tables

_ENGINE_ALONE = """
import sys, duckdb
duckdb.execute("SET enable_progress_bar = false")
duckdb.execute(f"CREATE TABLE read AS SELECT * FROM read_csv('{sys.argv[1]}')")
duckdb.execute("SUMMARIZE read").fetchall()
"""


def main() -> None:
    """Measure and print the tables for benchmarks/README.md."""
    asked = _arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory(prefix="scale-bench-", dir=asked.folder) as name:
        folder = Path(name)
        if asked.csv_gb:
            _against_the_engine(folder, int(asked.csv_gb * 1e9), asked.rounds)
        if asked.rows:
            os.environ["PROVEOUT_MEMORY_LIMIT"] = asked.memory
            _growing(folder, [int(n) for n in asked.rows], asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--csv-gb", type=float, default=0, help="size of the CSV, in 10^9 bytes")
    parser.add_argument("--rows", type=float, nargs="+", default=[], help="sizes, ascending")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--memory", default="5GB", help="what the engine may use with --rows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where temporary files go")
    return parser.parse_args()


def _against_the_engine(folder: Path, n_bytes: int, rounds: int) -> None:
    runner, path = Runner(folder), folder / "orders.csv"
    n_rows = elsewhere(tables.write_csv, path, n_bytes, folder)
    print(f"{path.stat().st_size / 1e9:.2f} GB of CSV, {n_rows:,} rows x 20 columns, 2 processors")
    ours: list[Run] = []
    theirs: list[Run] = []
    for nth in range(rounds + 1):
        their = runner.run(_ENGINE_ALONE, str(path))
        our = runner.run(PROVEOUT, "audit", str(path), "--json")
        if nth:  # the first is for practice: files are then read, modules compiled
            ours.append(our)
            theirs.append(their)
            print(f"  {nth}: {our.seconds:.2f} s against {their.seconds:.2f} s", flush=True)
    print("\n| | median | range | processor time | peak memory |\n| --- | --- | --- | --- | --- |")
    print(_row("`proveout audit`, whole process", ours))
    print(_row("DuckDB reads it and `SUMMARIZE`, whole process", theirs))
    print("\n| ratio, pair by pair | median | range |\n| --- | --- | --- |")
    pairs = list(zip(ours, theirs, strict=True))
    _ratio("time", [a.seconds / b.seconds for a, b in pairs])
    _ratio("processor time", [a.cpu_seconds / b.cpu_seconds for a, b in pairs])


def _ratio(what: str, ratios: Sequence[float]) -> None:
    print(f"| {what} | {median(ratios):.2f} | {min(ratios):.2f} - {max(ratios):.2f} |")


def _growing(folder: Path, sizes: Sequence[int], asked: argparse.Namespace) -> None:
    runner = Runner(folder)
    print(f"10 columns of {asked.format}, 2 processors, {asked.memory} for the engine\n")
    print("| rows | file | median | range | processor time | per million rows | peak memory |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n_rows in sizes:
        path = folder / f"orders.{asked.format}"
        elsewhere(tables.write_orders, path, n_rows)
        if n_rows == sizes[0]:
            _audit(runner, path, n_rows)  # for practice: modules are then compiled
        runs = [_audit(runner, path, n_rows) for _ in range(asked.rounds)]
        size = path.stat().st_size / 1e9
        cpu = median(run.cpu_seconds for run in runs)
        seconds = sorted(run.seconds for run in runs)
        print(
            f"| {n_rows:,} | {size:.2f} GB | {median(seconds):.1f} s "
            f"| {seconds[0]:.1f} - {seconds[-1]:.1f} s | {cpu:.1f} s | {cpu / n_rows * 1e6:.2f} s "
            f"| {max(run.mebibytes for run in runs):,.0f} MiB |",
            flush=True,
        )
        path.unlink()


def _audit(runner: Runner, path: Path, n_rows: int) -> Run:
    """Audit a table, and see that it found what is in it. Raises AssertionError."""
    run = runner.run(PROVEOUT, "audit", str(path), "--json")
    assert run.output.startswith("{"), f"no JSON: {run.output[:200]!r}"
    text = json.dumps(json.loads(run.output))
    assert f'"n": {n_rows}' in text, "the number of rows"
    words = (n_rows - 2) // 1000 + 1
    assert f'"misfits": {words}' in text, "the words among the readings"
    return run


def _row(name: str, runs: Sequence[Run]) -> str:
    seconds = sorted(run.seconds for run in runs)
    return (
        f"| {name} | {median(seconds):.2f} s | {seconds[0]:.2f} - {seconds[-1]:.2f} s "
        f"| {median(run.cpu_seconds for run in runs):.2f} s "
        f"| {max(run.mebibytes for run in runs):,.0f} MiB |"
    )


if __name__ == "__main__":
    main()
