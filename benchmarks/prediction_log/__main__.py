"""Measure the prediction log: `python -m benchmarks.prediction_log [--records 10000000]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import uvloop

from benchmarks.prediction_log.filling import ID_LIKE, call, fill, record
from proveout.intake import Session
from proveout.runtime.log import Writer, count
from proveout.runtime.log.compaction import compact
from proveout.runtime.log.table import open_log

PILOT = "claims"
CONCURRENT = 32
ROUNDS = 3

START = """
import json, sys, time
began = time.perf_counter()
from pathlib import Path
from proveout.runtime.log import Writer, recover
folder, calls = Path(sys.argv[1]), json.loads(sys.argv[2])
loaded, worked = time.perf_counter(), time.process_time()
with recover(folder, "claims") as recovered:
    found = recovered.records_of(calls)
    excepted = sum(1 for _ in recovered.excepted())
writer = Writer(folder, "claims")
ready, worked = time.perf_counter(), time.process_time() - worked
writer.close_now()
print(json.dumps({"imports": loaded - began, "start": ready - loaded, "worked": worked,
                  "tail": recovered.n_records, "lost": len(recovered.lost), "found": len(found),
                  "excepted": excepted}))
"""


def main() -> None:
    """Run all parts, and print their figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000_000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        for durability in ("process", "fsync"):
            uvloop.run(writing(Path(folder, durability), durability))
        archiving(Path(folder, "process"))
        reading(Path(folder, "filled"), records)


async def writing(folder: Path, durability: Literal["process", "fsync"]) -> None:
    """Append from many at once, in one process with one loop."""
    n = 96_000 if durability == "process" else 32_000
    rates, costs, waits = [], [], []
    for round_ in range(ROUNDS):
        log = Writer(folder, PILOT, durability=durability)
        spent = await _appending(log, n, round_, waits)
        rates.append(n / spent[0])
        costs.append(spent[1] / n * 1e6)
        await log.close()
    log = Writer(folder, PILOT, durability=durability)
    began = time.perf_counter()
    for number in range(20_000):
        log.begin(call(number), "current")
    begin_us = (time.perf_counter() - began) / 20_000 * 1e6
    log._in_flight.clear()
    await log.close()
    size = len(log._line(record("x" * 26, 0.0)))
    cuts = statistics.quantiles(waits, n=1000)
    print(
        f"{durability}: {statistics.median(rates):,.0f} appends/s of {size:,} bytes by "
        f"{CONCURRENT} at once ({min(rates):,.0f} - {max(rates):,.0f}); "
        f"{statistics.median(costs):.1f} µs of "
        f"processor time each; an append waits {cuts[499] * 1e3:.2f} ms (median), "
        f"{cuts[989] * 1e3:.2f} ms (p99); a begin takes {begin_us:.1f} µs"
    )


async def _appending(log: Writer, n: int, round_: int, waits: list[float]) -> tuple[float, float]:
    async def one(client: int) -> None:
        for number in range(n // CONCURRENT):
            each = record(f"{round_:02d}{client:02d}{number:022d}", time.time())
            began = time.perf_counter()
            await log.append(each)
            waits.append(time.perf_counter() - began)

    began, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one(client) for client in range(CONCURRENT)))
    return time.perf_counter() - began, time.process_time() - worked


def archiving(folder: Path) -> None:
    """Turn what was written into Parquet."""
    sealed = list((folder / f"pilot={PILOT}" / "segments").glob("*.log"))
    n_bytes = sum(path.stat().st_size for path in sealed)
    began = time.perf_counter()
    done = compact(folder, PILOT)
    took = time.perf_counter() - began
    kept = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    print(
        f"compaction: {done.records / took:,.0f} records/s, {n_bytes / took / 1e6:,.0f} MB/s; "
        f"Parquet takes {kept / n_bytes:.0%} of the room (the texts repeat)"
    )


def reading(folder: Path, records: int) -> None:
    """Start after a kill, count and query a log of so many records."""
    fill(folder, PILOT, records=records)
    # Holds of the dead: some ended, some under way, some that were never sent.
    calls = [f"{ID_LIKE}{number:06d}" for number in (*range(32), *range(900_000, 900_032))]
    outcomes = []
    for _ in range(ROUNDS):
        fill(folder, PILOT, records=0)  # a process is killed
        ended = subprocess.run(
            [sys.executable, "-c", START, folder, json.dumps(calls)],
            capture_output=True,
            check=True,
        )
        outcomes.append(json.loads(ended.stdout))
    starts = [each["start"] for each in outcomes]
    last = outcomes[-1]
    print(
        f"start after a kill with {records:,} records archived: {statistics.median(starts):.2f} s "
        f"({min(starts):.2f} - {max(starts):.2f}; of processor time "
        f"{statistics.median([each['worked'] for each in outcomes]):.2f} s), besides "
        f"{last['imports']:.2f} s of imports; unsealed tail of {last['tail']:,} records, "
        f"{last['lost']} lost, {last['found']} of {len(calls)} holds found"
    )
    n, took = _timed(lambda: count(folder, PILOT))
    print(f"count: {n:,} in {took:.2f} s")
    since = datetime.now(UTC) - timedelta(days=7)

    def query() -> int:
        with Session() as session:
            table = open_log(folder, PILOT, session=session, since=since).table
            asked = table.group_by("outcome").agg(n=table.count(), cost=table.cost.sum())
            return int(asked.to_pyarrow()["n"].to_numpy().sum())

    n, took = _timed(query)
    print(f"a week by outcome with its cost: {n:,} records in {took:.2f} s")


def _timed(act: Callable[[], int]) -> tuple[int, float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began


if __name__ == "__main__":
    main()
