"""Delimited text as companies have it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from proveout.errors import InputError
from proveout.intake import OpenTable, Reject

Open = Callable[..., OpenTable]


def rows(opened: OpenTable) -> list[tuple[object, ...]]:
    """Return the rows with None for null."""
    table = opened.table.to_pyarrow()
    return [tuple(row.values()) for row in table.to_pylist()]


def types(opened: OpenTable) -> dict[str, str]:
    """Return the columns with their types."""
    return {name: str(type_) for name, type_ in opened.table.schema().items()}


def test_a_column_has_the_type_that_all_of_its_values_fit(open_: Open, tmp_path: Path) -> None:
    """One value that does not fit makes the column text; no row is lost to a type."""
    (tmp_path / "t.csv").write_text(
        "whole,real,flag,day,at,zoned,clock,code,long,mixed,gone\n"
        "1,1.5,true,2013-01-31,2013-01-31 10:00,2013-01-31T10:00:00Z,10:00,007,"
        "123456789012345678901,1,\n"
        "-2,3,FALSE,2013-02-28,2013-02-28T10:00:01,2013-02-28 10:00:00+02:00,23:59:59,123,"
        "1,N/A,\n"
    )

    opened = open_("t.csv")

    assert types(opened) == {
        "whole": "int64",
        "real": "float64",
        "flag": "boolean",
        "day": "date",
        "at": "timestamp(6)",
        "zoned": "timestamp('UTC', 6)",
        "clock": "time",
        # A leading zero and a twentieth digit would be lost in a number.
        "code": "string",
        "long": "string",
        "mixed": "string",
        "gone": "string",
    }
    assert opened.rejects.count == 0


def test_a_late_odd_value_makes_the_column_text(open_: Open, tmp_path: Path) -> None:
    """Types are proven on all rows, not on the first ones."""
    lines = ["id,code", *(f"{i},{i}" for i in range(30_000)), "30000,0042", "x,1"]
    (tmp_path / "late.csv").write_text("\n".join(lines))

    opened = open_("late.csv")

    assert types(opened) == {"id": "string", "code": "string"}
    assert rows(opened)[-2:] == [("30000", "0042"), ("x", "1")]


def test_only_a_broken_structure_makes_a_reject(open_: Open, tmp_path: Path) -> None:
    """A reject names file, line, reason and text; the other rows are read."""
    (tmp_path / "broken.csv").write_bytes(
        b"a,b,c\n1,x,2\n2,y\n3,z,4,5\nfoo,w,5\n8,sch\xc3\xb6n,9\n7,caf\xe9,8\n9,sch\xc3\xb6n,9\n"
    )

    opened = open_("broken.csv")

    assert rows(opened) == [
        ("1", "x", 2), ("foo", "w", 5), ("8", "schön", 9), ("9", "schön", 9),
    ]  # fmt: skip
    assert opened.rejects.count == 3
    assert opened.rejects.by_reason() == {
        "encoding": 1, "missing-columns": 1, "too-many-columns": 1,
    }  # fmt: skip
    assert opened.rejects.examples(2) == [
        Reject(
            file="broken.csv",
            line=3,
            column=None,
            reason="missing-columns",
            message="The row has 2 of 3 columns.",
            raw="2,y",
        ),
        Reject(
            file="broken.csv",
            line=4,
            column=None,
            reason="too-many-columns",
            message="The row has 4 columns, not 3. It can be put right in more than one way. "
            "Certainty: 66%.",
            raw="3,z,4,5",
        ),
    ]


@pytest.mark.parametrize(
    ("encoding", "wrong"), [("utf-8", b"\xff"), ("cp1252", b"\x81"), ("utf-16-le", b"\x00\xd8")]
)
def test_bytes_that_stand_for_nothing_cost_their_row(
    open_: Open, tmp_path: Path, encoding: str, wrong: bytes
) -> None:
    """In whatever encoding the file is; no value comes through with a letter lost."""
    text = "id,name\n1,Jürgen\n2,J?rgen\n3,Jörg\n".encode(encoding)
    (tmp_path / "wrong.csv").write_bytes(text.replace("?".encode(encoding), wrong))

    opened = open_("wrong.csv", encoding=encoding)

    assert rows(opened) == [(1, "Jürgen"), (3, "Jörg")]
    (reject,) = opened.rejects.examples()
    assert (reject.line, reject.reason, reject.message) == (
        3,
        "encoding",
        "The row holds bytes that stand for nothing in the file's encoding.",
    )


@pytest.mark.parametrize("elsewhere", ["", '9,"open,\n'])
def test_a_delimiter_too_many_shifts_no_values(open_: Open, tmp_path: Path, elsewhere: str) -> None:
    """Where two rows are all there is to go by, the row is a reject."""
    (tmp_path / "shifted.csv").write_text(f"id,name,note\n1,x,\n2,,y,\n3,z,NA\n{elsewhere}")

    opened = open_("shifted.csv", null_values=["NA"])

    assert rows(opened)[:2] == [(1, "x", None), (3, "z", None)]
    assert opened.rejects.by_reason() == {"too-many-columns": 1}
    assert opened.rejects.examples(1)[0].raw == "2,,y,"


def test_values_go_back_under_their_columns(open_: Open, tmp_path: Path) -> None:
    """Where the other rows tell which they are; the repair says what was done."""
    body = "".join(f"{i},2023-01-{i:02d},x{i}\n" for i in range(1, 10))
    (tmp_path / "shifted.csv").write_text(f"id,day,code\n{body}10,,2023-01-10,x10\n")

    opened = open_("shifted.csv")

    assert rows(opened)[-1][2] == "x10"
    assert opened.rejects.count == 0
    (repair,) = opened.repairs.examples()
    assert (repair.line, repair.reason, repair.raw) == (11, "extra-delimiter", "10,,2023-01-10,x10")


@pytest.mark.parametrize("header", ["id,name", "id,name,"])
def test_a_delimiter_after_every_row_is_a_habit(open_: Open, tmp_path: Path, header: str) -> None:
    """No column is made of it, and no row is a reject for it."""
    (tmp_path / "habit.csv").write_text(f"{header}\n1,x,\n2,,\n3,u,v,\n")

    opened = open_("habit.csv", null_values=["x"])

    assert types(opened) == {"id": "int64", "name": "string"}
    assert rows(opened) == [(1, None), (2, None)]
    assert opened.rejects.by_reason() == {"too-many-columns": 1}


@pytest.mark.parametrize("rest", ["{i},text {i},{i}\n", '{i},"text {i}",{i}\n'])
def test_an_open_quote_costs_no_row(open_: Open, tmp_path: Path, rest: str) -> None:
    """It is kept as text; the rows after it are read, and the repair has its own line."""
    lines = [rest.format(i=i) for i in range(20_000)]
    lines[9_999] = '9999,"text 9999,9999\n'
    (tmp_path / "open.csv").write_text("a,b,c\n" + "".join(lines))

    opened = open_("open.csv")

    assert opened.table.count().execute() == 20_000
    assert opened.rejects.count == 0
    assert opened.repairs.examples() == [
        Reject(
            file="open.csv",
            line=10_001,
            column=None,
            reason="stray-quote",
            message="A quote that opens or closes nothing is kept as text.",
            raw='9999,"text 9999,9999',
        )
    ]


def test_a_quoted_value_may_go_over_lines_in_a_damaged_file(open_: Open, tmp_path: Path) -> None:
    """What is whole stays whole beside what is mended."""
    (tmp_path / "both.csv").write_text('a,b\n1,"two\nlines"\n2,"open\n3,"three\n\n lines"\n4,x\n')

    opened = open_("both.csv")

    assert rows(opened) == [(1, "two\nlines"), (2, '"open'), (3, "three\n\n lines"), (4, "x")]
    assert [r.raw for r in opened.repairs.examples()] == ['2,"open']


def test_lines_are_counted_in_the_file_as_it_is(open_: Open, tmp_path: Path) -> None:
    """However large the file and however it is cut for reading."""
    lines = ["a,b,c", *(f"{i},{'x' * 50},1" for i in range(200_000))]
    broken = (1, 77_777, 150_000, 199_999)
    for number in broken:
        lines[number] = f"{number},short"
    (tmp_path / "large.csv").write_text("\n".join(lines))

    opened = open_("large.csv")

    assert opened.table.count().execute() == 200_000 - len(broken)
    assert [(r.line, r.raw) for r in opened.rejects.examples(9)] == [
        (number + 1, f"{number},short") for number in broken
    ]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_letters_are_read_in_any_usual_encoding(
    open_: Open, tmp_path: Path, encoding: str, found: str
) -> None:
    """The encoding is found, and said."""
    (tmp_path / "t.csv").write_bytes("name,n\nMüller,1\nCafé,2\n".encode(encoding))

    opened = open_("t.csv")

    assert rows(opened) == [("Müller", 1), ("Café", 2)]
    assert opened.rejects.count == 0
    assert opened.files[0].read_as["encoding"] == found


def test_a_late_letter_tells_the_encoding(open_: Open, tmp_path: Path) -> None:
    """A file that begins in plain letters may still be of former times."""
    text = "name,n\n" + "".join(f"plain,{i}\n" for i in range(60_000)) + "Müller,1\n"
    (tmp_path / "late.csv").write_bytes(text.encode("cp1252"))

    opened = open_("late.csv")

    assert rows(opened)[-1] == ("Müller", 1)
    assert (opened.rejects.count, opened.files[0].read_as["encoding"]) == (0, "cp1252")


def test_what_the_charter_says_of_a_file_holds(open_: Open, tmp_path: Path) -> None:
    """Delimiter, encoding and the texts that stand for nothing."""
    (tmp_path / "t.csv").write_bytes("a;b,c\n1;\xfc\nNA;-\n".encode("latin-1"))

    opened = open_("t.csv", delimiter=";", encoding="latin-1", null_values=["NA", "-"])

    assert types(opened) == {"a": "int64", "b,c": "string"}
    assert rows(opened) == [(1, "ü"), (None, None)]


@pytest.mark.parametrize(("name", "pack"), [("t.csv.gz", gzip.compress), ("t.csv", gzip.compress)])
def test_compressed_files_are_read_as_they_are(
    open_: Open, tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    """Whatever their names say."""
    (tmp_path / name).write_bytes(pack(b"a,b\n1,2\n3,4\n"))

    assert rows(open_(name)) == [(1, 2), (3, 4)]


def test_zstandard_is_read(open_: Open, tmp_path: Path) -> None:
    """As databases write it."""
    import pyarrow as pa

    (tmp_path / "t.csv.zst").write_bytes(pa.compress(b"a,b\n1,2\n", codec="zstd", asbytes=True))

    assert rows(open_("t.csv.zst")) == [(1, 2)]


@pytest.mark.parametrize(
    "text", ["a,b\r\n1,2\n3,4\r\n", "a,b\n1,2\r3,4\n", "a,b\r1,2\r3,4\r"],
)  # fmt: skip
def test_lines_may_end_in_several_ways(open_: Open, tmp_path: Path, text: str) -> None:
    """Also within one file."""
    (tmp_path / "t.csv").write_bytes(text.encode())

    assert rows(open_("t.csv")) == [(1, 2), (3, 4)]


@pytest.mark.parametrize(("in_name", "at_end"), [("\n", "\r\n"), ("\r\n", "\n"), ("\n", "\n")])
@pytest.mark.parametrize("before", ["", "\n"])
def test_a_name_may_go_over_lines_that_end_otherwise_than_rows(
    open_: Open, tmp_path: Path, in_name: str, at_end: str, before: str
) -> None:
    """A spreadsheet writes a line feed within a name, and other line ends after rows."""
    lines = [f'{before}id,"per{in_name}year",x', *(f"{at},a,{3 * at}" for at in range(60))]
    (tmp_path / "t.csv").write_text(at_end.join(lines) + at_end, newline="")

    opened = open_("t.csv")

    assert types(opened) == {"id": "int64", "per year": "string", "x": "int64"}
    assert rows(opened) == [(at, "a", 3 * at) for at in range(60)]
    assert opened.rejects.count == 0


def test_a_header_alone_is_a_table_without_rows(open_: Open, tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    (tmp_path / "t.csv").write_text("a,b\n")

    opened = open_("t.csv")

    assert (types(opened), rows(opened), opened.rejects.count) == (
        {"a": "string", "b": "string"}, [], 0,
    )  # fmt: skip


def test_a_name_may_hold_what_a_pattern_means(open_: Open, tmp_path: Path) -> None:
    """A bracket in a file's name is a bracket."""
    (tmp_path / "t[1]*.csv").write_text("a\n1\n")

    assert rows(open_("t[1]*.csv")) == [(1,)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "t.csv",
            b"",
            "t.csv is empty (0 bytes).\nExport it again, or take it out of the source's path.",
        ),
        (
            "t.csv",
            b"\n \n\n",
            "t.csv holds nothing but blank lines.\n"
            "Export it again, or take it out of the source's path.",
        ),
        (
            "t.csv",
            bytes(range(256)) * 8,
            "t.csv is not text in any encoding that is known.\n"
            "If it is text, write its encoding (encoding: utf-16-le); if not, its format.",
        ),
        (
            "t.csv.gz",
            gzip.compress(b"a,b\n1,2\n" * 100, mtime=0)[:-12],
            "t.csv.gz cannot be decompressed to its end: Compressed file ended before the "
            "end-of-stream marker was reached\n"
            "The file is damaged or cut short; fetch or export it again.",
        ),
        (
            "t.csv",
            b"%PDF-1.7",
            "t.csv is no PDF document that can be read: it is damaged or cut short.\n"
            "Fetch or export it again; open it in a viewer and save a copy.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(
    open_: Open, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """The message says what was found and what to do."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InputError) as refused:
        open_(name)

    assert str(refused.value) == message


def test_an_unknown_encoding_is_refused(open_: Open, tmp_path: Path) -> None:
    """With examples of what may stand there."""
    (tmp_path / "t.csv").write_text("a\n1\n")

    with pytest.raises(InputError) as refused:
        open_("t.csv", encoding="utf-9")

    assert str(refused.value) == (
        "t.csv: there is no encoding named 'utf-9'.\n"
        "Write for example utf-8, cp1252 or utf-16; or leave it out to have it found."
    )
