"""From segments to Parquet: killed at any step and done again, every record is there once."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pyarrow import fs

from fixtures.prediction_log import DAY, NOON, Clock, record
from proveout.errors import InputError, UnreachableError
from proveout.intake import Session
from proveout.runtime.log import Writer, compaction, count, find, read_records, reading
from proveout.runtime.log.archive import Archive
from proveout.runtime.log.compaction import Compacted, compact, deleted_records
from proveout.runtime.log.counting import Group, grouped
from proveout.runtime.log.table import open_log

# Ibis asks DuckDB and pandas in ways that they have renamed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def ids(folder: Path, **asked: datetime) -> list[str]:
    return sorted(each.id for each in read_records(folder, "claims", **asked))  # type: ignore[arg-type]


def write(folder: Path, *names: str, at: float = NOON, seals: bool = True) -> Writer:
    log = Writer(folder, "claims", clock=Clock(at))
    log.append_now([record(name, at=at) for name in names])
    if seals:
        log.close_now()
    return log


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def test_a_sealed_segment_becomes_one_parquet_file_of_its_day(tmp_path: Path) -> None:
    """Any tool reads it by its path, with pilot and day as partitions."""
    write(tmp_path, "a", "b")

    done = compact(tmp_path, "claims")

    assert done == Compacted(segments=1, records=2)
    (file,) = tmp_path.rglob("*.parquet")
    assert file.parent == tmp_path / "archive" / "pilot=claims" / "day=2026-11-21"
    assert list((tmp_path / "pilot=claims" / "segments").iterdir()) == []
    found = duckdb.sql(
        f"select pilot, day, count(*), sum(cost) from "
        f"read_parquet('{tmp_path}/archive/**/*.parquet', hive_partitioning=true) group by all"
    ).fetchall()
    assert [(pilot, str(day), n, str(cost)) for pilot, day, n, cost in found] == [
        ("claims", "2026-11-21", 2, "0.246913578")
    ]


def test_what_is_being_written_is_not_archived(tmp_path: Path) -> None:
    """It is read from its segment, beside the archive."""
    write(tmp_path, "a")
    log = write(tmp_path, "b", seals=False)

    compact(tmp_path, "claims")

    assert ids(tmp_path) == ["a", "b"]
    assert count(tmp_path, "claims") == 2
    assert find(tmp_path, "claims", ["a", "b", "c"]) == {
        "a": record("a"),
        "b": record("b"),
    }
    log.close_now()


STEPS = ("write", "written in part", "written", "remove", "removed", "delete")

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from proveout.runtime.log.compaction import compact

def step(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime(2026, 11, 21, tzinfo=UTC)
compact(Path(sys.argv[1]), "claims", retention_days=1, now=now, step=step)
"""


def test_it_may_be_killed_at_every_step(tmp_path: Path) -> None:
    """Nothing is missing and nothing is there twice, before and after it is done again."""
    running = []
    for step in STEPS:
        folder = tmp_path / step
        write(folder, "old", at=NOON - 5 * DAY)
        write(folder, "a", "b")
        write(folder, "c", at=NOON + 1)
        if step == "delete":
            compact(folder, "claims")
        running.append(subprocess.Popen([sys.executable, "-c", KILLED, folder, step]))

    assert [each.wait() for each in running] == [-9] * len(STEPS)

    for step in STEPS:
        folder = tmp_path / step
        assert ids(folder) == ["a", "b", "c", "old"]
        assert count(folder, "claims") == 4
        compact(folder, "claims")
        assert ids(folder) == ["a", "b", "c", "old"]
        assert [path.name for path in folder.rglob(".*.parquet*")] == []
        assert len(list(folder.rglob("*.parquet"))) == 3


