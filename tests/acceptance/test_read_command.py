"""`proveout read`: any file as a standard one."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROVEOUT = Path(sys.executable).parent / "proveout"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    return subprocess.run(
        [str(PROVEOUT), "read", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )


def rows(path: Path) -> list[list[str]]:
    """Read a standard CSV file."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


BODY = "".join(f"{n};0.{n}0;0{n};2023-01-{n:02d}\n" for n in range(1, 10))
BROKEN = "Report of prices\n\nid;price;code;day\n" + BODY + "10;;0.50;011;2023-01-10\n*** cut ***\n"


def test_one_file_goes_to_standard_output_as_it_stands(tmp_path: Path) -> None:
    """0.10 stays 0.10 and 01 stays 01; what was wrong is told on standard error."""
    (tmp_path / "prices.csv").write_text(BROKEN)

    found = run(tmp_path, "prices.csv")

    assert found.returncode == 0
    assert found.stdout.splitlines()[:2] == ["id,price,code,day", "1,0.10,01,2023-01-01"]
    assert found.stdout.splitlines()[-1] == "10,0.50,011,2023-01-10"
    assert found.stderr.splitlines() == [
        "prices.csv: 1 row put right. Line 13: A delimiter too many before field 2 is passed over.",
        "prices.csv: 2 lines beside the table set aside. Line 1: Report of prices; "
        "--json lists all.",
        "See every such row: add --rejects FILE",
    ]


def test_several_files_go_into_a_folder(tmp_path: Path) -> None:
    """Of the same names; further tables are numbered; one that cannot be read stops no other."""
    (tmp_path / "a.tsv").write_text("x\ty\n1\t2\n3\t4\n")
    (tmp_path / "b.csv").write_text(
        "k,v\n1,2\n2,3\n3,4\n\nname,phone\nAda,55-1\nBo,55-2\nCy,55-3\n"
    )
    (tmp_path / "c.csv").write_bytes(b"")
    (tmp_path / "d.csv").write_bytes(b"%PDF-1.7")

    found = run(tmp_path, "a.tsv", "b.csv", "c.csv", "d.csv", "gone.csv", "-o", "out")

    assert found.returncode == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.csv", "b-2.csv", "b.csv", "c.csv",
    ]  # fmt: skip
    assert rows(tmp_path / "out" / "a.csv") == [["x", "y"], ["1", "2"], ["3", "4"]]
    assert rows(tmp_path / "out" / "b-2.csv")[0] == ["name", "phone"]
    assert (tmp_path / "out" / "c.csv").read_bytes() == b""
    assert "gone.csv does not exist." in found.stderr
    assert "3 files read: 3 tables, 8 rows." in found.stderr


def test_every_repair_and_every_reject_is_listed(tmp_path: Path) -> None:
    """With file, line, reason and the row as it stood; the summary counts them."""
    body = "".join(f"{n},A-{n},2023-01-{n:02d}\n" for n in range(1, 20))
    (tmp_path / "t.csv").write_text(
        "id,code,day\n" + body + "20A-20,2023-01-20\n?!?,?\n22,A-22,2023-01-22\n"
    )

    found = run(tmp_path, "t.csv", "-o", "out.csv", "--rejects", "faults.csv", "--json")

    told = json.loads(found.stdout)
    (table,) = told["files"][0]["tables"]
    assert told["totals"] == {
        "files": 1, "unreadable": 0, "tables": 1, "rows": 21, "repairs": 1, "rejects": 1,
    }  # fmt: skip
    assert table["repairs"]["by_reason"] == {"missing-delimiter": 1}
    assert [row[:5] for row in rows(tmp_path / "faults.csv")] == [
        ["file", "table", "line", "what", "reason"],
        ["t.csv", "", "21", "repaired", "missing-delimiter"],
        ["t.csv", "", "22", "refused", "missing-columns"],
    ]
    assert rows(tmp_path / "faults.csv")[2][-1] == "?!?,?"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["a.csv", "b.csv"],
            "Error: Standard output takes one CSV file, not several files.\n"
            "Say where to write: proveout read a.csv -o OUT\n",
        ),
        (
            ["a.csv", "b.csv", "-o", "."],
            "Error: a.csv is one of the files to read, and would be overwritten.\n"
            "Name another folder or file with -o.\n",
        ),
        (
            ["a.csv", "b.csv", "-o", "file"],
            "Error: file is a file, and 2 files go into a folder.\n"
            "Name a folder: proveout read FILE… -o OUT\n",
        ),
        (
            ["a.csv", "deep/a.csv", "-o", "out"],
            "Error: a.csv and deep/a.csv would both become out/a.csv.csv.\n"
            "Read them in two calls, into two folders.\n",
        ),
        (
            ["a.csv", "-o", "new.csv", "--rejects", "new.csv"],
            "Error: --out and --rejects both name new.csv.\nName another file with --rejects.\n",
        ),
        (
            ["a.csv", "-o", "out", "--rejects", "out/a.csv"],
            "Error: out/a.csv holds a table that was read just now, and would be overwritten by "
            "the rows that were repaired or refused.\nName another file with --rejects.\n",
        ),
    ],
)
def test_nothing_is_overwritten(tmp_path: Path, arguments: list[str], message: str) -> None:
    """Neither an input nor the output of another."""
    (tmp_path / "deep").mkdir()
    for name in ("a.csv", "b.csv", "deep/a.csv", "file"):
        (tmp_path / name).write_text("x,y\n1,2\n")

    found = run(tmp_path, *arguments)

    assert (found.returncode, found.stderr) == (2, message)
    assert (tmp_path / "a.csv").read_text() == "x,y\n1,2\n"


