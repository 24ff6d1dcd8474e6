"""Names and amounts that nobody would think of, and hands in the store: the budget goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fixtures.budget_clients import MOST, TOOK, account, budget, call, rows
from proveout.runtime.budget import Policy, Rule, admission
from proveout.runtime.call import Amounts, Caller
from proveout.runtime.ports import Admitted, OverBudget, StoreAway

TWICE = Policy(currency="EUR", rules=(Rule(per="user", span="life", requests=2),))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.mark.parametrize(
    ("user", "kept"),
    [
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),  # no PostgreSQL takes it
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),  # half a character: no database takes it
        ("\x1b]0;root\n", "\N{REPLACEMENT CHARACTER}]0;root\N{REPLACEMENT CHARACTER}"),
        ("team:claims/../'\"%", "team:claims/../'\"%"),
        ("x" * 5_000, "x" * 200),
        ("日本 ½", "日本 ½"),
    ],
    ids=["nul", "surrogate", "terminal", "punctuation", "long", "unicode"],
)
def test_any_name_has_its_limit_and_harms_nobody(location: str, user: str, kept: str) -> None:
    """A user may call himself what he likes: he is counted, and others are let in."""

    async def go() -> list[object]:
        answers = []
        for owner in ("one", "two"):  # the second reads what the first has written
            async with budget(location, TWICE, owner=owner) as asked:
                answers += [
                    await asked.admit(call(f"{owner}{n}", Caller(user=user)), MOST)
                    for n in range(2)
                ]
                answers.append(await asked.admit(call(f"{owner}-other"), MOST))
        return answers

    over = OverBudget(f"user {kept}, 2 requests in all", 1, "block")
    assert asyncio.run(go()) == [Admitted(0), Admitted(0), Admitted(0), over, over, Admitted(0)]


@pytest.mark.parametrize("most", [Amounts(money=2**80), Amounts(tokens=10**17)])
def test_a_call_that_may_take_more_than_anybody_has_is_refused(
    location: str, most: Amounts
) -> None:
    """Alone: no store can count it, and others have nothing to do with it."""

    async def go() -> tuple[object, ...]:
        async with budget(location, Policy(currency="EUR")) as asked:
            both = (asked.admit(call("c1"), most), asked.admit(call("c2"), MOST))
            return tuple(await asyncio.gather(*both))

    refused, other = asyncio.run(go())
    assert isinstance(refused, OverBudget)
    assert refused.limit in (
        "one call, 10,000,000.00 EUR",
        "one call, 10,000,000,000,000,000 tokens",
    )
    assert other == Admitted(0)


def test_nobody_is_paid_for_asking(location: str) -> None:
    """A system that says it took less than nothing gives no budget back."""

    async def go() -> None:
        async with budget(location, Policy()) as asked:
            await asked.admit(made := call("c1"), Amounts(-5, -5, 1))
            asked.settle(made, Amounts(-7, -60, 1))

    asyncio.run(go())
    assert account(location) == (0, 0, 0, 0, 0, 1)


def test_what_a_system_says_it_took_never_ends_the_counting(location: str) -> None:
    """An account that is as full as 64 bits go stays there; calls go on being booked."""

    async def go() -> object:
        async with budget(location, Policy()) as asked:
            for name in ("c1", "c2"):
                await asked.admit(made := call(name), MOST)
                asked.settle(made, Amounts(money=8 * 10**18, tokens=10**99, requests=1))
            return await asked.admit(call("c3"), MOST)

    assert asyncio.run(go()) == Admitted(0)
    assert account(location)[3:] == (9 * 10**18, 9 * 10**18, 2)


def test_accounts_that_somebody_has_removed_by_hand_are_begun_anew(tmp_path: Path) -> None:
    """What is given back then was never held there: nothing below 0, and nobody is kept out."""
    location = str(tmp_path / "store.db")

    async def go() -> object:
        async with budget(location, Policy()) as asked:
            await asked.admit(made := call("c1"), MOST)
            with closing(sqlite3.connect(location)) as file, file:
                file.execute("DELETE FROM budget_accounts")
            asked.settle(made, TOOK)
            return await asked.admit(call("c2"), Amounts())

    assert asyncio.run(go()) == Admitted(0)
    assert account(location) == (0, 0, 0, 7, 60, 1)


def test_a_file_that_is_removed_under_a_gateway_lets_nobody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would otherwise be written on where no other process and no rollback sees it."""
    monkeypatch.setattr(admission, "SEEN_EVERY_S", 0.05)
    location = tmp_path / "store.db"

    async def go() -> object:
        async with budget(str(location), Policy()) as asked:
            assert await asked.admit(call("c1"), MOST) == Admitted(0)
            location.unlink()
            async with asyncio.timeout(20):
                while not asked.is_away:
                    await asyncio.sleep(0.01)
            return await asked.admit(call("c2"), MOST)

    assert asyncio.run(go()) == StoreAway(
        f"The store {location} is gone: put it back, and start the gateway anew."
    )


def test_many_calls_of_a_long_time_without_the_store_are_booked_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several transactions, and each of them once."""
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", 0.05)
    location = str(tmp_path / "store.db")

    async def go() -> None:
        policy = Policy(when_unreachable="allow")
        async with budget(location, policy, log_folder=str(tmp_path)) as asked:
            await asked.admit(call("c"), MOST)
            with closing(sqlite3.connect(location, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                for n in range(2_500):
                    await asked.admit(made := call(f"c{n}"), MOST)
                    asked.settle(made, TOOK)
            async with asyncio.timeout(20):
                while asked.is_away:
                    await asyncio.sleep(0.02)

    asyncio.run(go())
    assert account(location) == (10, 100, 1, 17_500, 150_000, 2_500)
    assert rows(location, "SELECT call FROM budget_holds") == [("c",)]
