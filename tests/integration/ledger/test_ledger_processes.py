"""Several processes at one ledger, and processes that are killed."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from proveout.evidence.ledger import NewEntry, open_ledger, verify

N_PROCESSES = 8
N_APPENDS = 20
N_KILLS = 100
SEED = 20_260_301

_start: Barrier


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger will be; nothing is there yet."""
    if request.param == "sqlite":
        return str(tmp_path / "new folder" / "ledger.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.mark.slow
def test_eight_processes_appending_at_once_keep_the_chain_whole(location: str) -> None:
    """They make the ledger together, and nothing is lost, doubled or torn apart."""
    context = _context()
    with ProcessPoolExecutor(
        N_PROCESSES,
        mp_context=context,
        initializer=_wait_for_others_with,
        initargs=(context.Barrier(N_PROCESSES),),
    ) as pool:
        work = [pool.submit(_append_batches, location, worker) for worker in range(N_PROCESSES)]
        acknowledged = [item for future in work for item in future.result()]

    with open_ledger(location, create=False) as ledger:
        found = verify(ledger)
        entries = list(ledger.entries())
    assert found.problems == ()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert sorted(acknowledged) == [(entry.seq, entry.hash) for entry in entries]
    per_worker = Counter(entry.pilot for entry in entries)
    assert set(per_worker.values()) == {sum(1 + i % 3 for i in range(N_APPENDS))}
    _assert_batches_stand_together([(e.pilot, e.body["batch"], e.body["i"]) for e in entries])


@pytest.mark.slow
def test_a_killed_process_never_leaves_a_broken_ledger_or_loses_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    """SIGKILL at 100 random moments of one that appends without a pause."""
    location, moments = str(tmp_path / "ledger.db"), random.Random(SEED)
    acknowledged: list[tuple[int, str]] = []
    for _ in range(N_KILLS):
        acknowledged += _run_and_kill(location, after_s=moments.uniform(0, 0.03))

        assert set(acknowledged) <= _whole_entries(location)
    assert len(acknowledged) > N_KILLS


@pytest.mark.slow
@pytest.mark.postgres
def test_a_killed_process_leaves_postgresql_whole(postgres_url: str) -> None:
    """The server rolls back what was not committed."""
    moments = random.Random(SEED)
    acknowledged: list[tuple[int, str]] = []
    for _ in range(20):
        acknowledged += _run_and_kill(postgres_url, after_s=moments.uniform(0, 0.03))

        assert set(acknowledged) <= _whole_entries(postgres_url)
    assert len(acknowledged) > 20


@pytest.mark.slow
def test_a_process_killed_while_it_makes_the_ledger_leaves_one_that_can_be_made(
    tmp_path: Path,
) -> None:
    """Tables, guards and the note of the end come together or not at all."""
    moments = random.Random(SEED)
    for attempt in range(20):
        location = str(tmp_path / f"{attempt}.db")
        _run_and_kill(location, after_s=moments.uniform(0, 0.2), await_first=False)

        with open_ledger(location) as ledger:
            ledger.append([NewEntry(pilot="p", kind="run", body={})])
            assert verify(ledger).problems == ()


def _context() -> ForkServerContext:
    """Processes forked from a server that has imported everything start in milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "alembic.command",
            "proveout.evidence.ledger.postgres",
            "proveout.evidence.ledger.sqlite",
            "proveout.evidence.ledger.store",
            "psycopg",
            "pytest",
            "sqlalchemy.dialects.sqlite",
        ]
    )
    return context


def _wait_for_others_with(barrier: Barrier) -> None:
    global _start  # noqa: PLW0603  # the only way to hand a barrier to a pool's processes
    _start = barrier


def _append_batches(location: str, worker: int) -> list[tuple[int, str]]:
    _start.wait(timeout=120)
    done = []
    with open_ledger(location) as ledger:
        for batch in range(N_APPENDS):
            bodies = [{"batch": batch, "i": i} for i in range(1 + batch % 3)]
            new = [NewEntry(pilot=f"w{worker}", kind="evidence", body=b) for b in bodies]
            done += [(entry.seq, entry.hash) for entry in ledger.append(new)]
    return done


def _assert_batches_stand_together(entries: list[tuple[str, int, int]]) -> None:
    for before, (pilot, batch, i) in zip([("", -1, -1), *entries[:-1]], entries, strict=True):
        if i > 0:
            assert before == (pilot, batch, i - 1)


def _run_and_kill(
    location: str, *, after_s: float, await_first: bool = True
) -> list[tuple[int, str]]:
    """Let a process append until it is killed; return what it acknowledged before."""
    context = _context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_append_forever, args=(location, theirs), daemon=True)
    process.start()
    theirs.close()
    seen = [ours.recv()] if await_first else []
    process.join(timeout=after_s)
    process.kill()
    process.join()
    while True:
        try:
            seen.append(ours.recv())
        except EOFError:
            break
    ours.close()
    process.close()
    return [item for batch in seen for item in batch]


def _append_forever(location: str, acknowledge: Connection) -> None:
    size = 0
    with open_ledger(location) as ledger:
        while True:
            size = size % 3 + 1
            new = [NewEntry(pilot="p", kind="evidence", body={"of": size})] * size
            acknowledge.send([(entry.seq, entry.hash) for entry in ledger.append(new)])


def _whole_entries(location: str) -> set[tuple[int, str]]:
    with open_ledger(location, create=False) as ledger:
        assert verify(ledger).problems == ()
        with ledger.snapshot() as snapshot:
            return {(row.seq, row.hash) for row in snapshot.rows}