def test_formulas_stay_unless_a_spreadsheet_is_to_read_them(tmp_path: Path) -> None:
    """Then an apostrophe keeps them from running; numbers with a sign are left alone."""
    (tmp_path / "t.csv").write_text('who,what,n\nAda,"=1+1",-5\nBo,@SUM(A1),+7\nCy,-cmd,3\n')

    plain = run(tmp_path, "t.csv")
    neutral = run(tmp_path, "t.csv", "--for-spreadsheet")

    assert plain.stdout == "who,what,n\nAda,=1+1,-5\nBo,@SUM(A1),+7\nCy,-cmd,3\n"
    assert neutral.stdout == "who,what,n\nAda,'=1+1,-5\nBo,'@SUM(A1),+7\nCy,'-cmd,3\n"
    assert neutral.stderr == "t.csv: an apostrophe put before 3 cells.\n"


def test_other_formats_are_read_too(tmp_path: Path) -> None:
    """And Parquet is written on request."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), tmp_path / "t.parquet")
    (tmp_path / "u.csv").write_text("a,b\n01,x\n02,y\n")

    found = run(tmp_path, "t.parquet", "-o", "t.csv")
    other = run(tmp_path, "u.csv", "-o", "u.parquet", "--format", "parquet")

    assert (found.returncode, other.returncode) == (0, 0)
    assert (tmp_path / "t.csv").read_text() == "a,b\n1,x\n2,\n"
    assert pq.read_table(tmp_path / "u.parquet").to_pylist() == [
        {"a": "01", "b": "x"}, {"a": "02", "b": "y"},
    ]  # fmt: skip


def test_pipe_is_called_a_pipe(tmp_path: Path) -> None:
    """What can be read only once is said to be that, and not to be absent."""
    os.mkfifo(tmp_path / "p.csv")

    found = run(tmp_path, "p.csv")

    assert found.returncode == 2
    assert found.stderr.splitlines() == [
        "p.csv is no file but a pipe or a device, which can be read only once. "
        "Write what comes from it to a file first."
    ]


def test_json_that_is_called_csv_is_read_as_json(tmp_path: Path) -> None:
    """What a file begins with counts, where it is no delimited text."""
    (tmp_path / "j.csv").write_text('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]')

    assert run(tmp_path, "j.csv").stdout == "a,b\n1,x\n2,y\n"


def test_what_is_set_aside_is_told(tmp_path: Path) -> None:
    """Titles, totals and notes around a table are no records, and are not dropped in silence."""
    (tmp_path / "erp.csv").write_text(
        "Sales of March\n\nno;name;amount\n1;Ada;3\n2;Bo;4\n3;Cy;5\nTotal;;12\n\nPrinted by SAP\n"
    )

    found = run(tmp_path, "erp.csv", "-o", "out")

    assert found.stderr.splitlines() == [
        "erp.csv: 3 lines beside the table set aside. Line 1: Sales of March; --json lists all.",
        "1 file read: 1 table, 3 rows.",
    ]
