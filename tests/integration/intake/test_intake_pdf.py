"""PDF documents: what real programs wrote, with the truth beside it, and what cannot be read."""

from __future__ import annotations

import csv
import shutil
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.pdf_text import document, with_streams
from proveout.charter.schema import Source
from proveout.errors import InputError, MissingExtraError
from proveout.intake import OpenTable, Reject, Session
from proveout.intake.pdf import apart
from proveout.intake.pdf.extraction import pages_of
from proveout.intake.readers import FILE_READERS, ReadTable, SourceFile

Open = Callable[..., OpenTable]
DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "pdf"
TRUTHS = sorted(DOCUMENTS.glob("*.csv"))
SMALL = [(50, 60 + 15 * i, t) for i, t in enumerate(["Id", "1", "2"])] + [
    (200, 60 + 15 * i, t) for i, t in enumerate(["Amount", "3.5", "4"])
]


def read(path: Path, session: Session, table: str | None = None) -> list[ReadTable]:
    """Read a document with its own reader."""
    source = Source(path=str(path), table=table)
    file = SourceFile(path=path, name=path.name, source=source)
    return list(FILE_READERS["pdf"](file, session))


def as_text(read: ReadTable) -> list[list[str]]:
    """Return header and rows as texts; numbers as the engine writes them."""
    table = read.table
    rows = [
        [("" if v is None else str(v)) for v in r.values()] for r in table.to_pyarrow().to_pylist()
    ]
    return [list(table.columns), *rows]


def numeric(text: str) -> str:
    """Write a number in one way: what is read as 3.50 is the number 3.5."""
    try:
        return str(float(text)) if "." in text else text
    except ValueError:
        return text


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda path: path.stem)
def test_a_document_is_read_as_its_writer_meant_it(truth: Path, session: Session) -> None:
    """Ruled or not, over page breaks, with cells of several lines: every cell is what it was."""
    name, _, place = truth.stem.partition(".")
    part = place.replace("-", " ", 1).replace("-", ", ", 1).replace("-", " ")

    (found,) = read(DOCUMENTS / f"{name}.pdf", session, part)

    true = list(csv.reader(truth.read_text(encoding="utf-8").splitlines()))
    assert [list(map(numeric, row)) for row in as_text(found)] == [
        list(map(numeric, row)) for row in true
    ]


def test_what_stands_around_a_table_is_kept(session: Session) -> None:
    """Titles, notes, totals and a header that comes again are in the margin, not among the rows."""
    (found,) = read(DOCUMENTS / "invoice.pdf", session)

    kept = [(text.at, text.kind, text.text) for text in found.margin]
    assert ("page 1", "title", "Northwind Pumps Ltd Date: 12 March 2024") in kept
    assert ("page 2", "total", "\t\t\t\tNet total\t1,238,579.80") in kept
    assert (
        "page 2", "header", "Pos\tArticle\tDescription\tQty\tUnit price\tAmount"
    ) in kept  # fmt: skip


def test_each_row_has_its_place(session: Session) -> None:
    """The page and the box of every row can be asked for; the file says them page by page."""
    (found,) = read(DOCUMENTS / "stock.pdf", session)

    assert found.places is not None
    places = found.places.to_pyarrow().to_pylist()
    pages = found.file.read_as["pages"]
    assert [place["row"] for place in places] == list(range(130))
    assert [(page["page"], page["rows"]) for page in pages] == [(1, 52), (2, 53), (3, 25)]
    assert all(
        page["box"][1] - 1 <= place["top"] < place["bottom"] <= page["box"][3] + 1
        for page in pages
        for place in places
        if place["page"] == page["page"]
    )


def test_several_tables_are_told_apart(open_: Open, tmp_path: Path) -> None:
    """The largest is the main one; the others are named, so that they can be asked for."""
    shutil.copy(DOCUMENTS / "report.pdf", tmp_path)

    main, other = open_("report.pdf"), open_("report.pdf", table="page 1, table 1")

    assert list(main.table.columns) == ["Cause", "Last quarter State", "Last quarter Hours lost"]
    assert list(other.table.columns) == ["Site", "2022", "2023", "2024"]
    assert main.files[0].read_as["other_tables"] == ["page 1, table 1"]


