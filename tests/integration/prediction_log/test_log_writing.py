"""The writer: an answer is released once its record is in the file, or is told that it is not."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fixtures.prediction_log import DAY, NOON, Clock, call, record
from proveout.charter.schema.gateway import Payload
from proveout.runtime.log import Writer, count, owner_lives, read_records, segment, writer
from proveout.runtime.ports import LogFullError


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "pilot=claims" / "segments").iterdir())


def ids(folder: Path) -> list[str]:
    return [each.id for each in read_records(folder, "claims")]


class Disk:
    """Stands in for the kernel: lets so many bytes through, then is full."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.n_writes = 0
        self._write = os.write

    def write(self, fd: int, content: bytes) -> int:
        self.n_writes += 1
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = self._write(fd, bytes(content)[: self.room])
        self.room -= done
        return done


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(1 << 40)
    monkeypatch.setattr(segment.os, "write", disk.write)
    return disk


@pytest.mark.parametrize("durability", ["process", "fsync"])
def test_a_record_can_be_read_as_soon_as_it_was_appended(tmp_path: Path, durability: str) -> None:
    """Others see it at once, whole, while the writer goes on."""

    async def run() -> None:
        log = Writer(tmp_path, "claims", durability=durability)  # type: ignore[arg-type]
        await asyncio.gather(*(log.append(record(f"c{i}")) for i in range(50)))
        assert ids(tmp_path) == [f"c{i}" for i in range(50)]
        await log.close()

    asyncio.run(run())
    assert list(read_records(tmp_path, "claims")) == [record(f"c{i}") for i in range(50)]
    assert [path.suffix for path in segments(tmp_path)] == [".log"]


def test_all_records_of_a_turn_of_the_loop_go_out_in_one_write(tmp_path: Path, disk: Disk) -> None:
    """So that many at once cost little more than one."""

    async def run() -> None:
        log = Writer(tmp_path, "claims")
        before = disk.n_writes
        await asyncio.gather(*(log.append(record(f"c{i}")) for i in range(32)))
        assert disk.n_writes == before + 1
        await log.close()

    asyncio.run(run())


def test_a_full_segment_is_followed_by_another_and_sealed_later(tmp_path: Path) -> None:
    """It stays open for a while: what follows from its records may not be in the store yet."""
    clock = Clock()

    async def run() -> None:
        log = Writer(tmp_path, "claims", segment_bytes=1000, clock=clock)
        for i in range(4):
            await log.append(record(f"c{i}"))
        assert {path.suffix for path in segments(tmp_path)} == {".open"}
        clock.now += 11
        log.seal_due()
        assert [path.suffix for path in segments(tmp_path)].count(".open") == 1
        await log.close()

    asyncio.run(run())
    assert ids(tmp_path) == ["c0", "c1", "c2", "c3"]
    assert count(tmp_path, "claims") == 4


def test_a_segment_is_not_sealed_while_something_of_it_is_not_handled(tmp_path: Path) -> None:
    """With the store away for an hour, a recovery still finds what has to be brought up to date."""
    clock = Clock()

    async def run() -> None:
        log = Writer(tmp_path, "claims", segment_bytes=500, clock=clock)
        log.oldest_unhandled = lambda: NOON
        await log.append(record("a"))
        await log.append(record("b"))
        clock.now += 3600

        assert log.seal_due() == 0
        log.oldest_unhandled = lambda: None
        assert log.seal_due() == 1
        await log.close()

    asyncio.run(run())


def test_a_day_has_segments_of_its_own(tmp_path: Path) -> None:
    """A record belongs to the day on which it was written."""
    clock = Clock()

    async def run() -> None:
        log = Writer(tmp_path, "claims", clock=clock)
        await log.append(record("a"))
        clock.now += DAY
        await log.append(record("b"))
        await log.close()

    asyncio.run(run())
    assert [path.name[:10] for path in segments(tmp_path)] == ["2026-11-21", "2026-11-22"]


def test_a_call_under_way_is_known_in_the_next_segment_too(tmp_path: Path) -> None:
    """The segment in which it was begun will be sealed and archived before the call ends."""
    clock = Clock()

    async def run() -> None:
        log = Writer(tmp_path, "claims", clock=clock)
        log.begin(call("slow"), "current")
        await log.append(record("a"))
        clock.now += DAY
        await log.append(record("b"))
        assert log.in_flight == 1
        assert b'"slow"' in segments(tmp_path)[-1].read_bytes()
        await log.append(record("slow"))
        assert log.in_flight == 0
        await log.close()

    asyncio.run(run())
    assert sorted(ids(tmp_path)) == ["a", "b", "slow"]


