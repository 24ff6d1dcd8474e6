"""A folder of documents: one row for each file that can be read, a reason for each that cannot."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fixtures.pdf_text import document
from proveout.charter.schema import Source
from proveout.cli.app import build_app
from proveout.cli.commands import REGISTRARS
from proveout.errors import InputError
from proveout.intake import OpenTable, Session, open_source
from proveout.intake.documents.pdf import PdfTexts

Open = Callable[..., OpenTable]
SECRET = Path(__file__).parents[2] / "fixtures" / "pdf" / "secret.pdf"


def rows(opened: OpenTable) -> list[dict[str, object]]:
    """Return the rows as they come."""
    found: list[dict[str, object]] = opened.table.to_pyarrow().to_pylist()
    return found


def named(opened: OpenTable) -> list[object]:
    """Return what the documents are called."""
    return [row["document"] for row in rows(opened)]


def refused(opened: OpenTable) -> list[tuple[str, str]]:
    """Return which files were refused, and by what code."""
    return [(each.file, each.reason) for each in opened.rejects.examples(99)]


def test_each_file_is_a_row_in_the_order_of_names(tmp_path: Path, open_: Open) -> None:
    """With its name below the folder, its text, its kind, its parts, its size and its day."""
    inbox = tmp_path / "inbox"
    (inbox / "2025").mkdir(parents=True)
    (inbox / "b.txt").write_bytes(b"Total 5\r\n")
    (inbox / "a.pdf").write_bytes(document([[(50, 100, "Page one")], [(50, 100, "Page two")]]))
    (inbox / "2025" / "c.html").write_text("<p>Hello", encoding="utf-8")
    os.utime(inbox / "b.txt", (0, 86400))

    opened = open_("inbox", documents=True)

    found = [(r["document"], r["text"], r["kind"], r["parts"], r["bytes"]) for r in rows(opened)]
    assert found == [
        ("2025/c.html", "Hello", "html", 1, 8),
        ("a.pdf", "Page one\n\nPage two", "pdf", 2, (inbox / "a.pdf").stat().st_size),
        ("b.txt", "Total 5\n", "text", 1, 9),
    ]
    assert rows(opened)[2]["modified"] == datetime(1970, 1, 2, tzinfo=UTC)
    assert opened.rejects.count == 0
    assert opened.files[0].read_as == {
        "documents": 3, "kinds": {"html": 1, "pdf": 1, "text": 1}
    }  # fmt: skip


def test_what_cannot_be_read_has_a_reason(tmp_path: Path, open_: Open) -> None:
    """Nothing is dropped in silence: rows and rejects together are the files."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text("Total 5", encoding="utf-8")
    (inbox / "blank.txt").write_text(" \n", encoding="utf-8")
    (inbox / "empty.txt").write_bytes(b"")
    (inbox / "program.txt").write_bytes(bytes(range(256)) * 20)
    (inbox / "photo.pdf").write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    (inbox / "cut.pdf").write_bytes(b"%PDF-1.4 and no more")
    (inbox / "nothing.pdf").write_bytes(document([[]]))
    (inbox / "secret.pdf").write_bytes(SECRET.read_bytes())
    (inbox / "list.xlsx").write_bytes(b"PK\x03\x04 and no more")

    opened = open_("inbox", documents=True)

    assert named(opened) == ["good.txt"]
    assert refused(opened) == [
        ("blank.txt", "no-text"),
        ("cut.pdf", "unreadable-file"),
        ("empty.txt", "no-text"),
        ("list.xlsx", "unreadable-file"),
        ("nothing.pdf", "no-text"),
        ("photo.pdf", "scanned-document"),
        ("program.txt", "binary"),
        ("secret.pdf", "protected"),
    ]


