"""A log as it stands after a month: archived days, and the segment of a process that was killed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from proveout.runtime.call import ANYBODY, Call
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.log import Writer, places
from proveout.runtime.log.archive import open_archive
from proveout.runtime.log.rows import MICRO, table_of
from proveout.runtime.record import Record

PER_FILE = 65_536
TAIL = 60_000
"""Records of a segment that is almost full."""
DAY_S = 86_400.0
DAYS = 30
ID_LIKE = Ids().next(time.time())[:20]
"""With it begin the ids of calls of today."""


def record(id_: str, at: float) -> Record:
    """Return a record of the usual size."""
    text = "The claim is about a broken window; how much is paid, and by whom? " * 4
    return Record(
        id=id_, pilot="claims", protocol="chat", at=at, seconds=0.8, outcome="answered", status=200,
        version="current", system_status=200, client="desk", key="0123456789ab", team="claims",
        user="u12", model="m", attempts=1, queued_s=0.001, system_s=0.79, input_tokens=350,
        output_tokens=120, cost=1_234_567, currency="EUR", confidence=0.93,
        request_hash="sha256:" + "a" * 64, answer_hash="sha256:" + "b" * 64,
        request='{"model":"m","messages":[{"role":"user","content":"' + text + '"}]}',
        answer='{"choices":[{"message":{"role":"assistant","content":"' + text[:150] + '"}}]}',
        trace="0" * 32,
    )  # fmt: skip


def call(number: int) -> Call:
    """Return a call of today."""
    return Call(f"{ID_LIKE}{number:06d}", "claims", "chat", ANYBODY, time.time(), 0.0, 0.0, b"{}")


def fill(folder: Path, pilot: str, *, records: int) -> None:
    """Archive so many records over the last days, and leave the tail of a killed process."""
    archive = open_archive(folder)
    one = table_of([record("x" * 26, 0.0)] * PER_FILE)
    n_files = -(-records // PER_FILE)
    now = time.time()
    for number in range(n_files):
        begins = now - DAYS * DAY_S * (n_files - number) / n_files
        n = min(PER_FILE, records - number * PER_FILE)
        at = (begins + np.arange(n) * (DAYS * DAY_S / n_files / PER_FILE)) * MICRO
        moments = pa.array(at.astype("int64"), pa.int64()).cast(pa.timestamp("us", tz="UTC"))
        head = Ids().next(begins)[:16]
        ids = pa.array([f"{head}{number:05d}{row:05d}" for row in range(n)])
        table = one.slice(0, n)
        for name, column in (("id", ids), ("at", moments), ("ended_at", moments)):
            table = table.set_column(table.schema.get_field_index(name), name, column)
        stem = places.stem(at=begins, owner="filled", number=number + 1)
        archive.write(archive.path_of(pilot, stem), iter([table.cast(one.schema)]))
    log = Writer(folder, pilot, segment_bytes=1 << 40)
    for number in range(TAIL):
        if number < 32:
            log.begin(call(number), "current")
        if number % 2 or number >= 32:
            log.append_now([record(call(number).id, now)])
    log._release()


__all__ = ["ID_LIKE", "call", "fill", "record"]
