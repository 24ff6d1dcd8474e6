"""What is left of a guard after `kill -9`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import proveout
from proveout.runtime.log import read_records

_JOB = """
import os, sys, threading, time
import pandas as pd
import proveout

folder, batch = sys.argv[1], pd.DataFrame({"x": [1, 2]})
told = os.open(folder + "/told", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def predict(rows):
    time.sleep(0.002)
    return list(rows["x"] * 2)

guarded = proveout.guard(
    predict, pilot="p", store=folder + "/s.db", log=folder + "/log", budget="90000EUR", price=0.25
)

def work():
    while True:
        os.write(told, (guarded.ask(batch).id + "\\n").encode())

guarded(batch)
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
print("begun", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("after_s", [0.05, 0.6])
def test_no_answer_that_was_returned_is_missing_and_none_is_there_twice(
    tmp_path: Path, after_s: float
) -> None:
    """Killed at any moment under load, the log knows every answer that somebody got.

    The next guard finds what was under way, books it once, and goes on.
    """
    job = subprocess.Popen([sys.executable, "-c", _JOB, str(tmp_path)], stdout=subprocess.PIPE)
    assert job.stdout is not None
    assert job.stdout.readline() == b"begun\n"
    with pytest.raises(subprocess.TimeoutExpired):
        job.wait(after_s)
    os.kill(job.pid, signal.SIGKILL)
    job.wait()
    job.stdout.close()
    told = (tmp_path / "told").read_text().split()

    how: dict[str, Any] = {"pilot": "p", "store": tmp_path / "s.db", "log": tmp_path / "log"}
    how |= {"budget": "90000EUR", "price": 0.25}
    with proveout.guard(lambda rows: [0] * len(rows), **how) as guarded:
        guarded(pd.DataFrame({"x": [1]}))
    records = list(read_records(tmp_path / "log", "p"))
    ids = Counter(record.id for record in records)
    outcomes = Counter(record.outcome for record in records)
    used, held, spent = _booked(tmp_path / "s.db")

    assert told
    assert set(told) <= ids.keys()
    assert set(ids.values()) == {1}
    assert outcomes.keys() <= {"answered", "lost"}
    assert outcomes["lost"] <= 4
    assert (used, held) == (len(records), 0)
    assert {(record.cost, record.currency) for record in records} == {(250_000_000, "EUR")}
    assert spent == sum(record.cost for record in records)  # the lost ones are charged in full


def _booked(store: Path) -> tuple[int, ...]:
    import sqlite3

    with sqlite3.connect(store) as connection:
        columns = "used_requests, held_requests, used_money"
        query = f"SELECT {columns} FROM budget_accounts WHERE account = 'pilot'"
        (row,) = connection.execute(query + " AND period = 'life'").fetchall()
    connection.close()
    return tuple(map(int, row))
