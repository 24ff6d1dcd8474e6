"""Every format that a source may have, whole and damaged."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import openpyxl
import pytest

from proveout.errors import InputError
from proveout.intake import OpenTable, Reject

Open = Callable[..., OpenTable]


def rows(opened: OpenTable) -> list[tuple[object, ...]]:
    """Return the rows with None for null."""
    return [tuple(row.values()) for row in opened.table.to_pyarrow().to_pylist()]


def types(opened: OpenTable) -> dict[str, str]:
    """Return the columns with their types."""
    return {name: str(type_) for name, type_ in opened.table.schema().items()}


def workbook(path: Path, **sheets: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)


def test_a_parquet_file_is_read_where_it_is(open_: Open, tmp_path: Path) -> None:
    """With its own types."""
    duckdb.sql("SELECT 1 AS a, 'x' AS b").write_parquet(str(tmp_path / "t.parquet"))

    opened = open_("t.parquet")

    assert (types(opened), rows(opened)) == ({"a": "int32", "b": "string"}, [(1, "x")])
    assert opened.files[0].format == "parquet"


def test_json_lines_are_read_and_bad_ones_kept(open_: Open, tmp_path: Path) -> None:
    """A line that is no object is a reject; an object within gives columns, a list stays text."""
    (tmp_path / "t.jsonl").write_text(
        '{"a": 1, "b": {"c": 2}, "zip": "007"}\n'
        "\n"
        '{"a": "x", "d": [1, 2]}\n'
        '{"a": 1.5,\n'
        "[1]\n"
        '{"a": null, "zip": "1"}'
    )

    opened = open_("t.jsonl")

    assert types(opened) == dict.fromkeys(["a", "zip", "d"], "string") | {"b.c": "int64"}
    assert rows(opened) == [
        ("1", 2, "007", None), ("x", None, None, "[1,2]"), (None, None, "1", None),
    ]  # fmt: skip
    assert opened.rejects.examples() == [
        Reject(
            file="t.jsonl",
            line=4,
            column=None,
            reason="syntax",
            message="The line is not JSON: Expecting property name enclosed in double quotes: "
            "line 2 column 1 (char 11).",
            raw='{"a": 1.5,',
        ),
        Reject(
            file="t.jsonl",
            line=5,
            column=None,
            reason="structure",
            message="The line is a JSON list, not an object.",
            raw="[1]",
        ),
    ]


def test_a_json_list_is_read_like_lines(open_: Open, tmp_path: Path) -> None:
    """As web services write it; and lines may be compressed."""
    (tmp_path / "t.json").write_text(json.dumps([{"a": 1}, {"a": 2}], indent=1))
    (tmp_path / "t.ndjson.gz").write_bytes(gzip.compress(b'{"a":1}\n{"a":2}\n'))

    assert rows(open_("t.json")) == rows(open_("t.ndjson.gz")) == [(1,), (2,)]


def test_a_sheet_has_the_types_of_its_cells(open_: Open, tmp_path: Path) -> None:
    """A column whose cells agree is typed; one that mixes them is text, and says so."""
    workbook(
        tmp_path / "t.xlsx",
        Notes=[],
        Data=[
            [],
            ["id", "real", "day", "flag", "code", "mixed"],
            [1, 1.5, dt.date(2013, 1, 31), True, "007", 12],
            [2, 2, dt.date(2013, 2, 28), False, "008", "n/a"],
            [None, None, None, None, None, None],
            [3, None, None, None, None, None],
        ],
    )

    opened = open_("t.xlsx")

    assert types(opened) == {
        "id": "int64", "real": "float64", "day": "date", "flag": "boolean", "code": "string",
        "mixed": "string",
    }  # fmt: skip
    assert rows(opened) == [
        (1, 1.5, dt.date(2013, 1, 31), True, "007", "12"),
        (2, 2.0, dt.date(2013, 2, 28), False, "008", "n/a"),
        (3, None, None, None, None, None),
    ]
    assert opened.files[0].read_as == {
        "sheet": "Data",
        "header_line": 2,
        "mixed_columns": {"mixed": ["int", "str"]},
    }


def test_a_duckdb_table_or_view_is_read(open_: Open, tmp_path: Path) -> None:
    """In whatever schema it is; two sources may name the same file."""
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS a FROM range(3)").fetchall()
        connection.execute(
            "CREATE SCHEMA s; CREATE VIEW s.v AS SELECT a * 2 AS b FROM t"
        ).fetchall()

    assert rows(open_("t.duckdb", table="t")) == [(0,), (1,), (2,)]
    assert rows(open_("t.duckdb", table="s.v")) == [(0,), (2,), (4,)]


def sqlite_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER, zip TEXT, day TEXT, amount REAL, mixed)")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?)",
            [(1, "007", "2013-01-31", 1.5, 1), (2, None, "2013-02-28", 2, "x")],
        )
        connection.commit()


def test_a_sqlite_column_has_the_type_of_its_values(open_: Open, tmp_path: Path) -> None:
    """Days in ISO form become dates; what is mixed becomes text, and says so."""
    sqlite_file(tmp_path / "t.db")

    opened = open_("t.db")

    assert types(opened) == {
        "id": "int64", "zip": "string", "day": "date", "amount": "float64", "mixed": "string",
    }  # fmt: skip
    assert rows(opened) == [
        (1, "007", dt.date(2013, 1, 31), 1.5, "1"),
        (2, None, dt.date(2013, 2, 28), 2.0, "x"),
    ]
    assert opened.files[0].read_as == {
        "table": "t",
        "mixed_columns": {"mixed": ["integer", "text"]},
    }


def test_content_counts_and_not_the_name(open_: Open, tmp_path: Path) -> None:
    """An export under a wrong name is read as what it is."""
    duckdb.sql("SELECT 1 AS a").write_parquet(str(tmp_path / "t.csv"))
    sqlite_file(tmp_path / "t.xlsx")

    assert rows(open_("t.csv")) == [(1,)]
    assert len(rows(open_("t.xlsx"))) == 2


def test_a_missing_table_is_answered_with_those_there_are(open_: Open, tmp_path: Path) -> None:
    """Also when none was named and there are several."""
    workbook(tmp_path / "t.xlsx", January=[["a"], [1]], March=[["a"], [1]])
    with duckdb.connect(str(tmp_path / "t.duckdb")) as connection:
        connection.execute("CREATE TABLE one(a INT); CREATE TABLE two(a INT)").fetchall()
    sqlite_file(tmp_path / "t.db")
    messages = []
    for path, table in [
        ("t.xlsx", "Januar"), ("t.duckdb", None), ("t.duckdb", "three"), ("t.db", "orders"),
    ]:  # fmt: skip
        with pytest.raises(InputError) as refused:
            open_(path, table=table)
        messages.append(str(refused.value))

    assert messages == [
        "t.xlsx holds no sheet named 'Januar'; it holds: January, March.\nDid you mean 'January'?",
        "t.duckdb holds 2 tables: one, two.\n"
        "Say which one to read: 'table: one' in the charter, '--table one' on the command line.",
        "t.duckdb holds no table named 'three'; it holds: one, two.\nWrite for example: table: one",
        "t.db holds no table named 'orders'; it holds: t.\nWrite for example: table: t",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "t.parquet",
            b"PAR1 and then nothing",
            "t.parquet is no Parquet file that can be read: it is damaged or cut short.\n"
            "Fetch or export it again.",
        ),
        (
            "t.parquet",
            b"a,b\n1,2\n",
            "t.parquet is no Parquet file that can be read: it is damaged or cut short.\n"
            "Fetch or export it again.",
        ),
        (
            "t.parquet",
            b"",
            "t.parquet is empty (0 bytes).\nExport it again, or take it out of the source's path.",
        ),
        (
            "t.xlsx",
            b"PK\x03\x04 and then nothing",
            "t.xlsx is no workbook that can be read: it is damaged or cut short (File is not a "
            "zip file).\n"
            "Fetch or export it again; a spreadsheet program may be able to repair it.",
        ),
        (
            "t.db",
            b"SQLite format 3\x00" + b"x" * 100,
            "t.db is no SQLite database that can be read: file is not a database.\n"
            "The file is damaged, or something is writing to it: read a copy or a backup.",
        ),
        (
            "t.jsonl",
            b"[1]x\n",
            "t.jsonl holds no entry that is a JSON object. Line 1: The entry is a JSON "
            "int, not an object.\n"
            'Each must be an object, such as {"id": 1, "amount": 2.5}.',
        ),
        (
            "t.json",
            b"\xef\xbb\xbf[ ]\n",
            "t.json holds no records: its list is empty.\n"
            "Export it again, or take it out of the source's path.",
        ),
        (
            "t.csv",
            b"\n<!DOCTYPE HTML><html><body>Please log in</body></html>\n",
            "t.csv is a web page, which cannot be read as a table.\n"
            "Name a CSV, Parquet, JSON Lines, Excel, PDF, DuckDB or SQLite file.",
        ),
        (
            "t.jsonl",
            b'{"a": 1, "a": 2}\nx\n',
            "t.jsonl holds no line that is a JSON object. Line 1: The record has the field 'a' "
            "twice.\n"
            'Each must be an object, such as {"id": 1, "amount": 2.5}.',
        ),
        (
            "t.jsonl",
            b"one\ntwo\n",
            "t.jsonl holds no line that is a JSON object. Line 1: The record is not JSON: "
            "Expecting value: line 1 column 1 (char 0).\n"
            'Each must be an object, such as {"id": 1, "amount": 2.5}.',
        ),
    ],
)
def test_damaged_files_are_refused(
    open_: Open, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """The message says what was found and what to do."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError) as refused:
        open_(name)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    "name", ["t.csv", "t.csv.gz", "t.jsonl", "t.parquet", "t.xlsx", "t.duckdb", "t.db"]
)
def test_a_file_without_bytes_is_empty_whatever_its_format(
    open_: Open, tmp_path: Path, name: str
) -> None:
    """No reader calls it damaged."""
    (tmp_path / name).touch()

    with pytest.raises(InputError) as refused:
        open_(name)

    assert str(refused.value) == (
        f"{name} is empty (0 bytes).\nExport it again, or take it out of the source's path."
    )