def test_a_page_that_is_a_scan_is_told_beside_the_row(tmp_path: Path, open_: Open) -> None:
    """The other pages are read; a document that is nothing but scans is a reject as a whole."""
    scanned = SECRET.with_name("scanned.pdf").read_bytes()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "s.pdf").write_bytes(scanned)

    opened = open_("inbox", documents=True)

    assert [(r["document"], r["parts"]) for r in rows(opened)] == [("s.pdf", 3)]
    (reject,) = opened.rejects.examples(9)
    assert (reject.reason, reject.column) == ("scanned-page", "page 2")


def test_a_pdf_attached_to_a_mail_is_read(tmp_path: Path, open_: Open) -> None:
    """That is how most invoices come."""
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "Invoice"
    message.set_content("See attached.")
    page = document([[(50, 100, "Total 12,50")]])
    message.add_attachment(page, maintype="application", subtype="pdf", filename="inv.pdf")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.eml").write_bytes(message.as_bytes())

    (row,) = rows(open_("inbox", documents=True))

    assert row["text"] == (
        "From: a@example.com\nSubject: Invoice\n\nSee attached.\n\nAttachment: inv.pdf\nTotal 12,50"
    )
    assert row["parts"] == 2


def test_only_some_of_a_folder_are_taken(tmp_path: Path, open_: Open) -> None:
    """By name or by pattern; a name that is not there is a reject."""
    (tmp_path / "inbox").mkdir()
    for name in ("a.txt", "b.txt", "c.md"):
        (tmp_path / "inbox" / name).write_text(name, encoding="utf-8")

    opened = open_("inbox", documents=True, files=["*.md", "a.txt", "lost.txt"])

    assert named(opened) == ["a.txt", "c.md"]
    (reject,) = opened.rejects.examples(9)
    assert reject.message == "inbox holds no document lost.txt, which 'files' names."


@pytest.mark.parametrize("path", ["inbox", "inbox/*.txt", "in*/*.txt", "inbox.zip"])
def test_names_start_at_the_folder(path: str, tmp_path: Path, open_: Open) -> None:
    """As they do for a pattern, and for an archive that holds them."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.txt").write_text("x", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "inbox.zip", "w") as archive:
        archive.writestr("a.txt", "x")

    assert named(open_(path, documents=True)) == ["inbox/a.txt" if "in*" in path else "a.txt"]


def test_a_folder_without_a_readable_document_is_an_error(tmp_path: Path, open_: Open) -> None:
    """There is nothing to stand on, and the first reason is told."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    with pytest.raises(InputError) as raised:
        open_("inbox", documents=True)

    assert raised.value.message == (
        "None of the 1 documents of inbox can be read. The first: a.png is a picture (PNG), whose "
        "content is not read."
    )


def test_one_process_reads_many_documents_and_outlives_a_bad_one(tmp_path: Path) -> None:
    """After a page that takes too long the next document is read by a new process."""
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(document([[(50, 100, name)]]))

    with PdfTexts(seconds_per_page=0.001) as slow, pytest.raises(Exception, match="took more than"):
        slow.read(tmp_path / "a.pdf", "a.pdf")
    with PdfTexts() as texts:
        found = [texts.read(tmp_path / name, name).text for name in ("a.pdf", "b.pdf")]

    assert found == ["a.pdf", "b.pdf"]


