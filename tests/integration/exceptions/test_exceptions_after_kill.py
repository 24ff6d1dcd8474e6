"""After kill -9 every acknowledged answer that a person has to look at is in the queue, once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.log import recover
from proveout.runtime.store import open_store

GATEWAY = """
import asyncio, sys, time
from pathlib import Path
from proveout.runtime.exceptions import queueing
from proveout.runtime.exceptions.queue import ExceptionQueue
from proveout.runtime.gateway.ids import Ids
from proveout.runtime.log import Writer
from proveout.runtime.record import Record
from proveout.runtime.store import open_store

async def main(folder):
    ids = Ids()
    log = Writer(folder / "log", "claims", owner="me", segment_bytes=4_000)
    with open_store(str(folder / "r.db")) as store:
        queue = ExceptionQueue(store, "claims")
        with queueing(queue, pilot="claims", log_folder=folder / "log", owner="me") as queued:
            log.oldest_unhandled = queued.oldest_unhandled
            while True:
                now = time.time()
                record = Record(id=ids.next(now), pilot="claims", protocol="json", at=now,
                                seconds=0.01, outcome="answered", status=200, reasons=("rule",))
                await log.append(record)
                queued.put(record)
                print(record.id, flush=True)
                await asyncio.sleep(0)

asyncio.run(main(Path(sys.argv[1])))
"""


@contextmanager
def away(store: Path, *, is_away: bool) -> Iterator[None]:
    """Keep everybody from the store, as a server that has stopped."""
    if not is_away:
        yield
        return
    with closing(sqlite3.connect(store, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


@pytest.mark.slow
@pytest.mark.parametrize("is_away", [False, True])
def test_no_exception_is_lost_by_a_kill(tmp_path: Path, *, is_away: bool) -> None:
    """Whether it had reached the store or not, and however many files the log has by then."""
    with open_store(str(tmp_path / "r.db")):
        pass
    seen: list[str] = []
    command = [sys.executable, "-c", GATEWAY, str(tmp_path)]
    with (
        away(tmp_path / "r.db", is_away=is_away),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway,
    ):
        assert gateway.stdout is not None
        for line in gateway.stdout:
            seen.append(line.strip())
            if len(seen) == 700:
                gateway.kill()
    seen = [each for each in seen if len(each) == 26]

    with open_store(str(tmp_path / "r.db")) as store:
        queue = ExceptionQueue(store, "claims")
        for _ in range(2):
            with recover(tmp_path / "log", "claims") as recovered:
                queue.enqueue(recovered.excepted())
        queued = [each.call for each in queue.entries("all", now=0.0)]

    assert len(queued) == len(set(queued))
    assert set(seen) <= set(queued)