@pytest.mark.parametrize("name", ["t.csv.gz", "t.jsonl.gz"])
def test_a_compressed_file_is_held_to_its_checksum(open_: Open, tmp_path: Path, name: str) -> None:
    """Damage that still decompresses would give other rows, or fewer."""
    text = b'{"id": 1}\n{"id": 2}\n' if "json" in name else b"id\n1\n2\n"
    content = bytearray(gzip.compress(text))
    content[-8:-4] = b"sums"
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError, match=f"{name} cannot be decompressed to its end: CRC check"):
        open_(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_a_pipe_is_refused(open_: Open, tmp_path: Path) -> None:
    """A source is read more than once; `audit <(…)` must say so, and not wait."""
    os.mkfifo(tmp_path / "t.csv")

    with pytest.raises(InputError) as refused:
        open_("t.csv")

    assert str(refused.value) == (
        "t.csv is no file but a pipe or a device, which can be read only once.\n"
        "Write what comes from it to a file first."
    )


def test_a_workbook_on_which_its_reader_gives_up_is_damaged(open_: Open, tmp_path: Path) -> None:
    """The reader is written in Rust, and what it raises then is no Exception of Python."""
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff0900")
    content += bytes.fromhex("0600") + bytes(10) + bytes.fromhex("010000000000000000000000")
    content += bytes.fromhex("00100000feffffff00000000feffffff00000000")
    (tmp_path / "t.xls").write_bytes(content.ljust(76 + 436, b"\xff") + b"\xff" * 28)

    with pytest.raises(InputError) as refused:
        open_("t.xls")

    assert str(refused.value) == (
        "t.xls is no workbook that can be read: it is damaged, or no workbook at all.\n"
        "Open it in a spreadsheet program and save it again, as .xlsx or CSV."
    )


def test_a_sheet_without_a_filled_cell_is_empty(open_: Open, tmp_path: Path) -> None:
    """It is passed over for the next; when it is named, that is a mistake."""
    workbook(tmp_path / "t.xlsx", Blank=[["", ""], [" ".strip(), None]], Data=[["id"], [1]])

    assert open_("t.xlsx").files[0].read_as["sheet"] == "Data"
    with pytest.raises(InputError) as refused:
        open_("t.xlsx", table="Blank")

    assert str(refused.value) == (
        "The sheet 'Blank' of t.xlsx is empty.\nName another one; there are: Blank, Data."
    )


def test_an_empty_workbook_is_refused(open_: Open, tmp_path: Path) -> None:
    """No sheet holds anything."""
    workbook(tmp_path / "t.xlsx", A=[], B=[])

    with pytest.raises(InputError) as refused:
        open_("t.xlsx")

    assert str(refused.value) == (
        "t.xlsx holds no sheet with anything in it.\n"
        "Export it again, or take it out of the source's path."
    )
