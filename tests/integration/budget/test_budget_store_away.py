"""PostgreSQL stopped and started in between: nothing hangs, nothing is overshot, nothing lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from fixtures.budget_clients import MOST, PILOT, TOOK, Left, account, budget, call
from fixtures.postgres import PostgresServer
from fixtures.prediction_log import record
from proveout.runtime.budget import (
    Booked,
    BudgetAdmission,
    Notice,
    Policy,
    Rule,
    admission,
    book_the_dead,
)
from proveout.runtime.call import Amounts, Call
from proveout.runtime.ports import Admitted, OverBudget, StoreAway
from proveout.runtime.store import open_store

pytestmark = pytest.mark.postgres

HUNDRED = (Rule(per="pilot", span="life", requests=100),)
PATIENCE_S = 20.0
"""For a machine with other guests; nothing here takes long on a quiet one."""


async def until_back(asked: BudgetAdmission) -> None:
    """Wait until the store is found again."""
    async with asyncio.timeout(PATIENCE_S):
        while asked.is_away:
            await asyncio.sleep(0.02)


async def use_up(asked: BudgetAdmission, name: str) -> int:
    """Make calls until one is refused; return how many were let in."""
    for n in range(1_000):
        answer = await asked.admit(made := call(f"{name}{n}"), MOST)
        if isinstance(answer, OverBudget):
            return n
        assert isinstance(answer, Admitted)
        asked.settle(made, TOOK)
    raise AssertionError


async def stopped(server: PostgresServer) -> None:
    """Stop the server without standing in the loop."""
    await asyncio.to_thread(server.stop)


async def started(server: PostgresServer) -> None:
    """Start it again."""
    await asyncio.to_thread(server.start)


def test_refuse_lets_nobody_in_while_the_store_is_away(postgres_to_stop: PostgresServer) -> None:
    """At once, and not after a timeout; what had ended meanwhile is booked when it is back."""
    location = f"{postgres_to_stop.url}/postgres"
    told: list[Notice] = []

    async def go() -> int:
        policy = Policy(rules=HUNDRED, when_unreachable="refuse")
        async with budget(location, policy, notice=told.append) as asked:
            under_way = [call(f"early{i}") for i in range(10)]
            for made in under_way:
                assert isinstance(await asked.admit(made, MOST), Admitted)
            await stopped(postgres_to_stop)
            began = time.monotonic()
            refused = [await asked.admit(call(f"away{i}"), MOST) for i in range(200)]
            assert time.monotonic() - began < PATIENCE_S / 4
            assert {type(answer) for answer in refused} == {StoreAway}
            for made in under_way:
                asked.settle(made, TOOK)
            await started(postgres_to_stop)
            await until_back(asked)
            return await use_up(asked, "late")

    assert asyncio.run(go()) == 90
    assert account(location) == (0, 0, 0, 700, 6_000, 100)
    assert [each.kind for each in told if each.kind in ("away", "back")] == ["away", "back"]
    away = next(each for each in told if each.kind == "away")
    assert away.text.startswith(f"The store {location} cannot be reached: ")
    assert away.text.endswith(" Calls are refused until it is back.")


def test_allow_lets_all_in_and_books_them_later(postgres_to_stop: PostgresServer) -> None:
    """More than the limit, because the charter says so; and not one of them is forgotten."""
    location = f"{postgres_to_stop.url}/postgres"

    async def go() -> int:
        policy = Policy(rules=HUNDRED, when_unreachable="allow")
        async with budget(location, policy) as asked:
            assert isinstance(await asked.admit(call("early"), MOST), Admitted)
            await stopped(postgres_to_stop)
            made = [call(f"away{i}") for i in range(60)]
            for each in made:
                assert isinstance(await asked.admit(each, MOST), Admitted)
            for each in made[:50]:
                asked.settle(each, TOOK)
            await started(postgres_to_stop)
            await until_back(asked)
            async with asyncio.timeout(PATIENCE_S):
                while asked.oldest_unbooked() is not None:
                    await asyncio.sleep(0.02)
            return await use_up(asked, "late")

    assert asyncio.run(go()) == 100 - 61
    assert account(location)[2:3] == (11,)
    assert account(location)[5] == 89


def test_calls_that_were_allowed_are_booked_after_a_crash_too(
    postgres_to_stop: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died before the store was back: its journal knows of them, and its log."""
    monkeypatch.setattr(admission, "CLOSE_WITHIN_S", 0.2)
    location = f"{postgres_to_stop.url}/postgres"
    policy = Policy(rules=HUNDRED, when_unreachable="allow")

    async def go() -> None:
        async with budget(location, policy, owner="dead", log_folder=str(tmp_path)) as asked:
            await asked.admit(call("c0"), MOST)
            await stopped(postgres_to_stop)
            for name in ("c1", "c2", "c3"):
                await asked.admit(call(name), MOST)
            asked.settle(call("c1"), TOOK)

    asyncio.run(go())
    postgres_to_stop.start()
    records = {
        "c0": record("c0", cost=5, input_tokens=40, output_tokens=2),
        "c1": record("c1", cost=7, input_tokens=40, output_tokens=20),
        "c2": record("c2", outcome="lost"),
    }
    with open_store(location) as store:
        for booked in (Booked(settled=2, charged=1, released=1), Booked()):
            dead = Left(("dead",), records)
            assert booked == book_the_dead(
                store, policy, dead, pilot=PILOT, now=0.0, log_folder=str(tmp_path)
            )

    assert account(location) == (0, 0, 0, 5 + 7 + 10, 42 + 60 + 100, 3)
    assert list(tmp_path.iterdir()) == []


