"""`kill -9` of the real gateway at random under load: what clients were told is in its log, once,
and the budget is neither overshot nor leaked."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from fixtures.budget_clients import account
from fixtures.counted_system import Answered, ask_until, counted_system
from proveout.runtime.log import read_records
from proveout.runtime.log.checking import check

KILLS = int(os.environ.get("PROVEOUT_KILLS", "6"))
"""200 for the figure in the documentation."""
CLIENTS = 32
PRICE = 10**9 // 2
LIMIT = 1_000_000


def start(folder: Path, upstream: str, workers: int) -> tuple[subprocess.Popen[str], int]:
    """Start the command and wait until it serves."""
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("proveout"), "gateway", "--upstream", upstream,
            "--port", "0", "--price", "0.5", "--budget-requests", str(LIMIT), "--json",
            "--workers", str(workers),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready, f"it ended with {process.wait()} before it served"
    return process, int(json.loads(ready)["url"].rsplit(":", 1)[1])


def kill(process: subprocess.Popen[str]) -> None:
    """End the process and all its workers at once."""
    os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_gateway_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    """Every answer that a client has got stands in the log once; every call that was begun has an
    end; the account holds what the log tells, and nothing is held for anybody any more."""
    chance, numbers = random.Random(9), count()
    answered, starts = Answered(), []
    with counted_system() as system:
        for round_ in range(KILLS):
            began = time.monotonic()
            process, port = start(tmp_path, system.url, workers=1 + round_ % 2)
            starts.append(time.monotonic() - began)
            target = sum(answered.statuses.values()) + chance.randint(1, 600)
            asyncio.run(
                ask_until(
                    port, numbers, answered, clients=CLIENTS,
                    enough=lambda told, target=target: sum(told.statuses.values()) >= target,
                    then=lambda process=process: kill(process),
                )
            )  # fmt: skip
            process.communicate()
        process, _ = start(tmp_path, system.url, workers=1)
        process.send_signal(signal.SIGINT)
        process.communicate()

    records = list(read_records(tmp_path / "prediction-log", "gateway"))
    counts = Counter(record.id for record in records)
    assert set(answered.statuses) == {200}
    assert [id_ for id_ in answered.ids.values() if counts[id_] != 1] == []
    assert [id_ for id_, n in counts.items() if n != 1] == []
    assert check(tmp_path / "prediction-log", "gateway").problems == []

    store = str(tmp_path / "proveout-runtime.db")
    held_and_used = account(store)
    lost = [record for record in records if record.outcome == "lost"]
    sent = [record for record in records if record.attempts]
    assert held_and_used[:3] == (0, 0, 0)
    # What the log tells was booked to the last part; of what was lost, at most what was held.
    assert held_and_used[5] == len(sent)
    assert held_and_used[3] == PRICE * len(sent)
    # The system was asked for nothing that is not booked, and at most what was under way is
    # booked without its having been asked.
    n_asked = sum(system.asked.values())
    assert max(system.asked.values()) == 1
    assert n_asked <= held_and_used[5] <= n_asked + len(lost)
    assert len(lost) <= KILLS * CLIENTS
    print(  # noqa: T201  # shown with -s: the figures of the documentation
        f"\n{KILLS} kills, {len(answered.ids):,} answers, {len(lost)} lost, "
        f"{held_and_used[5] - n_asked} booked and not asked, start {max(starts):.2f} s at most"
    )
