"""Open a workbook by what it is, whatever its name says; or say what it is instead."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from proveout.errors import InputError
from proveout.intake.workbook.archive import PIECE_BYTES, Archive, check_markup, open_archive
from proveout.intake.workbook.book import Book
from proveout.intake.workbook.calamine_book import damaged, open_with_calamine, protected
from proveout.intake.workbook.compound import MAGIC as OLE
from proveout.intake.workbook.compound import Compound, open_compound
from proveout.intake.workbook.grid import Grid
from proveout.intake.workbook.marks import Marks
from proveout.intake.workbook.old_excel import begins_old_excel, read_old_excel, version_of
from proveout.intake.workbook.probe import survives
from proveout.intake.workbook.refusals import (
    foreign,
    in_archive,
    in_compound,
    not_a_workbook,
    too_large,
)
from proveout.intake.workbook.sparse import SparseSheet

ZIP = b"PK\x03\x04"
_HEAD_BYTES = 1 << 16
_MARKUP_BYTES = 256 << 20
_LARGEST_PART = 1 << 30
"""So much of a part is held in memory, where it has to be."""
_UNKNOWN: Mapping[str, Marks] = {"": Marks()}
"""Nothing is known of any sheet."""
_OLE_VERSION = 5
"""Of Excel: from here on its files are OLE files, which calamine reads."""
_SHEET_PART = re.compile(r"xl[/\\]worksheets[/\\][^/\\]+\.xml", re.IGNORECASE)


@contextmanager
def open_book(path: Path, name: str) -> Iterator[Book]:
    """Open a workbook. Raises InputError, with what the file is, where it cannot be read."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    with ExitStack() as stack:
        if head.startswith(ZIP):
            yield _of_archive(path, name, stack)
        elif head.startswith(OLE):
            yield _of_compound(path, name, stack)
        elif begins_old_excel(head):
            yield _of_old_excel(path, name, head)
        else:
            yield _of_text(path, name, head)


def is_plain_text(head: bytes) -> bool:
    """Tell whether a file that is called a workbook is delimited text."""
    return not foreign(head) and _is_text(head) and not _markup(head) and not _is_mime(head)


def _of_archive(path: Path, name: str, stack: ExitStack) -> Book:
    from proveout.intake.workbook.xlsx_marks import XlsxScan

    scans: dict[str, XlsxScan] = {}

    def watch(part: str, piece: bytes) -> None:
        if _SHEET_PART.fullmatch(part.lstrip("/")):
            scans.setdefault(_part(part), XlsxScan()).feed(piece)

    archive = open_archive(path, name, watch=watch)
    if archive.find("xl/workbook.xml"):
        return _of_xlsx(archive, {part: scan.marks for part, scan in scans.items()}, stack)
    if archive.find("xl/workbook.bin"):
        return _of_xlsb(archive, path, stack)
    if archive.find("content.xml"):
        return _of_ods(archive, stack)
    return _of_odd_archive(archive, stack)


