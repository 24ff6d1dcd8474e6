"""Documents: bytes in, the text that a person would read out."""

from __future__ import annotations

import email.message
import io
import zipfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from proveout.charter.schema import Data, Source
from proveout.intake.documents.kinds import kind_of
from proveout.intake.documents.mail import is_mail, read_mail
from proveout.intake.documents.model import MOST_CHARACTERS, Document, NoTextError
from proveout.intake.documents.pdf_worker import text_of_page
from proveout.intake.documents.plain import read_plain
from proveout.intake.documents.web import read_web_page
from proveout.intake.documents.web import text_of_page as text_of_web_page
from proveout.intake.documents.word import read_word
from proveout.intake.pdf.page import Box, Page, Word


def inner(data: bytes, name: str) -> Document:
    """Read what is attached as plain text."""
    return read_plain(data, name)


def letter(body: str = "Dear all,\nplease pay.") -> email.message.EmailMessage:
    """Write a mail."""
    message = email.message.EmailMessage()
    message["From"] = "Jörg <joerg@example.com>"
    message["Subject"] = "Rechnung für März"
    message["Date"] = "Mon, 03 Mar 2025 10:00:00 +0100"
    message.set_content(body)
    return message


def docx(**parts: str) -> bytes:
    """Write a Word document of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:x xmlns:w="w">{body}</w:x>')
    return out.getvalue()


def paragraph(text: str) -> str:
    """Write a paragraph of a Word document."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7", "scan.txt", "pdf"),
        (b"PK\x03\x04", "letter", "word"),
        (b"<!doctype HTML><p>x", "page.txt", "html"),
        (b"<!-- saved -->\n<html>", "page", "html"),
        (b"plain", "page.htm", "html"),
        (b"From: a@b.c", "x.EML", "mail"),
        (b"<Invoice/>", "x.xml", "text"),
        (b"Total 5", "no-suffix", "text"),
    ],
)
def test_first_bytes_decide_over_the_name(data: bytes, name: str, kind: str) -> None:
    """A PDF document called .txt is read as what it is."""
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    ("data", "reason", "said"),
    [
        (b"\x89PNG\r\n", "scanned-document", "x is a picture (PNG), whose content is not read."),
        (b"{\\rtf1", "other-format", "x is in Rich Text Format; save it as .docx or .txt."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected",
            "x is protected by a password.",
        ),
    ],
)
def test_what_holds_no_text_is_refused_with_its_reason(data: bytes, reason: str, said: str) -> None:
    """A picture or an old format is named for what it is, and not read as letters."""
    with pytest.raises(NoTextError) as refused:
        kind_of(data, "x")

    assert (refused.value.reason, refused.value.message) == (reason, said)


def test_text_is_read_in_its_encoding() -> None:
    """Umlauts and the euro sign of an old program come out as such, line ends in one way."""
    data = "Müller & Söhne GmbH\r\nSumme für März 1.204,50 €\r\n".encode("cp1252")

    assert read_plain(data, "a.txt").text == "Müller & Söhne GmbH\nSumme für März 1.204,50 €\n"


def test_a_byte_that_means_nothing_is_told_as_put_right() -> None:
    """The document is kept with a mark in its place."""
    read = read_plain("Grüße aus Köln, für Sie\n".encode() * 9 + b"\xff.", "a.txt")

    (fault,) = read.faults
    assert read.text.endswith("\ufffd.")
    assert (fault.reason, fault.lost) == ("replaced-bytes", False)
    assert fault.message == (
        "a.txt: 1 byte stands for nothing in its encoding (utf-8), and was replaced by a mark."
    )


def test_a_binary_file_is_no_text() -> None:
    """Bytes of a program are refused, whatever the file is called."""
    with pytest.raises(NoTextError, match=r"^a\.txt is a binary file, not text\.$"):
        read_plain(bytes(range(256)) * 20, "a.txt")


def test_a_slip_of_the_keyboard_makes_no_binary_file() -> None:
    """Two odd bytes in a short letter are no reason to refuse it."""
    assert read_plain("Grüße\x07 aus Köln\x00".encode(), "a.txt").text == "Grüße\x07 aus Köln"


def test_a_text_too_long_is_cut_and_told() -> None:
    """What is missing from a row is never silent."""
    read = read_plain(b"x" * (MOST_CHARACTERS + 1), "a.txt")

    assert len(read.text) == MOST_CHARACTERS
    assert [(each.reason, each.lost) for each in read.faults] == [("document-cut", True)]


def test_a_web_page_reads_as_it_is_shown() -> None:
    """Blocks are lines, cells are parted by tabs, scripts and styles say nothing."""
    page = (
        "<html><head><title>t</title><style>p{}</style><body><h1>Invoice&nbsp;7</h1>"
        "<table><tr><th>Net<td><p>1.204,50<br>EUR</tr><tr><td>VAT</td><td>19&nbsp;%</td></tr></table>"
        "<script>if (a < b) {}</script>Thank<b>s</b>"
    )

    assert text_of_web_page(page) == "Invoice 7\nNet 1.204,50 EUR\nVAT\t19 %\nThanks"


def test_a_web_page_says_its_encoding() -> None:
    """The declaration in the page counts, where it is true."""
    page = '<meta charset="iso-8859-2"><p>Łódź'

    assert read_web_page(page.encode("iso-8859-2"), "a.html").text == "Łódź"