def test_a_segment_whose_file_is_there_is_not_read_besides(tmp_path: Path) -> None:
    """A process was killed between the two; no table has its requests twice."""
    write(tmp_path, "a", "b")
    (segment,) = (tmp_path / "pilot=claims" / "segments").iterdir()
    content = segment.read_bytes()
    compact(tmp_path, "claims")
    segment.write_bytes(content)

    with Session() as session:
        assert open_log(tmp_path, "claims", session=session).table.count().execute() == 2
    assert compact(tmp_path, "claims").segments == 1
    assert ids(tmp_path) == ["a", "b"]


def test_a_half_written_object_is_written_again(tmp_path: Path) -> None:
    """A store may show what an interrupted upload left behind."""
    write(tmp_path, "a")
    (segment,) = (tmp_path / "pilot=claims" / "segments").iterdir()
    half = tmp_path / "archive/pilot=claims/day=2026-11-21" / f"{segment.stem}.parquet"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"PAR1 half")

    assert compact(tmp_path, "claims").records == 1
    assert ids(tmp_path) == ["a"]


def test_one_compacts_at_a_time(tmp_path: Path) -> None:
    """The other says so and goes on with what it was doing."""
    write(tmp_path, "a")
    seen = []

    compact(tmp_path, "claims", step=lambda _: seen.append(compact(tmp_path, "claims")))

    assert seen[0] == Compacted(is_busy=True)
    assert ids(tmp_path) == ["a"]


def test_a_record_that_is_not_understood_is_not_thrown_away(tmp_path: Path) -> None:
    """A segment of a newer Proveout stays until a newer one archives it."""
    write(tmp_path, "a")
    (segment,) = (tmp_path / "pilot=claims" / "segments").iterdir()
    from proveout.runtime.log import framing

    with segment.open("ab") as file:
        file.write(framing.line(framing.RECORD, b'{"id":"x","outcome":"teleported"}'))

    done = compact(tmp_path, "claims")

    assert done == Compacted(unreadable=(segment.name,))
    assert segment.exists()
    assert ids(tmp_path) == ["a"]


def test_days_past_the_retention_are_deleted_and_counted(tmp_path: Path) -> None:
    """Their absence can be told from a loss ever after."""
    write(tmp_path, "old1", "old2", at=NOON - 3 * DAY)
    write(tmp_path, "a")

    done = compact(tmp_path, "claims", retention_days=2, now=moment(NOON))

    assert done == Compacted(
        segments=2, records=3, deleted_files=1, deleted_records=2, deleted_days=("2026-11-18",)
    )
    assert ids(tmp_path) == ["a"]
    assert deleted_records(tmp_path, "claims") == 2
    assert not list(tmp_path.rglob("*_old*"))


def test_a_span_is_that_of_when_requests_came(tmp_path: Path) -> None:
    """Whatever the day on which they ended and were written; the end is not included."""
    log = Writer(tmp_path, "claims", clock=Clock(NOON + DAY))
    log.append_now([record("a", at=NOON), record("b", at=NOON + DAY)])
    log.close_now()
    live = write(tmp_path, "c", at=NOON + 2 * DAY, seals=False)
    compact(tmp_path, "claims")
    span = {"since": moment(NOON), "until": moment(NOON + DAY)}

    assert ids(tmp_path, **span) == ["a"]
    assert ids(tmp_path, since=moment(NOON + 1)) == ["b", "c"]
    assert count(tmp_path, "claims", **span) == 1  # type: ignore[arg-type]
    with Session() as session:
        opened = open_log(tmp_path, "claims", session=session, **span)  # type: ignore[arg-type]
        assert opened.table.id.execute().tolist() == ["a"]
    live.close_now()


def test_a_table_stays_what_it_was_while_the_log_grows(tmp_path: Path) -> None:
    """All checks of a run look at the same requests, and the fingerprint names them."""
    log = write(tmp_path, "a", seals=False)
    with Session() as session:
        before = open_log(tmp_path, "claims", session=session)
        log.append_now([record("b")])
        assert before.table.count().execute() == 1
        after = open_log(tmp_path, "claims", session=session)
        assert after.table.count().execute() == 2
        assert before.fingerprint != after.fingerprint
    log.close_now()