CHARTER = """
version: 1
pilot: invoices
data:
  pilot: {path: inbox, documents: true, files: ['*.txt']}
  production: {path: inbox, documents: true}
  labels: {source: truth.csv, key: [document]}
system:
  python: {callable: 'extract.py:extract'}
  scoring: {fields: {number: exact, total: number}}
  version: '1'
stress: {severities: [0.5], rows: 30, operators: [misspelling, missing-values]}
"""
EXTRACT = r"""
import re
def extract(frame):
    found = []
    for text in frame["text"]:
        number, total = re.search(r"INV-\d+", text or ""), re.search(r"Total ([\d.]+)", text or "")
        found.append({"number": number and number[0], "total": float(total[1]) if total else None})
    return found
"""


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Write a pilot on 30 invoices: texts, mails and PDF documents, with a table of truths."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    truths = ["document,number,total"]
    for i in range(30):
        number, total = f"INV-{100 + i}", f"{10 + i}.50"
        said = f"{number}\nTotal {total}"
        name = f"{number}{('.txt', '.eml', '.pdf')[i % 3]}"
        truths.append(f"{name},{number},{total}")
        if i % 3 == 0:
            (inbox / name).write_text(said, encoding="utf-8")
        elif i % 3 == 1:
            mail = f"From: a@example.com\nSubject: Invoice\n\n{said}\n"
            (inbox / name).write_text(mail, encoding="utf-8")
        else:
            page = [(50, 100, number), (50, 120, f"Total {total}")]
            (inbox / name).write_bytes(document([page]))
    (inbox / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "truth.csv").write_text("\n".join(truths), encoding="utf-8")
    (tmp_path / "extract.py").write_text(EXTRACT, encoding="utf-8")
    (tmp_path / "pilot.yaml").write_text(CHARTER, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """Give a command to the installed program."""
    return CliRunner().invoke(build_app(REGISTRARS), arguments)


def facts(pilot: Path, check: str) -> list[dict[str, object]]:
    """Run a check and return what it found."""
    result = run("check", check, str(pilot / "pilot.yaml"), "--json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)["evidence"]
    return found


def test_a_pilot_on_a_folder_is_judged_by_a_table_of_truths(pilot: Path) -> None:
    """Files in one place, true fields by file name in another: quality and stress in figures."""
    quality = facts(pilot, "quality")
    stress = facts(pilot, "stress")

    right = [(e["scope"], e["value"], e["n"]) for e in quality if e["metric"] == "quality.accuracy"]
    assert ("pilot", 1.0, 10) in right
    assert ("production", 1.0, 30) in right
    harmed = {
        str(each["subject"])
        for each in stress
        if each["metric"] == "stress.quality_drop" and each["value"]
    }
    assert len(harmed) == 2, harmed


def test_names_without_their_endings_are_told(pilot: Path) -> None:
    """A table of truths that calls files otherwise says so, instead of nothing."""
    truths = (pilot / "truth.csv").read_text(encoding="utf-8")
    bare = truths.replace(".txt", "").replace(".eml", "").replace(".pdf", "")
    (pilot / "truth.csv").write_text(bare, encoding="utf-8")

    told = run("check", "quality", str(pilot / "pilot.yaml"), "--json")

    assert (
        "by document no label is that of a record: 'INV-100.txt' in the data, 'INV-100' in "
        "data.labels" in told.stdout
    ), told.stdout


def test_an_audit_tells_what_of_the_folder_cannot_be_read(
    pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`audit --documents` and `sample --documents` need no charter."""
    monkeypatch.chdir(pilot)

    audited = run("audit", "inbox", "--documents")
    drawn = run("sample", "inbox", "--documents", "-o", "s.csv", "--rows", "5")

    assert audited.exit_code == 0, audited.output
    assert "30 records" in audited.output
    assert "1 record of inbox cannot be read as text at all" in audited.output
    assert "photo.png: scanned document" in audited.output
    assert drawn.exit_code == 0, drawn.output


def test_a_thousand_letters_take_seconds(tmp_path: Path, session: Session) -> None:
    """All of them are there, in their order; equal folders have equal fingerprints."""
    for i in range(1000):
        (tmp_path / f"{i:04}.txt").write_text(f"Letter {i}", encoding="utf-8")
    source = Source(path=str(tmp_path), documents=True)

    one, again = (open_source(source, folder=tmp_path, session=session) for _ in range(2))

    assert named(one) == [f"{i:04}.txt" for i in range(1000)]
    assert one.fingerprint == again.fingerprint


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, open_: Open) -> None:
    """Who may put a file into an inbox may not have another file read."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "inbox" / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "inbox" / "b.txt").symlink_to(tmp_path / "outside.txt")

    opened = open_("inbox", documents=True)

    assert named(opened) == ["a.txt"]
    assert refused(opened) == [("inbox/b.txt", "unreadable-file")]