def test_a_mail_gives_its_heads_its_body_and_what_is_attached() -> None:
    """Of two forms of one body the plain one is taken; an attachment that is no text is listed."""
    message = letter()
    message.add_alternative("<p>Dear <b>all</b></p>", subtype="html")
    message.add_attachment("id,net\n1,5", filename="lines.csv")
    message.add_attachment(
        bytes(range(256)), maintype="application", subtype="octet-stream", filename="x.bin"
    )
    message.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="logo.png", disposition="inline"
    )

    read = read_mail(message.as_bytes(), "a.eml", inner)

    assert read.text == (
        "From: Jörg <joerg@example.com>\nDate: Mon, 03 Mar 2025 10:00:00 +0100\n"
        "Subject: Rechnung für März\n\nDear all,\nplease pay.\n\n"
        "Attachment: lines.csv\nid,net\n1,5\n\nAttachment: x.bin (256 bytes), not read\n\n"
        "Picture: logo.png"
    )
    assert read.parts == 3
    assert [(each.reason, each.at, each.message) for each in read.faults] == [
        (
            "attachment",
            "x.bin",
            "a.eml: what is attached, x.bin (256 bytes), was not read: it is a binary file, not "
            "text.",
        )
    ]


def test_a_mail_within_a_mail_is_read() -> None:
    """A forwarded invoice is part of the text."""
    outer = letter("See below.")
    outer.add_attachment(letter("Total 12,50"))

    read = read_mail(outer.as_bytes(), "a.eml", inner)

    assert "See below.\n\nAttachment: a mail\n\nFrom: Jörg" in read.text
    assert read.text.endswith("Total 12,50")


def test_a_body_of_web_page_alone_is_read_as_text() -> None:
    """Many programs write no plain body, or an empty one beside it."""
    message = letter("")
    message.add_alternative("<p>Total<br>5</p>", subtype="html")

    assert read_mail(message.as_bytes(), "a.eml", inner).text.endswith("\n\nTotal\n5")


def test_a_charset_that_does_not_exist_does_no_harm() -> None:
    """The body is read as what it looks like."""
    data = (
        b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=ansi-unknown\n"
        b"Content-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe f\xfcr M\xfcller, Stra\xdfe, K\xf6ln\n"
    )

    assert "Grüße für Müller, Straße, Köln" in read_mail(data, "a.eml", inner).text


def test_a_note_that_begins_like_a_mail_is_none() -> None:
    """One line with a colon is no head."""
    assert not is_mail(b"Subject: to change\nwithout notice\n")


def test_a_word_document_gives_its_paragraphs_cells_and_heads() -> None:
    """Headers hold the supplier's name; stops of tabs, and what is written twice for old programs,
    are no text.
    """
    cell = "<w:tc>{}</w:tc>"
    body = (
        '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>'
        "<w:r><w:t>Total</w:t><w:tab/><w:t>5,00</w:t></w:r></w:p>"
        f"<w:tbl><w:tr>{cell.format(paragraph('Net'))}{cell.format(paragraph('4,20'))}</w:tr></w:tbl>"
        f"<w:Fallback>{paragraph('twice')}</w:Fallback>"
    )
    data = docx(header1=paragraph("ACME GmbH"), header2=paragraph("ACME GmbH"), document=body)

    read = read_word(data, "a.docx")

    assert read.text == "ACME GmbH\nTotal\t5,00\nNet\t4,20"


def test_a_zip_that_is_no_word_document_is_told() -> None:
    """A workbook among documents is a reject, not rubbish."""
    with pytest.raises(NoTextError) as refused:
        read_word(docx(), "a.xlsx")

    assert refused.value.reason == "other-format"


def test_entities_that_grow_are_not_let_in() -> None:
    """A document that is made to fill the memory is refused."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>')

    with pytest.raises(NoTextError, match=r"it is damaged"):
        read_word(out.getvalue(), "a.docx")


def test_a_page_reads_line_by_line() -> None:
    """What stands apart on a line is parted by two blanks, paragraphs by a blank line."""

    def word(x: float, y: float, text: str) -> Word:
        return Word(Box(x, y, x + 6 * len(text), y + 10), text)

    words = (word(300, 50, "5,00"), word(10, 50, "Net"), word(32, 50, "total"), word(10, 90, "End"))

    page = Page(number=1, width=600, height=800, words=words)

    assert text_of_page(page) == "Net total  5,00\n\nEnd"


def test_documents_go_by_their_name_and_are_given_as_text() -> None:
    """Where all sources are documents, key and inputs need not be said."""
    inbox = {"path": "inbox", "documents": True}

    data = Data.model_validate({"pilot": inbox, "production": [inbox]})
    mixed = Data.model_validate({"pilot": "a.csv", "production": [inbox]})
    said = Data.model_validate({"production": inbox, "key": "nr", "inputs": ["text", "kind"]})

    assert (data.key, data.inputs) == (("document",), ("text",))
    assert (mixed.key, mixed.inputs) == ((), ())
    assert (said.key, said.inputs) == (("nr",), ("text", "kind"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"documents": True, "table": "Orders"}, "'table' cannot be said of it"),
        ({"files": ["*.pdf"]}, "'files' chooses among documents"),
        ({"documents": True, "path": "s3://inbox"}, "documents are files"),
    ],
)
def test_what_cannot_be_said_of_documents_is_refused(said: dict[str, object], why: str) -> None:
    """A wish that would be lost is an error."""
    with pytest.raises(ValidationError, match=why):
        Source.model_validate({"path": "inbox", **said})


def test_an_encoding_that_was_named_counts(tmp_path: Path) -> None:
    """The charter's encoding decides over what the bytes look like."""
    assert read_plain("Łódź".encode("cp1250"), "a.txt", encoding="cp1250").text == "Łódź"
