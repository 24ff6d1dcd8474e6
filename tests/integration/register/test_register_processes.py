"""Several people act at the same moment, and processes that are killed: nothing lost or doubled."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from fixtures.gate_makers import charter
from proveout.assess.registry import installed
from proveout.evidence.ledger import Ledger, open_ledger, verify
from proveout.evidence.model import Evidence
from proveout.portfolio import Library, Place
from proveout.register import Act, record, register_of
from proveout.register.spending import SPENDING

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHARTER = charter()
N_EACH = 4
N_KILLS = 25

_start: Barrier


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger stands; nothing is in it."""
    found: str = (
        str(tmp_path / "ledger.db")
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    with open_ledger(found):
        pass
    return found


def noted(name: str, amount: float) -> Act:
    says = {"amount": amount, "currency": "EUR", "until": "2026-02-28", "note": ""}
    return Act(id=name, pilot="p", kind="spending.noted", who="Ada Byron", at=NOW, says=says)


def record_one(ledger: Ledger, act: Act, library: Library | None = None) -> bool:
    """Record as the command line does, or as a dashboard that follows does."""
    known = None if library is None else library.known(library.pilot("p"))
    done = record(
        act, loaded=CHARTER, ledger=ledger, catalogue=installed().catalogue, now=NOW, known=known
    )
    return done.is_new


def act_at_once(location: str, worker: int) -> list[bool]:
    """Act time and again, once the others are ready, too."""
    with open_ledger(location) as ledger:
        library = Library(
            [Place(ledger=ledger, location=location, charters=(CHARTER,))], installed()
        )
        follows = library if worker % 2 else None
        _start.wait(60)
        mine = [noted(f"{worker}-{n}", worker * 100.0 + n) for n in range(N_EACH)]
        shared = [noted(f"shared-{n}", 5_000.0 + n) for n in range(N_EACH)]
        return [
            record_one(ledger, act, follows)
            for pair in zip(mine, shared, strict=True)
            for act in pair
        ]


def wait_with(barrier: Barrier) -> None:
    global _start  # noqa: PLW0603 - a barrier reaches a process only while it starts
    _start = barrier


def context() -> ForkServerContext:
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["proveout.portfolio", "proveout.register", "sqlalchemy"])
    return made


def assert_acts_and_evidence_agree(ledger: Ledger) -> None:
    """Whatever the register came to after each act stands in the ledger, once."""
    assert verify(ledger).problems == ()
    last: float | None = None
    recorded: list[str] = []
    for entry in ledger.entries():
        if entry.kind == "act":
            recorded.append(entry.body["id"])
            wanted = float(entry.body["says"]["amount"])
        else:
            found = Evidence.from_dict(entry.body)
            assert (found.metric, found.details["act"]) == ("cost.spent", recorded[-1])
            assert found.value == wanted != last
            last = found.value
    assert last == wanted
    assert len(recorded) == len(set(recorded))


@pytest.mark.parametrize("n", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_people_who_act_at_the_same_moment_lose_and_double_nothing(location: str, n: int) -> None:
    """Every act stands once, the same form sent by all of them is one act, figures are right."""
    made = context()
    with ProcessPoolExecutor(
        n, mp_context=made, initializer=wait_with, initargs=(made.Barrier(n),)
    ) as pool:
        work = [pool.submit(act_at_once, location, worker) for worker in range(n)]
        were_new = [future.result() for future in work]

    with open_ledger(location, create=False) as ledger:
        register = register_of(ledger.entries())
        assert_acts_and_evidence_agree(ledger)
    assert sorted(register.acts) == sorted(
        [f"{worker}-{k}" for worker in range(n) for k in range(N_EACH)]
        + [f"shared-{k}" for k in range(N_EACH)]
    )
    assert all(all(mine[::2]) for mine in were_new)
    assert sum(sum(mine[1::2]) for mine in were_new) == N_EACH
    spent = register.of(SPENDING)
    assert spent is not None
    assert spent.n == n * N_EACH + N_EACH


def act_until_killed(location: str, first: int, acknowledged: Connection) -> None:
    """Act without a pause, and say what was acknowledged."""
    with open_ledger(location) as ledger:
        library = Library(
            [Place(ledger=ledger, location=location, charters=(CHARTER,))], installed()
        )
        acknowledged.send("open")
        for n in range(first, first + 10_000):
            name = f"act-{n}"
            record_one(ledger, noted(name, float(n)), library if n % 2 else None)
            acknowledged.send(name)


def kill_after(n_acts: int, seconds: float, location: str, first: int) -> list[str]:
    """Start one, kill it so long after so many acts, and return what it acknowledged.

    Counted in acts, not by the clock alone: a busy machine would be killed before the first.
    """
    made = context()
    ours, theirs = made.Pipe(duplex=False)
    child = made.Process(target=act_until_killed, args=(location, first, theirs))
    child.start()
    theirs.close()
    assert ours.poll(60)
    assert ours.recv() == "open"
    said: list[str] = [ours.recv() for _ in range(n_acts)]
    child.join(seconds)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    with suppress(EOFError):
        while ours.poll():
            said.append(ours.recv())
    return said


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_act_and_evidence_or_neither(tmp_path: Path) -> None:
    """The chain holds, what was acknowledged stands, and no act stands without its figures."""
    location, moments = str(tmp_path / "ledger.db"), random.Random(5)
    with open_ledger(location):
        pass
    acknowledged: set[str] = set()
    for turn in range(N_KILLS):
        n_acts, seconds = moments.randint(0, 4), moments.uniform(0, 0.03)
        acknowledged |= set(kill_after(n_acts, seconds, location, turn * 10_000))

    with open_ledger(location, create=False) as ledger:
        assert_acts_and_evidence_agree(ledger)
        acts = {entry.body["id"] for entry in ledger.entries(kinds=["act"])}
    assert acknowledged <= acts
    assert len(acknowledged) > N_KILLS
