"""Run: python -m benchmarks.audit [--rows N] [--rounds N] [--peers]

Makes the table, times `proveout audit` against DuckDB's SUMMARIZE on it in turns (A B A B …),
checks that the audit found what was planted, and on request times the profiles of other packages,
each in a virtual environment of its own that is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.audit import found, peers, table

_SUMMARIZE = """
import sys, time, duckdb
duckdb.execute("SET enable_progress_bar = false")
began = time.perf_counter()
duckdb.execute(f"SUMMARIZE SELECT * FROM '{sys.argv[1]}'").fetchall()
print(time.perf_counter() - began)
"""
_PROVEOUT = "from proveout.cli import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process, from start to end."""

    seconds: float
    mebibytes: float
    """Peak resident memory."""
    output: str


def main() -> None:
    """Measure, check, and print a table for benchmarks/README.md."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="audit-bench-") as folder:
        path = Path(folder) / "orders.parquet"
        planted = table.write(path, asked.rows)
        print(
            f"{asked.rows:,} rows x 20 columns, {path.stat().st_size / 2**20:,.0f} MiB of Parquet"
        )
        ours, theirs, queries = [], [], []
        for _ in range(asked.rounds):
            theirs.append(_run(_SUMMARIZE, str(path)))
            queries.append(float(theirs[-1].output))
            ours.append(_run(_PROVEOUT, "audit", str(path), "--json"))
        found.check(json.loads(ours[-1].output), planted)
        _report(ours, theirs, queries)
        if asked.peers:
            peers.report(path, n_rows=asked.peer_rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="install and time other profilers")
    parser.add_argument("--peer-rows", type=int, default=200_000)
    return parser.parse_args()


def _run(code: str, *arguments: str) -> Run:
    """Run Python code in a process of its own and measure it as a whole."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if os.waitstatus_to_exitcode(status):
            sys.exit(f"{code.strip()[:60]} … failed:\n{errors}")
        output.seek(0)
        return Run(seconds=seconds, mebibytes=usage.ru_maxrss / 1024, output=output.read())


def _report(ours: list[Run], theirs: list[Run], queries: list[float]) -> None:
    def line(name: str, seconds: list[float], memory: list[float]) -> None:
        spread = f"{min(seconds):.2f} - {max(seconds):.2f}"
        print(f"| {name} | {median(seconds):.2f} s | {spread} | {max(memory):,.0f} MiB |")

    print("| | median | range | peak memory |\n| --- | --- | --- | --- |")
    our_memory, their_memory = [r.mebibytes for r in ours], [r.mebibytes for r in theirs]
    line("`proveout audit`, whole process", [r.seconds for r in ours], our_memory)
    line("DuckDB `SUMMARIZE`, whole process", [r.seconds for r in theirs], their_memory)
    line("DuckDB `SUMMARIZE`, the query alone", queries, their_memory)
    pairs = zip(ours, theirs, queries, strict=True)
    whole, query = zip(*((a.seconds / b.seconds, a.seconds / q) for a, b, q in pairs), strict=True)
    print(
        f"Ratio, median of {len(ours)} pairs: {median(whole):.2f} of the process, "
        f"{median(query):.2f} of the query alone; "
        f"memory {max(our_memory) / max(their_memory):.2f}."
    )


if __name__ == "__main__":
    main()
