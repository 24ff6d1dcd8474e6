"""Several processes and hosts on one store; and what a process leaves that is killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import budget_clients
from fixtures.budget_clients import PILOT, THOUSAND, TOOK, Left, account, budget, call, rows
from fixtures.prediction_log import record
from proveout.runtime.budget import Booked, Policy, book_the_dead
from proveout.runtime.budget.recovery import LEASE_S
from proveout.runtime.call import Amounts
from proveout.runtime.ports import Admitted
from proveout.runtime.store import open_store


def start(location: str, owner: str, *, clients: int, calls: int, kind: str) -> Process:
    """Start a process that makes calls when it is told to."""
    command = [sys.executable, budget_clients.__file__, location, owner]
    return subprocess.Popen(
        [*command, str(clients), str(calls), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


Process = subprocess.Popen[str]


def let_in(location: str, owners: list[str], *, clients: int, calls: int) -> int:
    """Let processes make calls at the same time; return how many were let in."""
    started = [
        start(location, owner, clients=clients, calls=calls, kind="whole") for owner in owners
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return sum(int(each.communicate(timeout=60)[0]) for each in started)


def test_four_processes_let_a_thousand_in(tmp_path: Path) -> None:
    """64 clients in all, 1,920 calls, on one SQLite file."""
    location = str(tmp_path / "store.db")

    assert let_in(location, ["a", "b", "c", "d"], clients=16, calls=30) == 1_000
    assert account(location) == (0, 0, 0, 7_000, 60_000, 1_000)


@pytest.mark.postgres
def test_two_hosts_let_a_thousand_in(postgres_url: str) -> None:
    """64 clients in all, 1,920 calls, on one PostgreSQL."""
    assert let_in(postgres_url, ["here", "there"], clients=32, calls=30) == 1_000
    assert account(postgres_url) == (0, 0, 0, 7_000, 60_000, 1_000)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_what_a_killed_process_held_is_booked_by_the_log(location: str) -> None:
    """Killed under load, again and again: what it acknowledged is held or used, and no more; and
    what it held comes back as the log tells, once."""
    before = 0
    for attempt in range(2):
        owner = f"o{attempt}"
        process = start(location, owner, clients=1, calls=10_000, kind="half")
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        told = {process.stdout.readline().strip() for _ in range(40 * (attempt + 1))}
        process.send_signal(signal.SIGKILL)
        told |= {line.strip() for line in process.stdout if line.endswith("\n")}
        process.communicate()

        held = {found for (found,) in rows(location, "SELECT call FROM budget_holds")}
        _, _, n_held, _, _, n_used = account(location)
        assert n_held == len(held)
        assert n_held + n_used - before >= len(told)  # every call that was let in is somewhere
        assert n_held + n_used <= 1_000
        # One half of what is held was sent, and of that a half has ended.
        sent = sorted(held)[: len(held) // 2]
        ended = {c: record(c, cost=5, attempts=1) for c in sent[::2]}
        lost = {c: record(c, outcome="lost", attempts=1) for c in sent[1::2]}
        booked = _recover(location, Left((owner,), ended | lost))

        assert booked == Booked(
            settled=len(ended), charged=len(lost), released=len(held) - len(sent)
        )
        money, _, requests, _, _, before = account(location)
        assert (money, requests) == (0, 0)
        assert _recover(location, Left((owner,), ended | lost)) == Booked()
    assert rows(location, "SELECT * FROM budget_holds") == []
    assert rows(location, "SELECT * FROM runtime_owners") == []


def test_the_charter_may_give_back_what_nobody_knows(location: str) -> None:
    """budget.unfinished: release."""
    _leave_behind(location, "gone", "c1")
    lost = {"c1": record("c1", outcome="lost", attempts=1)}

    assert _recover(location, Left(("gone",), lost), Policy(unfinished="release")) == Booked(
        released=1
    )
    assert account(location) == (0, 0, 0, 0, 0, 0)


def test_what_a_silent_host_holds_is_charged_when_its_time_is_up(location: str) -> None:
    """Its log cannot be read from here; while it may live, nothing is given back."""
    _leave_behind(location, "other-host", "c1")
    moment = rows(location, "SELECT seen_at FROM runtime_owners")[0][0]

    async def look(now: float) -> None:
        async with budget(location, Policy(), owner="here", clock=lambda: now) as asked:
            await asked.admit(made := call("c2"), TOOK)
            asked.settle(made, TOOK)

    asyncio.run(look(moment + LEASE_S - 1))
    assert account(location) == (10, 100, 1, 7, 60, 1)
    asyncio.run(look(moment + LEASE_S + 1))
    assert account(location) == (0, 0, 0, 10 + 7 + 7, 100 + 60 + 60, 3)


def test_who_was_taken_for_dead_and_comes_back_books_nothing_twice(location: str) -> None:
    """A host that was cut off for long: its calls were charged in full meanwhile."""

    async def go() -> None:
        async with budget(location, Policy(), owner="slow") as asked:
            made = call("c1")
            assert await asked.admit(made, TOOK) == Admitted(0)
            _recover(location, Left(("slow",), {"c1": record("c1", outcome="lost")}))
            asked.settle(made, Amounts(money=1, tokens=1, requests=1))

    asyncio.run(go())
    assert account(location) == (0, 0, 0, 7, 60, 1)


def _recover(location: str, left: Left, policy: Policy = THOUSAND) -> Booked:
    with open_store(location) as store:
        return book_the_dead(store, policy, left, pilot=PILOT, now=0.0)


def _leave_behind(location: str, owner: str, name: str) -> None:
    """Let an owner end while it holds something."""

    async def go() -> None:
        async with budget(location, Policy(), owner=owner) as asked:
            await asked.admit(call(name), budget_clients.MOST)

    asyncio.run(go())