def test_no_connection_that_breaks_in_the_middle_books_twice_or_never(
    postgres_to_stop: PostgresServer,
) -> None:
    """The server is stopped three times under load; then the account is what the callers saw."""
    location = f"{postgres_to_stop.url}/postgres"
    admitted: list[Call] = []

    async def client(asked: BudgetAdmission, name: str, ends: asyncio.Event) -> None:
        n = 0
        while not ends.is_set():
            n += 1
            answer = await asked.admit(made := call(f"{name}-{n}"), MOST)
            if isinstance(answer, Admitted):
                admitted.append(made)
                await asyncio.sleep(0.001)
                asked.settle(made, TOOK)
            else:
                await asyncio.sleep(0.01)

    async def go() -> None:
        async with budget(location, Policy(rules=HUNDRED, on_exceeded="notify")) as asked:
            ends = asyncio.Event()
            clients = [
                asyncio.create_task(client(asked, f"c{number}", ends)) for number in range(8)
            ]
            for _ in range(3):
                seen = len(admitted)
                async with asyncio.timeout(PATIENCE_S):
                    while len(admitted) < seen + 100:
                        await asyncio.sleep(0.01)
                await stopped(postgres_to_stop)
                await started(postgres_to_stop)
            await until_back(asked)
            ends.set()
            await asyncio.gather(*clients)

    asyncio.run(go())
    n = len(admitted)
    assert n > 300
    assert account(location) == (0, 0, 0, 7 * n, 60 * n, n)


def test_a_store_that_hangs_counts_as_away(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds the lock of the pilot: calls are told so, and what was held for them
    after all is given back."""
    import psycopg

    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", 0.1)

    async def go() -> list[object]:
        async with budget(postgres_url, Policy()) as asked:
            made = call("c1")
            assert isinstance(await asked.admit(made, MOST), Admitted)
            asked.settle(made, TOOK)
            with psycopg.connect(postgres_url) as other:
                other.execute("LOCK TABLE budget_accounts IN ACCESS EXCLUSIVE MODE")
                late = [await asked.admit(call(f"c{i}"), MOST) for i in (2, 3)]
            await until_back(asked)
            return late

    assert (
        asyncio.run(go())
        == [StoreAway("The store of the budget did not answer within 0.1 seconds.")] * 2
    )
    assert account(postgres_url) == (0, 0, 0, 7, 60, 1)


def test_what_cannot_be_booked_at_the_end_is_left_to_a_recovery(
    postgres_to_stop: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaving does not wait for a store for ever; what is held stays held until then."""
    monkeypatch.setattr(admission, "CLOSE_WITHIN_S", 0.2)
    location = f"{postgres_to_stop.url}/postgres"

    async def go() -> None:
        async with budget(location, Policy()) as asked:
            await asked.admit(made := call("c1"), Amounts(requests=1))
            await stopped(postgres_to_stop)
            asked.settle(made, Amounts(requests=1))

    asyncio.run(go())
    postgres_to_stop.start()
    assert account(location) == (0, 0, 1, 0, 0, 0)
