"""No exception is lost while the store is away, memory is full, or a process ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from proveout.runtime.exceptions.queueing import Queueing
from proveout.runtime.record import Record

AWAY = "The store cannot be reached."


def record(number: int, **said: Any) -> Record:
    return Record(
        **{
            "id": str(number), "pilot": "claims", "protocol": "json", "outcome": "answered",
            "at": float(number), "seconds": 1.0, "status": 200, "reasons": ("rule",), **said,
        }
    )  # fmt: skip


class Store:
    """A queue that keeps ids, and may be away."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.kept: dict[str, None] = {}
        self.is_away = is_away
        self.was_asked = threading.Event()

    def enqueue(self, records: Sequence[Record]) -> int:
        self.was_asked.set()
        if self.is_away:
            raise OSError(AWAY)
        before = len(self.kept)
        self.kept |= dict.fromkeys(each.id for each in records)
        return len(self.kept) - before


class Log:
    """Records as the log holds them."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def read(self, since: float) -> Iterable[Record]:
        return [each for each in self.records if each.at >= since]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def begun(log: Log, tmp_path: Path) -> Iterator[Any]:
    """Begins queueing, and ends it with the test."""
    opened: list[Queueing] = []

    def begin(store: Store, **said: Any) -> Queueing:
        opened.append(
            Queueing(store, read=log.read, left=tmp_path, owner="me", **{"retry_s": 0.01, **said})
        )
        return opened[-1]

    yield begin
    for each in opened:
        each.close(within_s=0.1)


def test_what_needs_nobody_is_not_queued(begun: Any) -> None:
    """Nor what a version in the shadow answered, which nobody saw."""
    store = Store()
    queueing = begun(store)

    for each in (record(1), record(2, reasons=()), record(3, shadow_of="1")):
        queueing.put(each)

    assert queueing.settled(10.0)
    assert list(store.kept) == ["1"]


def test_while_the_store_is_away_records_wait_and_the_log_keeps_them(begun: Any) -> None:
    """Nobody waits for the store; what waits is told, and is written when it is back."""
    store = Store(is_away=True)
    queueing = begun(store)
    queueing.put(record(7))
    queueing.put(record(5))
    assert store.was_asked.wait(10.0)

    oldest = queueing.oldest_unhandled()
    store.is_away = False

    assert oldest == 5.0
    assert queueing.settled(10.0)
    assert (list(store.kept), queueing.oldest_unhandled()) == (["7", "5"], None)
    assert queueing.standing.trouble is None


def test_what_finds_no_place_in_memory_is_read_from_the_log(begun: Any, log: Log) -> None:
    """A store that is away for a day does not fill the memory of the gateway."""
    store = Store(is_away=True)
    queueing = begun(store, most_waiting=2)
    log.records = [record(number) for number in range(10)]
    for each in log.records:
        queueing.put(each)
    held = queueing.standing.waiting
    store.is_away = False

    assert held == 2
    assert queueing.settled(10.0)
    assert sorted(store.kept, key=int) == [str(number) for number in range(10)]


def test_what_is_left_at_the_end_is_found_by_the_next(begun: Any, log: Log) -> None:
    """A process that ends while the store is away notes since when entries are missing."""
    first = begun(Store(is_away=True))
    log.records = [record(3), record(4)]
    for each in log.records:
        first.put(each)
    left = first.close(within_s=0.05)

    store = Store()
    second = begun(store)

    assert (left.waiting, left.trouble) == (2, AWAY)
    assert second.settled(10.0)
    assert list(store.kept) == ["3", "4"]
    third = Store()
    assert begun(third).settled(10.0)
    assert not third.was_asked.is_set()


def test_a_log_that_cannot_be_read_is_tried_again(begun: Any, log: Log, tmp_path: Path) -> None:
    """The note of what is missing stays until it is done."""
    (tmp_path / "dead.since").write_text("3.0\n")
    tries: list[float] = []

    def read(since: float) -> Iterable[Record]:
        tries.append(since)
        if len(tries) == 1:
            raise OSError
        return [record(3)]

    log.read = read  # type: ignore[method-assign]
    store = Store()

    assert begun(store).settled(10.0)
    assert (tries, list(store.kept), list(tmp_path.iterdir())) == ([3.0, 3.0], ["3"], [])
