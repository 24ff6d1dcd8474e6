"""Admit and settle, in batches of 32, on one core: per second, and in the loop.

python -m benchmarks.budget [--url postgresql://…] [--calls 40000] [--users 1000]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from proveout.runtime.budget import BudgetAdmission, Policy, read_limit
from proveout.runtime.call import Amounts, Call, Caller
from proveout.runtime.ports import Admitted
from proveout.runtime.store import open_store

TOGETHER = 32


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--calls", type=int, default=40_000)
    parser.add_argument("--users", type=int, default=1_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        location = given.url or str(Path(folder) / "store.db")
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(_measure(location, given.calls, given.users))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _measure(location: str, n_calls: int, n_users: int) -> None:
    limits = ("900000USD/month", "90000USD/day", "1000USD/day per team", "10USD/day per user")
    policy = Policy(currency="USD", rules=tuple(read_limit(text)[0] for text in limits))
    calls = [_call(i, n_users) for i in range(n_calls)]
    with open_store(location) as store:
        budget = BudgetAdmission(store, policy, pilot="claims", owner="bench")
        for share, label in ((0.1, "warm-up"), (0.9, "measured")):
            part = [calls.pop() for _ in range(int(n_calls * share))]
            began = time.perf_counter(), time.process_time(), time.thread_time()
            await asyncio.gather(*(_client(budget, part) for _ in range(TOGETHER)))
            ended = time.perf_counter(), time.process_time(), time.thread_time()
            took, of_core, in_loop = (b - a for a, b in zip(began, ended, strict=True))
            n = int(n_calls * share)
            print(
                f"{label}: {n / took:,.0f} admit+settle a second, {n / of_core:,.0f} a second of "
                f"a core, {in_loop / n * 1e6:.1f} µs of loop time each"
            )
        await budget.close()


async def _client(budget: BudgetAdmission, calls: list[Call]) -> None:
    most, took = Amounts(2_000_000, 900, 1), Amounts(1_000_000, 400, 1)
    while calls:
        call = calls.pop()
        admitted = await budget.admit(call, most)
        assert isinstance(admitted, Admitted)
        budget.settle(call, took)


def _call(i: int, n_users: int) -> Call:
    caller = Caller(client="desk", team=f"t{i % 5}", user=f"u{i % n_users}")
    return Call(
        id=f"{i:026d}", pilot="claims", protocol="chat", caller=caller, received_at=0.0, began=0.0,
        deadline=0.0, body=b"",
    )  # fmt: skip


if __name__ == "__main__":
    main()
