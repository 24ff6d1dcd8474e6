"""The budget on a real store: exact, all or none, and never in the way of the loop."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from fixtures.budget_clients import (
    MOST,
    PILOT,
    THOUSAND,
    TOOK,
    account,
    budget,
    call,
    crowd,
    rows,
)
from fixtures.prediction_log import Clock
from proveout.runtime.budget import Notice, Policy, Rule, admission, sqlite_desk
from proveout.runtime.call import Amounts, Caller
from proveout.runtime.ports import Admitted, OverBudget, StoreAway
from proveout.runtime.store import open_store
from proveout.runtime.store.schema import SWITCHES


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_a_thousand_requests_are_a_thousand(location: str) -> None:
    """64 clients at once, of 20 calls each, and not one call too many or too few."""

    async def go() -> int:
        async with budget(location, THOUSAND) as asked:
            return await crowd(asked, "c", clients=64, calls=20)

    assert asyncio.run(go()) == 1_000
    assert account(location) == (0, 0, 0, 7_000, 60_000, 1_000)
    assert rows(location, "SELECT * FROM budget_holds") == []


def test_a_call_is_held_in_all_of_its_accounts_or_in_none(location: str) -> None:
    """A team's limit that is reached leaves no trace at the pilot's."""
    policy = Policy(rules=(Rule(per="team", span="life", money=15),))
    ours = Caller(client="desk", team="claims", user="ada")

    async def go() -> list[object]:
        async with budget(location, policy, clock=Clock()) as asked:
            answers = [await asked.admit(call(f"c{i}", ours), MOST) for i in range(2)]
            other = Caller(team="sales")
            return [*answers, await asked.admit(call("c2", other), MOST)]

    first, second, third = asyncio.run(go())
    assert (type(first), type(second), type(third)) == (Admitted, OverBudget, Admitted)
    found = rows(location, "SELECT account, period, held_money FROM budget_accounts ORDER BY 1, 2")
    periods = ("2026-11", "2026-11-21", "life")
    held = {"key:desk": 10, "pilot": 20, "team:claims": 10, "team:sales": 10, "user:ada": 10}
    assert found == [(name, period, money) for name, money in held.items() for period in periods]


def test_a_call_is_settled_once(location: str) -> None:
    """What was held goes back, what was used stays; to settle again changes nothing."""

    async def go() -> None:
        async with budget(location, Policy()) as asked:
            made = call("c1")
            await asked.admit(made, MOST)
            asked.settle(made, TOOK)
            asked.settle(made, TOOK)

    asyncio.run(go())
    assert account(location) == (0, 0, 0, 7, 60, 1)


def test_a_call_is_booked_on_the_day_on_which_it_came(location: str) -> None:
    """And not on that on which it ended."""
    clock = Clock()

    async def go() -> None:
        async with budget(location, Policy(), clock=clock) as asked:
            made = call("c1")
            await asked.admit(made, MOST)
            clock.now += 86_400
            asked.settle(made, TOOK)
            await asked.admit(call("c2"), MOST)

    asyncio.run(go())
    assert account(location, period="2026-11-21") == (0, 0, 0, 7, 60, 1)
    assert account(location, period="2026-11-22") == (10, 100, 1, 0, 0, 0)


def test_every_admission_tells_the_generation_of_the_switches(location: str) -> None:
    """A rollback by somebody else holds for the very next call."""

    async def go() -> list[object]:
        async with budget(location, Policy()) as asked:
            before = await asked.admit(call("c1"), MOST)
            with open_store(location) as other, other.writing() as connection:
                switch = {"pilot": PILOT, "generation": 7, "state": "{}", "at": 0.0}
                connection.execute(insert(SWITCHES), [switch])
            return [before, await asked.admit(call("c2"), MOST)]

    assert asyncio.run(go()) == [Admitted(0), Admitted(7)]


def test_calls_that_nobody_waits_for_give_back_what_was_held(location: str) -> None:
    """The client has gone while its call waited to be let in."""

    async def go() -> None:
        async with budget(location, Policy()) as asked:
            waiting = asyncio.ensure_future(asked.admit(call("c1"), MOST))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])

    asyncio.run(go())
    assert account(location) == (0, 0, 0, 0, 0, 0)


def test_people_are_told_once_over_all_processes(location: str) -> None:
    """Who books the call that comes near a limit says so; nobody else does."""
    told: list[Notice] = []
    policy = Policy(rules=(Rule(per="pilot", span="life", requests=10),))

    async def go() -> None:
        async with (
            budget(location, policy, owner="one", notice=told.append) as one,
            budget(location, policy, owner="two", notice=told.append) as two,
        ):
            await asyncio.gather(
                crowd(one, "one", clients=4, calls=5), crowd(two, "two", clients=4, calls=5)
            )
            await asyncio.sleep(0)

    asyncio.run(go())
    assert sorted(each.kind for each in told) == ["exceeded", "near"]
    assert account(location)[5] == 10


def test_calls_of_one_turn_of_the_loop_share_a_transaction(location: str) -> None:
    """They are answered together, in the order in which they came."""
    policy = Policy(rules=(Rule(per="pilot", span="life", money=35),))

    async def go() -> list[bool]:
        async with budget(location, policy) as asked:
            asks = (asked.admit(call(f"c{i}"), Amounts(money=10 + i)) for i in range(4))
            return [isinstance(answer, Admitted) for answer in await asyncio.gather(*asks)]

    assert asyncio.run(go()) == [True, True, True, False]


def test_a_file_that_somebody_holds_for_long_counts_as_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it; when it is free again, calls are let in."""
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", 0.1)
    location = str(tmp_path / "store.db")

    async def go() -> list[object]:
        async with budget(location, Policy()) as asked:
            await asked.admit(call("c1"), MOST)
            with closing(sqlite3.connect(location, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                late = await asked.admit(call("c2"), MOST)
            async with asyncio.timeout(20):
                while asked.is_away:
                    await asyncio.sleep(0.02)
            return [late, await asked.admit(call("c3"), MOST)]

    assert asyncio.run(go()) == [
        StoreAway("The store of the budget did not answer within 0.1 seconds."),
        Admitted(0),
    ]
    assert account(location)[2] == 2


def test_the_write_ahead_log_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many calls there are."""
    monkeypatch.setattr(sqlite_desk, "ROWS_PER_UPKEEP", 200)
    location = tmp_path / "store.db"

    async def go() -> int:
        async with budget(str(location), Policy()) as asked:
            await crowd(asked, "c", clients=4, calls=400)
            return location.with_name("store.db-wal").stat().st_size

    assert asyncio.run(go()) < 3_000_000


def test_who_leaves_and_holds_nothing_is_forgotten(location: str) -> None:
    """And who still holds something is not: a recovery has to find it."""

    async def go() -> None:
        async with budget(location, Policy(), owner="tidy") as asked:
            assert await crowd(asked, "c", clients=1, calls=1) == 1
        async with budget(location, Policy(), owner="busy") as asked:
            await asked.admit(call("c9"), MOST)

    asyncio.run(go())
    assert rows(location, "SELECT owner FROM runtime_owners") == [("busy",)]
    assert rows(location, "SELECT owner, call FROM budget_holds") == [("busy", "c9")]