def _part(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _of_xlsx(archive: Archive, marks: Mapping[str, Marks], stack: ExitStack) -> Book:
    from proveout.intake.workbook.ooxml import main_part, open_ooxml
    from proveout.intake.workbook.xlsx_marks import below_zero, sheet_parts

    parts = sheet_parts(archive)
    known = {sheet: marks[_part(p)] for sheet, p in parts.items() if _part(p) in marks}
    for sheet, each in known.items():
        part = archive.find(parts[sheet])
        each.below_zero = partial(lambda of: below_zero(archive.pieces(of)), part or parts[sheet])
    try:
        return _with_marks(archive.path, archive.name, known or _UNKNOWN, stack)
    except InputError:
        book = open_ooxml(archive, main_part(archive) or archive.find("xl/workbook.xml") or "")
        if not book.names and not book.others:
            raise
        return book


def _of_xlsb(archive: Archive, source: Path | io.BytesIO, stack: ExitStack) -> Book:
    from proveout.intake.workbook.xlsb_marks import (
        claims_too_many_strings,
        sheet_parts,
        xlsb_marks,
    )

    if claims_too_many_strings(archive.read("xl/sharedStrings.bin", _HEAD_BYTES)):
        raise damaged(archive.name)
    parts = sheet_parts(archive)
    found = {sheet: archive.find(part) for sheet, part in parts.items()}
    known = {
        sheet: xlsb_marks(archive.read(part, _LARGEST_PART))
        for sheet, part in found.items()
        if part is not None and "worksheets" in part.casefold()
    }
    return _with_marks(source, archive.name, known or _UNKNOWN, stack)


def _of_ods(archive: Archive, stack: ExitStack) -> Book:
    from proveout.intake.workbook.open_document import read_open_document

    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise protected(archive.name)
    if refused := in_archive(archive):
        raise refused
    part = archive.find("content.xml") or "content.xml"
    if not _needs_own_reader(archive, part):
        return _with_marks(archive.path, archive.name, {}, stack)
    sheets = read_open_document(archive.pieces(part), archive.name)
    return _book(sheets, archive.name)


_TELLS = (
    b"columns-spanned", b"rows-spanned", b'"collapse"', b'"filter"', b'display="false"', b"#DIV/0!",
    b'"error"', b"#N/A", b"#REF!", b"#NAME?", b"#VALUE!", b"#NUM!", b"Err:5",
)  # fmt: skip
_REPEATS = re.compile(rb"-(?:rows|columns)-repeated=\"(\d{3,})\"")


def _needs_own_reader(archive: Archive, part: str) -> bool:
    """Tell whether the text holds what calamine leaves out, or would be held up by."""
    before = b""
    for piece in archive.pieces(part):
        text = before + piece
        if any(tell in text for tell in _TELLS) or _REPEATS.search(text):
            return True
        before = text[-64:]
    # Calamine waits for ever for the end of a text that breaks off.
    return not before.rstrip().endswith(b"document-content>")


def _of_odd_archive(archive: Archive, stack: ExitStack) -> Book:
    """Read a package whose parts have other names than usual, under the usual ones."""
    from proveout.intake.workbook.ooxml import main_part, open_ooxml
    from proveout.intake.workbook.xlsb_marks import xlsb_marks

    part = main_part(archive)
    if part is not None and part.lower().endswith(".bin"):
        if archive.n_bytes > _LARGEST_PART:
            raise too_large(archive.name)
        for each in archive.names:
            if "worksheets/" in each and each.endswith(".bin"):
                xlsb_marks(archive.read(each, _LARGEST_PART)).check_size(archive.name, each)
        return _with_marks(_renamed(archive, part), archive.name, {}, stack)
    refused = in_archive(archive)
    if refused is not None or part is None:
        raise refused or not_a_workbook(archive.name, "a ZIP archive without a workbook in it")
    book = open_ooxml(archive, part)
    if not book.names and not book.others:
        raise damaged(archive.name)
    return book


def _renamed(archive: Archive, part: str) -> io.BytesIO:
    folder = part.replace("\\", "/").rpartition("/")[0]
    usual = io.BytesIO()
    with zipfile.ZipFile(usual, "w", zipfile.ZIP_STORED) as written:
        for name in archive.names:
            plain = name.replace("\\", "/").lstrip("/")
            under = plain.removeprefix(folder + "/") if folder else plain
            new = f"xl/{under}" if under != plain or not folder else plain
            new = "xl/workbook.bin" if name == part else new
            stem = part.replace("\\", "/").rpartition("/")[2]
            if new == f"xl/_rels/{stem}.rels":
                new = "xl/_rels/workbook.bin.rels"
            written.writestr(new, b"".join(archive.pieces(name)))
    usual.seek(0)
    return usual


def _with_marks(
    source: Path | io.BytesIO, name: str, marks: Mapping[str, Marks], stack: ExitStack
) -> Book:
    """Open with calamine; a sheet of which nothing is known is tried elsewhere first."""
    tried: list[bool] = []

    def check(sheet: str) -> None:
        if sheet in marks:
            marks[sheet].check_size(name, sheet)
        is_known = sheet in marks and not marks[sheet].is_doubtful
        if marks and not is_known and isinstance(source, Path):
            tried[:] = tried or [survives(source)]
            if not tried[0]:
                raise damaged(name)

    def more(sheet: str, grid: Grid) -> Grid:
        return marks[sheet].added_to(grid) if sheet in marks else grid

    return stack.enter_context(open_with_calamine(source, name, check=check, more=more))


def _of_compound(path: Path, name: str, stack: ExitStack) -> Book:
    from proveout.intake.workbook.xls_marks import (
        claims_too_many_strings,
        is_encrypted,
        xls_marks,
    )

    compound = open_compound(path)
    stream = b"" if compound is None else _book_stream(compound)
    if compound is not None and compound.has("EncryptedPackage"):
        raise protected(name)
    if stream and is_encrypted(stream):
        raise protected(name)
    if compound is not None and not stream and (refused := in_compound(compound, name)):
        raise refused
    if begins_old_excel(stream) and version_of(stream) < _OLE_VERSION:
        return _book(read_old_excel(stream) or [], name)
    found = xls_marks(stream)
    # Calamine reads all sheets of such a file when it opens it.
    for at, each in enumerate(found, start=1):
        each.check_size(name, f"number {at}")
    is_doubtful = not found or any(each.is_doubtful for each in found)
    if claims_too_many_strings(stream) or (is_doubtful and not survives(path)):
        raise damaged(name)
    book = stack.enter_context(open_with_calamine(path, name))
    if len(found) != len(book.names):
        return book
    marks = dict(zip(book.names, found, strict=True))
    stack.pop_all().close()
    return _with_marks(path, name, marks, stack)


def _book_stream(compound: Compound) -> bytes:
    return compound.read("Workbook") or compound.read("Book")


def _of_old_excel(path: Path, name: str, head: bytes) -> Book:
    if path.stat().st_size > _MARKUP_BYTES:
        raise too_large(name)
    sheets = read_old_excel(path.read_bytes())
    if sheets is None:
        raise protected(name)
    return _book(sheets, name, excel_version=version_of(head))


def _of_text(path: Path, name: str, head: bytes) -> Book:
    from proveout.intake.workbook.open_document import read_open_document
    from proveout.intake.workbook.spreadsheet_xml import read_spreadsheet_xml

    if (what := foreign(head)) is not None:
        raise not_a_workbook(name, what)
    if path.stat().st_size > _MARKUP_BYTES:
        raise too_large(name)
    kind = _markup(head)
    if kind == "web page" or _is_mime(head):
        return _of_web_page(path, name, is_mime=kind is None)
    if kind is None:
        raise damaged(name)
    check_markup(head, name)
    reader = {"spreadsheet": read_spreadsheet_xml, "open document": read_open_document}.get(kind)
    if reader is None:
        raise not_a_workbook(name, "an XML document that holds no sheets")
    return _book(reader(_pieces(path), name), name, form=kind)


def _of_web_page(path: Path, name: str, *, is_mime: bool) -> Book:
    from proveout.intake.workbook.web_page import read_web_page

    pages = _mime_pages(path.read_bytes()) if is_mime else [_decoded(path.read_bytes())]
    sheets = [sheet for page in pages for sheet in read_web_page(page)]
    if not sheets:
        raise not_a_workbook(name, "a web page without a table in it")
    if len(sheets) > 1:
        for at, sheet in enumerate(sheets, start=1):
            sheet.name = f"Table {at}"
    return _book(sheets, name, form="web page")


def _book(sheets: Sequence[SparseSheet], name: str, **found: Any) -> Book:
    by_name: dict[str, SparseSheet] = {}
    for sheet in sheets:
        wanted, again = sheet.name, 2
        while sheet.name in by_name:
            sheet.name, again = f"{wanted}_{again}", again + 1
        by_name[sheet.name] = sheet
    return Book(names=tuple(by_name), sheet=lambda wanted: by_name[wanted].sheet(name), found=found)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def _markup(head: bytes) -> str | None:
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not text.startswith(b"<"):
        return None
    if b"<workbook" in text and b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "spreadsheet"
    if (
        b"opendocument" in text and b"office:spreadsheet" in text
    ) or b"opendocument.spreadsheet" in text:
        return "open document"
    if text.startswith(b"<?xml") and b"<html" not in text and b"<table" not in text:
        return "ss" if b":workbook" not in text else "spreadsheet"
    return "web page"


def _is_mime(head: bytes) -> bool:
    start = head[:2000].lower()
    return start.lstrip().startswith((b"mime-version:", b"from:", b"content-type:")) and (
        b"multipart/" in start or b"text/html" in start
    )


def _mime_pages(content: bytes) -> list[str]:
    import email
    import email.policy

    message = email.message_from_bytes(content, policy=email.policy.default)
    pages: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                pages.append(_decoded(payload))
    return pages


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    declared = re.search(rb"charset=[\"']?([\w-]{2,20})", content[:4096])
    for encoding in ("utf-8-sig", declared[1].decode() if declared else "", "cp1252"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\x00" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) * 100 < len(
        head
    )