def test_a_scanned_page_is_a_reject(open_: Open, tmp_path: Path) -> None:
    """What is a picture is not read, and said not to be."""
    shutil.copy(DOCUMENTS / "scanned.pdf", tmp_path)

    opened = open_("scanned.pdf")

    assert opened.rejects.examples() == [
        Reject(
            file="scanned.pdf",
            line=None,
            column="page 2",
            reason="scanned-page",
            message="Page 2 is a picture without text: a scan, whose content is not read.",
            raw="",
        )
    ]


def test_numbers_become_numbers_and_codes_stay_text(open_: Open, tmp_path: Path) -> None:
    """Marks of thousands and decimals are understood where they can mean one thing only."""
    shutil.copy(DOCUMENTS / "stock.pdf", tmp_path)

    opened = open_("stock.pdf")

    assert {name: str(kind) for name, kind in opened.table.schema().items()} == {
        "Artikel": "string", "Bezeichnung": "string", "Lager": "string",
        "Bestand": "int64", "Wert": "float64",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            (DOCUMENTS / "secret.pdf").read_bytes(),
            "t.pdf is protected by a password.\n"
            "Save a copy without the password ('Print to PDF' does), or export the table.",
            id="password",
        ),
        pytest.param(
            document([SMALL])[:60],
            "t.pdf is no PDF document that can be read: it is damaged or cut short.\n"
            "Fetch or export it again; open it in a viewer and save a copy.",
            id="cut short",
        ),
        pytest.param(
            document([]),
            "t.pdf has no pages.\nExport it again.",
            id="no pages",
        ),
        pytest.param(
            document([[], []]),
            "t.pdf holds no table: its 2 pages hold text without columns, or nothing.\n"
            "Take it out of the source's path, or export the table as CSV.",
            id="blank pages",
        ),
        pytest.param(
            document([[(50, 60, "Dear Sir or Madam,"), (50, 80, "thank you for your letter.")]]),
            "t.pdf holds no table: its 1 page hold text without columns, or nothing.\n"
            "Take it out of the source's path, or export the table as CSV.",
            id="a letter",
        ),
    ],
)
def test_what_holds_no_table_is_refused(
    open_: Open, tmp_path: Path, content: bytes, message: str
) -> None:
    """The message says what is there instead and what to do."""
    (tmp_path / "t.pdf").write_bytes(content)

    with pytest.raises(InputError) as raised:
        open_("t.pdf")

    assert str(raised.value) == message


def test_a_document_written_by_hand_is_read(open_: Open, tmp_path: Path) -> None:
    """Two columns, no rules; known by its content whatever it is called."""
    (tmp_path / "t.txt").write_bytes(document([SMALL]))

    opened = open_("t.txt")

    assert opened.table.to_pyarrow().to_pylist() == [
        {"Id": 1, "Amount": 3.5},
        {"Id": 2, "Amount": 4.0},
    ]


def test_a_page_that_swells_is_ended(tmp_path: Path) -> None:
    """A few kB that become GB end the process that takes the page apart, not ours."""
    bomb = zlib.compress(zlib.compress(b"\0" * (1 << 29), 9), 9)
    path = tmp_path / "t.pdf"
    path.write_bytes(with_streams([bomb], filters="[/FlateDecode /FlateDecode]"))

    pages = list(apart.pages_apart(path, "t.pdf", memory_bytes=400 << 20))

    assert len(bomb) < 5_000
    assert [(page.number, page.words, page.fault) for page in pages] == [
        (1, (), "taking it apart needs more memory than it may take")
    ]


def test_a_document_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """Whatever keeps the reader busy, it is ended."""
    path = tmp_path / "t.pdf"
    path.write_bytes(document([SMALL]))

    with pytest.raises(InputError) as raised:
        list(apart.pages_apart(path, "t.pdf", seconds_per_page=0.001))

    assert str(raised.value) == (
        "t.pdf cannot be read as a PDF document: taking it apart took more than 0 seconds.\n"
        "Open it in a viewer and save a copy, or export the table as CSV."
    )


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    path = tmp_path / "t.pdf"
    path.write_bytes(document([SMALL]))
    monkeypatch.setitem(sys.modules, "pdfplumber", None)

    with pytest.raises(MissingExtraError) as raised:
        list(pages_of(path, "t.pdf"))

    assert str(raised.value) == (
        "Reading the PDF document t.pdf needs the optional part 'pdf', which is not installed.\n"
        "Install it: pip install 'proveout[pdf]'"
    )
