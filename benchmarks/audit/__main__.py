"""Run: python -m benchmarks.audit [--rows N] [--rounds N] [--peers]

Makes the table, times `proveout audit` against DuckDB's SUMMARIZE on it in turns (A B A B …),
checks that the audit found what was planted, times the audit of the flights of the example, and on
request the profiles of other packages, each in a virtual environment that is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.audit import flights, found, peers, table
from benchmarks.audit.flights import PROVEOUT
from benchmarks.audit.running import Run, Runner, elsewhere

_SUMMARIZE = """
import sys, time, duckdb
duckdb.execute("SET enable_progress_bar = false")
began = time.perf_counter()
duckdb.execute(f"SUMMARIZE SELECT * FROM '{sys.argv[1]}'").fetchall()
print(time.perf_counter() - began)
"""


def main() -> None:
    """Measure, check, and print the tables for benchmarks/README.md."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="audit-bench-") as name:
        folder = Path(name)
        runner = Runner(folder)
        path = folder / "orders.parquet"
        planted = elsewhere(table.write, path, asked.rows)
        print(
            f"{asked.rows:,} rows x 20 columns, {path.stat().st_size / 2**20:,.0f} MiB of Parquet; "
            f"{os.cpu_count()} cores\n"
        )
        ours, theirs = _in_turns(runner, path, asked.rounds)
        found.check(json.loads(ours[-1].output), planted)
        _report(ours, theirs)
        _report_flights(flights.measure(runner, flights.write(folder / "flights"), asked.rounds))
        if asked.peers:
            peers.report(runner, path, sizes=asked.peer_rows, longest_s=asked.peer_seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="install and time other profilers")
    parser.add_argument(
        "--peer-rows", type=int, nargs="+", default=[200_000], help="how many of the rows they get"
    )
    parser.add_argument("--peer-seconds", type=float, default=600, help="how long they may take")
    return parser.parse_args()


def _in_turns(runner: Runner, path: Path, rounds: int) -> tuple[list[Run], list[Run]]:
    """Run both in turns, after one round for practice: files are then read, modules compiled."""
    ours, theirs = [], []
    for nth in range(rounds + 1):
        their = runner.run(_SUMMARIZE, str(path))
        our = runner.run(PROVEOUT, "audit", str(path), "--json")
        if nth:
            theirs.append(their)
            ours.append(our)
            print(f"  {nth}: {our.seconds:.2f} s against {their.seconds:.2f} s", flush=True)
    return ours, theirs


def _report(ours: Sequence[Run], theirs: Sequence[Run]) -> None:
    queries = [float(run.output) for run in theirs]
    print("\n| | median | range | processor time | peak memory |\n| --- | --- | --- | --- | --- |")
    _line("`proveout audit`, whole process", ours, [run.seconds for run in ours])
    _line("DuckDB `SUMMARIZE`, whole process", theirs, [run.seconds for run in theirs])
    _line("DuckDB `SUMMARIZE`, the query alone", theirs, queries)
    pairs = list(zip(ours, theirs, queries, strict=True))
    ratios = {
        "time, whole process": [a.seconds / b.seconds for a, b, _ in pairs],
        "time, against the query alone": [a.seconds / query for a, _, query in pairs],
        "processor time": [a.cpu_seconds / b.cpu_seconds for a, b, _ in pairs],
        "peak memory": [a.mebibytes / b.mebibytes for a, b, _ in pairs],
    }
    print(f"\n| ratio, pair by pair ({len(pairs)} pairs) | median | range |\n| --- | --- | --- |")
    for what, each in ratios.items():
        print(f"| {what} | {median(each):.2f} | {min(each):.2f} - {max(each):.2f} |")


def _report_flights(runs: Sequence[Run]) -> None:
    print("\n| flights, 336,776 x 20 in CSV | median | range | processor time | peak memory |")
    print("| --- | --- | --- | --- | --- |")
    _line("`proveout audit`, whole process", runs, [run.seconds for run in runs])


def _line(name: str, runs: Sequence[Run], seconds: Sequence[float]) -> None:
    spread = f"{min(seconds):.2f} - {max(seconds):.2f}"
    cpu, memory = median(r.cpu_seconds for r in runs), max(r.mebibytes for r in runs)
    print(f"| {name} | {median(seconds):.2f} s | {spread} s | {cpu:.2f} s | {memory:,.0f} MiB |")


if __name__ == "__main__":
    main()
