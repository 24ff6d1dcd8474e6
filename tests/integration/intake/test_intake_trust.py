"""What a file brings along is not obeyed: views, links, and names that are patterns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from proveout.errors import InputError
from proveout.intake import OpenTable
from proveout.intake.readers import duckdb_file, sqlite_file

Open = Callable[..., OpenTable]


def refused(open_: Open, path: str, table: str) -> str:
    """Return what is said of a table that is refused."""
    with pytest.raises(InputError) as raised:
        open_(path, table=table)
    return str(raised.value)


@pytest.mark.parametrize(
    "reading",
    ["read_csv('{0}')", "read_text('{0}')", "glob('{0}')", "'{0}'", "read_parquet('https://x/y')"],
)
def test_a_view_of_a_duckdb_file_reads_nothing_outside(
    open_: Open, tmp_path: Path, reading: str
) -> None:
    """Views are programs of whoever made the file: no other file, and no server."""
    (tmp_path / "secret.csv").write_text("password\nhunter2\n")
    with duckdb.connect(str(tmp_path / "t.duckdb")) as db:
        db.execute("CREATE TABLE plain AS SELECT 1 AS a")
        try:
            db.execute(f"CREATE VIEW v AS SELECT * FROM {reading.format(tmp_path / 'secret.csv')}")
        except duckdb.Error:
            pytest.skip("this engine does not let such a view be made here")

    said = refused(open_, "t.duckdb", "v")

    assert "hunter2" not in said
    assert said == (
        "The view 'v' of t.duckdb reads what is outside of the database, which a view is not let.\n"
        "Write its rows to a table of the database, or name what it reads as a source."
    )


def test_a_view_over_tables_of_its_database_is_read(open_: Open, tmp_path: Path) -> None:
    """With its types."""
    with duckdb.connect(str(tmp_path / "t.duckdb")) as db:
        db.execute("CREATE TABLE t AS SELECT 1 AS a, DATE '2024-01-31' AS day")
        db.execute("CREATE VIEW v AS SELECT a + 1 AS b, day FROM t")

    opened = open_("t.duckdb", table="v")

    assert {name: str(kind) for name, kind in opened.table.schema().items()} == {
        "b": "int32", "day": "date",
    }  # fmt: skip


def test_a_view_that_never_ends_is_given_up(
    open_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In DuckDB and in SQLite."""
    monkeypatch.setattr(duckdb_file, "MOST_SECONDS", 0.2)
    monkeypatch.setattr(sqlite_file, "MOST_SECONDS", 0.2)
    endless = "WITH RECURSIVE r(a) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r"
    with duckdb.connect(str(tmp_path / "t.duckdb")) as db:
        db.execute("CREATE VIEW v AS SELECT sum(x) FROM range(10000000000000) AS r(x)")
    with closing(sqlite3.connect(tmp_path / "t.db")) as lite:
        lite.execute(f"CREATE VIEW v AS {endless}")

    said = [refused(open_, "t.duckdb", "v"), refused(open_, "t.db", "v")]

    assert said == [
        f"The view 'v' of {name} takes more than 0 seconds.\n"
        "Write its rows to a table of the database."
        for name in ("t.duckdb", "t.db")
    ]


def test_a_view_of_sqlite_cannot_ask_for_a_gigabyte(open_: Open, tmp_path: Path) -> None:
    """Nor load code, nor write."""
    with closing(sqlite3.connect(tmp_path / "t.db")) as lite:
        lite.execute("CREATE VIEW large AS SELECT hex(zeroblob(500000000)) AS a")
        lite.execute("CREATE VIEW code AS SELECT load_extension('x.so') AS a")

    assert "string or blob too big" in refused(open_, "t.db", "large")
    assert "cannot be read" not in refused(open_, "t.db", "code").partition("that")[0]
    assert refused(open_, "t.db", "code").startswith("t.db is no SQLite database that can be read:")


def test_a_link_out_of_a_folder_is_not_followed(open_: Open, tmp_path: Path) -> None:
    """Who may put a file into the folder may not have another one read; within it links are."""
    outside = tmp_path / "secret.csv"
    outside.write_text("id\n9\n")
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    (folder / "c.csv").symlink_to(outside)
    (folder / "d").symlink_to(tmp_path)
    (folder / "e.csv").symlink_to(folder / "nothing")

    opened = open_("in")

    assert opened.table.count().to_pyarrow().as_py() == 2
    assert [(r.file, r.message) for r in opened.rejects.examples(9)] == [
        (
            "in/c.csv",
            f"c.csv is a link out of the folder, to {outside}, which is not followed.",
        ),
        ("in/d", "d is a link to a folder, which is not followed."),
        ("in/e.csv", "e.csv is a link that leads nowhere."),
    ]


def test_a_link_that_is_named_is_followed(open_: Open, tmp_path: Path) -> None:
    """The charter says so."""
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")

    assert open_("b.csv").table.count().to_pyarrow().as_py() == 1


@pytest.mark.parametrize("suffix", ["parquet", "json", "csv"])
def test_a_name_that_looks_like_a_pattern_is_a_name(
    open_: Open, tmp_path: Path, suffix: str
) -> None:
    """'t*.parquet' is one file where there is one of that name, not all that begin with t."""
    for name, value in (("t*", 1), ("t1", 2), ("t[1]", 3)):
        path = str(tmp_path / f"{name}.{suffix}")
        duckdb.sql(f"COPY (SELECT {value} AS a) TO '{path}'")

    read = [
        open_(f"{name}.{suffix}").table.to_pyarrow()["a"].to_pylist() for name in ("t*", "t[1]")
    ]

    assert read == [[1], [3]]
