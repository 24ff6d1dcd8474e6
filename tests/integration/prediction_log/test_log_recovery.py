"""After a crash: what the dead have left is complete once, and only once, whoever finds it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from fixtures.prediction_log import DAY, NOON, Clock, call, record
from proveout.runtime.log import Recovered, Writer, find, read_records, recover
from proveout.runtime.log.compaction import compact
from proveout.runtime.log.recovery import WHY_LOST


def ids(folder: Path) -> list[str]:
    return [each.id for each in read_records(folder, "claims")]


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "pilot=claims" / "segments").iterdir())


def died(
    folder: Path,
    *,
    ended: tuple[str, ...] = (),
    begun: tuple[str, ...] = (),
    torn: bytes = b"",
    owner: str = "dead",
) -> None:
    """Leave what a process leaves that was killed: its segment, and no lock."""
    log = Writer(folder, "claims", owner=owner, clock=Clock())
    for id_ in begun:
        log.begin(call(id_), "current")
    log.append_now([record(id_, reasons=("failure",) if "bad" in id_ else ()) for id_ in ended])
    with log._segments.current.path.open("ab") as file:
        file.write(torn)
    log._release()


def test_a_call_that_was_begun_and_not_ended_is_lost(tmp_path: Path) -> None:
    """It becomes a record, with a reason that brings it to a person."""
    died(tmp_path, ended=("a",), begun=("a", "b"))

    with recover(tmp_path, "claims", clock=Clock(NOON + 60)) as recovered:
        (lost,) = recovered.lost
        assert (recovered.owners, recovered.n_records) == (("dead",), 2)

    assert (lost.id, lost.outcome, lost.reasons, lost.notes, lost.seconds) == (
        "b", "lost", ("lost",), (WHY_LOST,), 60.0,
    )  # fmt: skip
    assert ids(tmp_path) == ["a", "b"]
    assert [path.suffix for path in segments(tmp_path)] == [".log"]


def test_a_torn_last_line_is_kept_aside_with_its_reason(tmp_path: Path) -> None:
    """Its answer was never released; what stands in it can still be looked at."""
    died(tmp_path, ended=("a",), torn=b'r 12345678 400 {"id":"b","pi')

    with recover(tmp_path, "claims", clock=Clock()) as recovered:
        (cut,) = recovered.cuts

    assert (cut.why, cut.n_bytes) == ("cut", 28)
    assert cut.kept is not None
    why, raw = cut.kept.read_bytes().split(b"\n", 1)
    assert raw == b'r 12345678 400 {"id":"b","pi'
    assert b"the process died while it wrote this line" in why
    assert ids(tmp_path) == ["a"]


def test_a_changed_line_stays_and_is_told(tmp_path: Path) -> None:
    """It is evidence of something else than a crash, and nothing after it is lost."""
    died(tmp_path, ended=("a", "b"))
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"id":"a"', b'"id":"x"'))

    with recover(tmp_path, "claims") as recovered:
        assert [cut.why for cut in recovered.cuts] == ["changed"]

    assert ids(tmp_path) == ["b"]
    assert b'"id":"x"' in segments(tmp_path)[0].read_bytes()


def test_what_follows_from_records_can_be_brought_up_to_date(tmp_path: Path) -> None:
    """For each call: its record, or that none was ever sent; and all that go to a person."""
    died(tmp_path, ended=("a", "bad"), begun=("a", "bad", "lost"))

    with recover(tmp_path, "claims") as recovered:
        found = recovered.records_of(["a", "lost", "never sent"])
        assert {id_: each.outcome for id_, each in found.items()} == {
            "a": "answered",
            "lost": "lost",
        }
        assert [each.id for each in recovered.excepted()] == ["bad", "lost"]
        assert [each.id for each in recovered.ended()] == ["a", "bad", "lost"]


def test_a_hold_whose_record_is_archived_is_found(tmp_path: Path) -> None:
    """The store was away for long, and the gateway died before it came back."""
    died(tmp_path, ended=("a",), owner="one")
    with recover(tmp_path, "claims"):
        pass
    compact(tmp_path, "claims")
    died(tmp_path, ended=("b",), owner="one")

    with recover(tmp_path, "claims") as recovered:
        assert recovered.records_of(["a", "b", "c"]).keys() == {"a", "b"}


def test_a_recovery_that_breaks_off_is_done_again(tmp_path: Path) -> None:
    """The segment is sealed only when the store is up to date; the log holds no call twice."""
    died(tmp_path, ended=("a",), begun=("b",))
    with pytest.raises(ZeroDivisionError), recover(tmp_path, "claims"):
        raise ZeroDivisionError

    with recover(tmp_path, "claims") as recovered:
        assert [each.id for each in recovered.lost] == ["b"]
        assert recovered.records_of(["a"]).keys() == {"a"}

    assert ids(tmp_path) == ["a", "b"]
    with recover(tmp_path, "claims") as nothing:
        assert (nothing.owners, nothing.lost, nothing.n_records) == ((), (), 0)


def test_a_start_reads_only_what_is_not_sealed(tmp_path: Path) -> None:
    """However large the log is: what is sealed or archived is not even looked into."""
    died(tmp_path, ended=("a",), begun=("b",))
    day = tmp_path / "archive" / "pilot=claims" / "day=2026-11-20"
    day.mkdir(parents=True)
    for number in range(500):
        (day / f"2026-11-20T120000.000000_old_{number:04d}.parquet").write_bytes(b"not read")
        name = f"2026-11-20T120000.000000_older_{number:04d}.log"
        (tmp_path / "pilot=claims" / "segments" / name).write_bytes(b"not read")

    with recover(tmp_path, "claims") as recovered:
        assert recovered.records_of(["a", "b"]).keys() == {"a", "b"}
        assert recovered.n_records == 2


def test_two_who_recover_at_once_share_the_dead(tmp_path: Path) -> None:
    """Each of them is recovered by one; the other neither waits nor does it again."""
    for n in range(8):
        died(tmp_path, ended=(f"a{n}",), begun=(f"b{n}",), owner=f"dead{n}")
    gate, found = threading.Barrier(2), list[Recovered]()

    def run() -> None:
        gate.wait()
        with recover(tmp_path, "claims") as recovered:
            found.append(recovered)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(owner for each in found for owner in each.owners) == [
        f"dead{n}" for n in range(8)
    ]
    assert sorted(ids(tmp_path)) == sorted(
        [f"a{n}" for n in range(8)] + [f"b{n}" for n in range(8)]
    )


def test_the_living_are_left_alone(tmp_path: Path) -> None:
    """Even where one of their segments could be taken: their calls are not lost."""
    log = Writer(tmp_path, "claims", segment_bytes=400, clock=Clock())
    log.begin(call("slow"), "current")
    log.append_now([record("a")])
    log.append_now([record("b")])
    log._segments.full[0].release()

    with recover(tmp_path, "claims") as recovered:
        assert recovered.owners == ()

    log.append_now([record("slow")])
    log._segments.full.clear()
    log.close_now()


def test_a_call_that_ended_in_the_next_segment_is_not_lost(tmp_path: Path) -> None:
    """All that an owner has left unsealed is looked at together."""
    clock = Clock()
    log = Writer(tmp_path, "claims", clock=clock)
    log.begin(call("slow"), "current")
    log.append_now([record("a")])
    clock.now += DAY
    log.append_now([record("slow")])
    for each in log._segments.all():
        each.release()

    with recover(tmp_path, "claims", clock=clock) as recovered:
        assert recovered.lost == ()

    assert sorted(ids(tmp_path)) == ["a", "slow"]
    assert [path.suffix for path in segments(tmp_path)] == [".log", ".log"]


def test_a_segment_that_was_sealed_but_not_named_is_named(tmp_path: Path) -> None:
    """Its owner died in between."""
    log = Writer(tmp_path, "claims")
    asyncio.run(log.append(record("a")))
    asyncio.run(log.close())
    (sealed,) = segments(tmp_path)
    content = sealed.read_bytes()
    sealed.rename(sealed.with_suffix(".open"))

    with recover(tmp_path, "claims"):
        pass

    assert sealed.read_bytes() == content


def test_an_empty_folder_has_nothing_to_recover(tmp_path: Path) -> None:
    """The first start of all."""
    with recover(tmp_path / "none", "claims") as recovered:
        assert (recovered.owners, recovered.records_of(["a"])) == ((), {})
    assert find(tmp_path / "none", "claims", ["a"]) == {}