def test_what_is_under_way_when_the_log_is_closed_is_recorded_as_lost(tmp_path: Path) -> None:
    """A log that was closed tells of every call that it knew."""

    async def run() -> None:
        log = Writer(tmp_path, "claims", clock=Clock(NOON + 2))
        log.begin(call("slow"), "current")
        await log.close()

    asyncio.run(run())
    (lost,) = read_records(tmp_path, "claims")
    assert (lost.id, lost.outcome, lost.reasons, lost.seconds, lost.version) == (
        "slow", "lost", ("lost",), 2.0, "current",
    )  # fmt: skip
    assert lost.notes == ("The log was closed before the call had ended.",)


def test_a_full_disk_is_told_and_leaves_no_half_line(tmp_path: Path, disk: Disk) -> None:
    """The answer is not released; when there is room again, the log goes on as if nothing was."""

    async def run() -> None:
        log = Writer(tmp_path, "claims")
        log.begin(call("b"), "current")
        await log.append(record("a"))
        size = segments(tmp_path)[0].stat().st_size

        disk.room = 100
        with pytest.raises(LogFullError) as told:
            await log.append(record("b"))
        assert str(told.value) == (
            f"The prediction log in {tmp_path} cannot be written: No space left on device."
        )
        assert segments(tmp_path)[0].stat().st_size == size
        with pytest.raises(LogFullError):
            log.begin(call("c"), "current")

        disk.room = 1 << 40
        await log.append(record("d"))
        await log.close()

    asyncio.run(run())
    found = {each.id: each.outcome for each in read_records(tmp_path, "claims")}
    assert found == {"a": "answered", "d": "answered", "b": "lost"}


def test_the_kernel_may_take_a_part_of_a_line_only(tmp_path: Path) -> None:
    """Files of this process may have a megabyte; what the last write left is taken back."""
    megabyte = 1 << 20

    async def run() -> list[str]:
        log = Writer(tmp_path, "claims")
        kept = [f"c{number}" for number in range(10)]
        for id_ in kept:
            await log.append(record(id_, answer="x" * 100_000))
        with pytest.raises(LogFullError, match=r"cannot be written: File too large\.$"):
            await log.append(record("b", answer="x" * 100_000))
        assert segments(tmp_path)[0].stat().st_size < megabyte
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        await log.append(record("after"))
        await log.close()
        return [*kept, "after"]

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabyte, limits[1]))
    try:
        kept = asyncio.run(run())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ids(tmp_path) == kept


def test_what_a_disk_could_not_sync_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel may forget what it could not write, so that nothing follows in that file."""

    async def run() -> None:
        log = Writer(tmp_path, "claims", durability="fsync")
        with monkeypatch.context() as broken:
            broken.setattr(segment.os, "fdatasync", fails)
            with pytest.raises(LogFullError, match=r"cannot be written: Input/output error\.$"):
                await log.append(record("a"))
        await log.append(record("b"))
        assert len(segments(tmp_path)) == 2
        await log.close()

    def fails(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    asyncio.run(run())
    assert [each.id for each in read_records(tmp_path, "claims")].count("b") == 1


def test_a_disk_that_makes_the_loop_wait_is_written_by_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the next write on, so that deadlines hold; nothing changes in what is kept."""
    monkeypatch.setattr(writer, "SLOW_S", 0.0)
    monkeypatch.setattr(writer, "QUICK_S", 0.0)

    async def run() -> None:
        log = Writer(tmp_path, "claims")
        await log.append(record("a"))
        assert log._thread is None
        await asyncio.gather(*(log.append(record(f"b{n}")) for n in range(5)))
        assert log._thread is not None
        await log.close()

    asyncio.run(run())
    assert ids(tmp_path) == ["a", "b0", "b1", "b2", "b3", "b4"]


