"""Sources of several files, their fingerprints, and what a charter's checks are given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.intake import CharterData, OpenTable, Session, fetch, unite

Open = Callable[..., OpenTable]


def rows(opened: OpenTable) -> list[dict[str, object]]:
    return list(opened.table.to_pyarrow().to_pylist())


def test_a_folder_is_one_source_whatever_its_files_are(open_: Open, tmp_path: Path) -> None:
    """Columns are matched by name; what a file lacks is null, and is noted."""
    folder = tmp_path / "orders"
    (folder / "south").mkdir(parents=True)
    (folder / "a.csv").write_text("id,amount\n1,10\n")
    (folder / "south" / "b.csv").write_text("amount,id,note\n2.5,2,late\n")
    duckdb.sql("SELECT 3 AS id, 'x' AS amount").write_parquet(str(folder / "c.parquet"))
    (folder / ".DS_Store").write_bytes(b"\x00\x01")

    opened = open_("orders")

    assert sorted(rows(opened), key=str) == [
        {"id": 1, "amount": "10", "note": None},
        {"id": 2, "amount": "2.5", "note": "late"},
        {"id": 3, "amount": "x", "note": None},
    ]
    assert [(f.name, f.format, dict(f.read_as)) for f in opened.files] == [
        (
            "orders/a.csv",
            "csv",
            {
                "encoding": "utf-8", "delimiter": ",", "header_line": 1,
                "columns_missing": ["note"], "columns_widened": {"amount": "string"},
            },
        ),
        (
            "orders/c.parquet",
            "parquet",
            {"columns_missing": ["note"], "columns_widened": {"id": "int64"}},
        ),
        (
            "orders/south/b.csv",
            "csv",
            {
                "encoding": "utf-8", "delimiter": ",", "header_line": 1,
                "columns_widened": {"amount": "string"},
            },
        ),
    ]  # fmt: skip


def test_one_unreadable_file_among_good_ones_is_a_reject(open_: Open, tmp_path: Path) -> None:
    """The others are read."""
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "b.csv").write_bytes(b"")
    (tmp_path / "c.csv").write_text("id\n2\n")

    opened = open_("*.csv")

    assert rows(opened) == [{"id": 1}, {"id": 2}]
    assert opened.rejects.by_reason() == {"unreadable-file": 1}
    (reject,) = opened.rejects.examples()
    assert (reject.file, reject.message) == ("b.csv", "b.csv is empty (0 bytes).")


def test_a_folder_of_nothing_but_unreadable_files_is_refused(open_: Open, tmp_path: Path) -> None:
    """With the first reason."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.csv").write_bytes(b"")
    (tmp_path / "d" / "b.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(InputError) as refused:
        open_("d")

    assert str(refused.value) == (
        "None of the 2 files of d can be read. The first: d/a.csv is empty (0 bytes).\n"
        "Correct the source's path, or write what format the files have."
    )


def test_what_is_not_there_is_answered_with_what_is(open_: Open, tmp_path: Path) -> None:
    """The nearest name, else what the folder holds."""
    (tmp_path / "orders.csv").write_text("a\n1\n")
    (tmp_path / "empty").mkdir()
    messages = []
    for path in ("order.csv", "x.csv", "data/x.csv", "empty", "empty/x.csv", "*.parquet"):
        with pytest.raises(InputError) as refused:
            open_(path)
        messages.append(str(refused.value).replace(str(tmp_path), "HERE"))

    assert messages == [
        "There is no file or folder 'order.csv' (looked in HERE).\nDid you mean 'orders.csv'?",
        "There is no file or folder 'x.csv' (looked in HERE).\nIt holds: empty, orders.csv.",
        "There is no file or folder 'data/x.csv': HERE holds no 'data'.\n"
        "It holds: empty, orders.csv.",
        "The folder empty holds no files.\nPut the data there, or correct the source's path.",
        "There is no file or folder 'empty/x.csv' (looked in HERE/empty).\nThat folder is empty.",
        "No file matches *.parquet (looked in HERE).\n"
        "Correct the pattern; '**' goes through folders below.",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(open_: Open, tmp_path: Path) -> None:
    """With what would let it be read."""
    (tmp_path / "t.csv").write_text("a\n1\n")
    (tmp_path / "t.csv").chmod(0)

    with pytest.raises(InputError) as refused:
        open_("t.csv")

    assert str(refused.value) == (
        "t.csv may not be read: permission denied.\n"
        "Let the user who runs this read it: chmod a+r FILE"
    )


def test_a_fingerprint_follows_the_content(open_: Open, tmp_path: Path) -> None:
    """A copy elsewhere has the same; one changed byte, or one file more, another."""
    for name in ("one", "two"):
        (tmp_path / name / "d").mkdir(parents=True)
        (tmp_path / name / "d" / "a.csv").write_text("a\n1\n")
    first, copy = open_("one/d/a.csv").fingerprint, open_("two/d/a.csv").fingerprint
    (tmp_path / "two" / "d" / "a.csv").write_text("a\n2\n")
    changed = open_("two/d/a.csv").fingerprint
    folder = open_("one/d").fingerprint
    (tmp_path / "one" / "d" / "b.csv").write_text("a\n1\n")
    larger = open_("one/d").fingerprint

    assert first == copy == folder
    assert len({first, changed, larger}) == 3
    assert first.startswith("sha256:")


def test_a_database_is_the_same_whatever_the_order_of_its_rows(open_: Open, tmp_path: Path) -> None:
    """And whatever else the file holds."""
    for name, order in (("a.duckdb", "ASC"), ("b.duckdb", "DESC")):
        with duckdb.connect(str(tmp_path / name)) as connection:
            connection.execute(
                f"CREATE TABLE t AS SELECT range AS a FROM range(9) ORDER BY a {order}"
            ).fetchall()
            connection.execute(f"CREATE TABLE {name[0]} (x INT)").fetchall()
    with duckdb.connect(str(tmp_path / "c.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS a FROM range(8)").fetchall()

    first, other_order, fewer = (
        open_(f"{name}.duckdb", table="t").fingerprint for name in ("a", "b", "c")
    )

    assert first == other_order
    assert first != fewer


def test_sources_are_united_by_the_names_of_columns(open_: Open, tmp_path: Path) -> None:
    """Each row says where it is from; types become the wider."""
    (tmp_path / "a.csv").write_text("id,n\n1,1\n")
    (tmp_path / "b.csv").write_text("id,n,more\nx,2.5,y\n")

    united = unite([open_("a.csv", site="Oslo"), open_("b.csv")])

    assert united.to_pyarrow().to_pylist() == [
        {"id": "1", "n": 1.0, "__source": "a", "__site": "Oslo", "more": None},
        {"id": "x", "n": 2.5, "__source": "b", "__site": None, "more": "y"},
    ]


def test_a_sample_is_the_same_each_time(open_: Open, tmp_path: Path) -> None:
    """For the same seed; another seed draws other rows; and never more than asked."""
    (tmp_path / "t.csv").write_text("id,x\n" + "".join(f"{i},{i % 7}\n" for i in range(50_000)))
    table = open_("t.csv").table

    first, again, other = (fetch(table, ["id"], rows=500, seed=seed) for seed in (1, 1, 2))

    assert first.equals(again)
    assert not first.equals(other)
    assert list(first.columns) == ["id"]
    assert len(first) == 500
    assert first["id"].is_monotonic_increasing
    assert first["id"].is_unique
    # The mean of 500 draws of 0 … 49,999 has a standard error of 646.
    assert abs(first["id"].mean() - 24_999.5) < 4 * 646
    assert len(fetch(table, rows=None, seed=1)) == 50_000
    assert len(fetch(table, rows=10**6, seed=1)) == 50_000


def test_a_charter_opens_each_source_once(session: Session, tmp_path: Path) -> None:
    """Pilot, records, references and labels, under names of their own."""
    for name in ("pilot", "north", "airports", "truth"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_text("id\n1\n")
    charter = Charter.model_validate(
        {
            "pilot": "p",
            "data": {
                "pilot": "pilot/t.csv",
                "production": [
                    "north/t.csv",
                    {"path": "airports/t.csv", "role": "reference", "name": "airports"},
                ],
                "labels": {"source": "truth/t.csv", "key": ["id"], "column": "id"},
            },
        }
    )
    loaded = LoadedCharter(charter=charter, path=tmp_path / "pilot.yaml", content_hash="sha256:0")

    data = CharterData(loaded, session)

    pilot, labels = data.pilot(), data.labels()
    assert pilot is data.pilot()
    assert pilot is not None
    assert labels is not None
    assert [each.name for each in data.production()] == ["t"]
    assert [each.name for each in data.references()] == ["airports"]
    assert (pilot.name, labels.name) == ("t-2", "t-3")


def test_a_charter_without_data_has_none(session: Session, tmp_path: Path) -> None:
    """Nothing is not an error here; the checks say what they need."""
    charter = Charter(pilot="p")
    loaded = LoadedCharter(charter=charter, path=tmp_path / "pilot.yaml", content_hash="sha256:0")
    data = CharterData(loaded, session)

    assert (data.pilot(), data.production(), data.references(), data.labels()) == (
        None, [], [], None,
    )  # fmt: skip


def test_nothing_stays_on_disk(tmp_path: Path) -> None:
    """The scratch space is gone with the session."""
    with Session(memory_bytes=256 << 20) as session:
        scratch = session.scratch
        assert scratch.is_dir()

    assert not scratch.exists()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_moments_mean_the_same_in_every_time_zone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zone: str
) -> None:
    """The machine's own zone has no say."""
    import time

    (tmp_path / "t.csv").write_text("at,zoned\n2013-07-01 10:00,2013-07-01T10:00:00+02:00\n")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    with Session(memory_bytes=256 << 20) as session:
        from proveout.charter.schema import Source
        from proveout.intake import open_source

        table = open_source(Source(path="t.csv"), folder=tmp_path, session=session).table
        found = [str(value) for value in fetch(table, rows=1, seed=1).iloc[0]]
    monkeypatch.undo()
    time.tzset()

    assert found == ["2013-07-01 10:00:00", "2013-07-01 08:00:00+00:00"]