def test_an_empty_log_is_a_table_without_rows(tmp_path: Path) -> None:
    """Nobody has asked anything yet."""
    with Session() as session:
        assert open_log(tmp_path, "claims", session=session).table.count().execute() == 0
    assert grouped(tmp_path, "claims", "outcome") == []


def test_records_are_counted_by_what_they_say(tmp_path: Path) -> None:
    """The largest group first, with what it cost; days in their order."""
    log = Writer(tmp_path, "claims", clock=Clock())
    log.append_now(
        [
            record("a", team="x", at=NOON - DAY),
            record("b", team="y"),
            record("c", team="y"),
            record("d", team=None, cost=0, currency=None),
        ]
    )
    log.close_now()

    assert grouped(tmp_path, "claims", "team") == [
        Group("y", 2, {"EUR": "0.246913578"}),
        Group(None, 1, {}),
        Group("x", 1, {"EUR": "0.123456789"}),
    ]
    assert [(g.value, g.records) for g in grouped(tmp_path, "claims", "day")] == [
        ("2026-11-20", 1),
        ("2026-11-21", 3),
    ]


def test_an_object_store_is_archived_to_and_read_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole files are uploaded; everything that reads finds them there."""
    (tmp_path / "store").mkdir()
    store = fs.SubTreeFileSystem(str(tmp_path / "store"), fs.LocalFileSystem())
    remote = Archive("s3://bucket/path", "bucket/path", store)
    for module in (compaction, reading):
        monkeypatch.setattr(module, "open_archive", lambda *_: remote)
    write(tmp_path, "old", at=NOON - 9 * DAY)
    write(tmp_path, "a", "b")
    live = write(tmp_path, "c", seals=False)

    done = compact(tmp_path, "claims", retention_days=5, now=moment(NOON))

    assert (done.records, done.deleted_records) == (3, 1)
    assert [path.parent.relative_to(tmp_path) for path in tmp_path.rglob("*.parquet")] == [
        Path("store/bucket/path/pilot=claims/day=2026-11-21")
    ]
    assert ids(tmp_path) == ["a", "b", "c"]
    assert count(tmp_path, "claims") == 3
    assert find(tmp_path, "claims", ["a"]) == {"a": record("a")}
    with Session() as session:
        opened = open_log(tmp_path, "claims", session=session, since=moment(NOON))
        assert sorted(opened.table.id.execute()) == ["a", "b", "c"]
    live.close_now()


def test_an_archive_that_is_away_leaves_segments_where_they_are(tmp_path: Path) -> None:
    """They are archived once it is back."""
    write(tmp_path, "a")
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(UnreachableError) as told:
        compact(tmp_path, "claims", archive=str(tmp_path / "taken"))

    assert told.value.message.startswith(
        f"The archive of the prediction log, {tmp_path / 'taken'}, cannot be used: "
    )
    assert ids(tmp_path) == ["a"]


def test_a_url_of_no_known_store_is_refused_without_its_secrets(tmp_path: Path) -> None:
    """Keys in an address are not repeated."""
    with pytest.raises(InputError) as told:
        compact(tmp_path, "claims", archive="ftp://key:secret@host/path")

    assert told.value.message.startswith(
        "The archive of the prediction log, ftp://…@host/path, is no place that is known: "
    )
    assert "secret" not in json.dumps([told.value.message, told.value.hint])


def test_more_segments_than_can_be_read_at_once_are_told(tmp_path: Path) -> None:
    """Where nobody archives them, with what to do."""
    for number in range(40):
        write(tmp_path, f"a{number}", at=NOON + number)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken + 20, limits[1]))
    try:
        with pytest.raises(UnreachableError) as told:
            count(tmp_path, "claims")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    segments = tmp_path / "pilot=claims" / "segments"
    assert told.value.message == f"{segments} holds 40 segments, more than can be read at once."
    assert told.value.hint == "Archive them: proveout log compact"
    assert count(tmp_path, "claims") == 40