def test_a_begin_does_not_wait_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is not sent, and the loop goes on."""
    monkeypatch.setattr(writer, "PATIENCE_S", 0.001)
    log = Writer(tmp_path, "claims")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(log._lock.acquire).result()  # as if it wrote, and the disk hung

        with pytest.raises(LogFullError) as told:
            log.begin(call("a"), "current")

        thread.submit(log._lock.release).result()
    assert str(told.value) == f"The prediction log in {tmp_path} is too slow to be written."
    log.close_now()


def test_a_log_whose_folder_is_gone_is_full(tmp_path: Path) -> None:
    """Lines that nobody will ever read are no record; the folder is not made anew in silence,
    since it may be where a disk was mounted."""

    async def run() -> None:
        folder = tmp_path / "log"
        log = Writer(folder, "claims")
        await log.append(record("a"))
        shutil.rmtree(folder)

        for why in ("its segment was deleted", "No such file or directory"):
            with pytest.raises(LogFullError) as told:
                await log.append(record("b"))
            assert str(told.value) == f"The prediction log in {folder} cannot be written: {why}."
        assert not folder.exists()
        folder.mkdir()
        await log.append(record("c"))
        assert ids(folder) == ["c"]
        await log.close()

    asyncio.run(run())


def test_a_folder_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    """Before anybody is answered."""
    (tmp_path / "log").write_text("a file")

    with pytest.raises(LogFullError) as told:
        Writer(tmp_path / "log", "claims")

    assert str(told.value) == (
        f"The prediction log in {tmp_path / 'log'} cannot be written: File exists."
    )


def test_a_slow_disk_is_told_instead_of_filling_the_memory(tmp_path: Path) -> None:
    """What waits is bounded; those beyond are told at once."""

    async def run() -> None:
        log = Writer(tmp_path, "claims", durability="fsync", most_waiting_bytes=2000)
        with log._lock:  # as if a write took long
            waiting = [asyncio.ensure_future(log.append(record(f"c{i}"))) for i in range(10)]
            await asyncio.sleep(0)
            told = [each for each in waiting if each.done() and each.exception()]
            assert str(told[0].exception()) == (
                f"The prediction log in {tmp_path} is too slow: 1,875 bytes wait to be written."
            )
        kept = await asyncio.gather(*waiting, return_exceptions=True)
        assert kept.count(None) == len(ids(tmp_path)) == 10 - len(told)
        await log.close()

    asyncio.run(run())


def test_what_is_larger_than_all_that_may_wait_is_written_by_itself(tmp_path: Path) -> None:
    """An answer of many megabytes is no slow disk."""

    async def run() -> None:
        log = Writer(tmp_path, "claims", most_waiting_bytes=2000)
        await log.append(record("large", answer="x" * 5000))
        await log.close()

    asyncio.run(run())
    assert ids(tmp_path) == ["large"]


def test_a_call_that_gives_up_waiting_is_recorded_all_the_same(tmp_path: Path) -> None:
    """Its record stands; those who wait for others are not disturbed."""

    async def run() -> None:
        log = Writer(tmp_path, "claims")
        first = asyncio.ensure_future(log.append(record("a")))
        second = asyncio.ensure_future(log.append(record("b")))
        await asyncio.sleep(0)
        first.cancel()
        await second
        await log.close()

    asyncio.run(run())
    assert ids(tmp_path) == ["a", "b"]


def test_the_policy_holds_for_the_record_that_others_use_too(tmp_path: Path) -> None:
    """The exception queue is filled from the record after it was appended."""

    async def run() -> None:
        log = Writer(
            tmp_path, "claims", payload=Payload(keep="redacted", redact=("question", "user"))
        )
        asked = call("a")
        asked.caller = type(asked.caller)(user="ada@example.com")
        log.begin(asked, "current")
        kept = record("a", user="ada@example.com")
        await log.append(kept)
        await log.close()
        assert kept.request == '{"question":"[redacted]"}'

    asyncio.run(run())
    content = b"".join(path.read_bytes() for path in segments(tmp_path))
    assert b"how much" not in content
    assert b"ada@example" not in content


def test_text_that_is_none_is_kept_with_question_marks(tmp_path: Path) -> None:
    """Half a character from a client does not keep a record out of the log."""

    async def run() -> None:
        log = Writer(tmp_path, "claims")
        await log.append(record("a", user="\ud800x", notes=("\udfff",)))
        await log.close()

    asyncio.run(run())
    (kept,) = read_records(tmp_path, "claims")
    assert (kept.user, kept.notes) == ("?x", ("?",))


def test_an_owner_lives_as_long_as_its_log_is_open(tmp_path: Path) -> None:
    """By the lock on its segment, which ends with the process however it ends."""
    log = Writer(tmp_path, "claims")
    assert owner_lives(tmp_path, "claims", log.owner)
    log.close_now()
    assert not owner_lives(tmp_path, "claims", log.owner)
    assert segments(tmp_path) == []  # nothing was written, nothing is left
