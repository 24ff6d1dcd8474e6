"""What a file is that is no workbook, or none that can be read: named, with the next step."""

from __future__ import annotations

from proveout.errors import InputError
from proveout.intake.workbook.archive import Archive
from proveout.intake.workbook.compound import Compound

_SAVE_AS = "Open it in the program that made it, or in LibreOffice, and save it as .xlsx or CSV."

_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x00\x00\x02\x00\x04\x04", "a Lotus 1-2-3 worksheet"),
    (0, b"\x00\x00\x02\x00\x05\x04", "a Lotus Symphony worksheet"),
    (0, b"\x00\x00\x02\x00\x06\x04", "a Lotus 1-2-3 worksheet"),
    (0, b"\x00\x00\x1a\x00", "a Lotus 1-2-3 worksheet"),
    (0, b"\x00\x00\x02\x00\x20\x51", "a Quattro Pro worksheet"),
    (0, b"\x00\x00\x02\x00\x21\x51", "a Quattro Pro worksheet"),
    (0, b"\x00\x00\x02\x00\x01\x10", "a Quattro Pro worksheet"),
    (0, b"\x00\x00\x02\x00\x02\x10", "a Quattro Pro worksheet"),
    (0, b"\xff\x00\x02\x00\x04\x04", "a Microsoft Works worksheet"),
    (0, b"ID;P", "a worksheet in the SYLK form"),
    (0, b"TABLE\r\n0,1", "a worksheet in the DIF form"),
    (0, b"TABLE\n0,1", "a worksheet in the DIF form"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x1f\x8b", "compressed by gzip"),
    (0, b"BZh", "compressed by bzip2"),
    (0, b"MZ", "a program"),
    (0, b"socialcalc:", "a worksheet in the SocialCalc form"),
    (0, b"MIME-Version: 1.0\r\nX-Socialcalc", "a worksheet in the SocialCalc form"),
)
_STREAMS = (
    ("WordDocument", "a Word document"),
    ("PowerPoint Document", "a PowerPoint presentation"),
    ("VisioDocument", "a Visio drawing"),
    ("MatOST", "a Microsoft Works document"),
    ("SPELLING", "a Microsoft Works document"),
    ("WksSSWorkBook", "a Microsoft Works worksheet"),
    ("NativeContent_MAIN", "a Quattro Pro worksheet"),
    ("PerfectOffice_MAIN", "a Quattro Pro or WordPerfect document"),
    ("StarCalcDocument", "a StarCalc worksheet"),
    ("StarWriterDocument", "a StarWriter document"),
    ("__substg1.0_001A001E", "an Outlook message"),
    ("__properties_version1.0", "an Outlook message"),
    ("Equation Native", "a formula object"),
)
_PARTS = (
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("visio/document.xml", "a Visio drawing"),
    ("Index/Document.iwa", "an Apple Numbers, Pages or Keynote document"),
    ("index.apxl", "an Apple Keynote document"),
    ("index.xml", "an Apple Numbers or Pages document"),
    ("maindoc.xml", "a KSpread worksheet"),
    ("Index.zip", "an Apple Numbers, Pages or Keynote document"),
)
_OPEN_DOCUMENTS = {
    b"text": "an OpenDocument text",
    b"presentation": "an OpenDocument presentation",
    b"graphics": "an OpenDocument drawing",
    b"chart": "an OpenDocument chart",
    b"formula": "an OpenDocument formula",
    b"database": "an OpenDocument database",
}


def not_a_workbook(name: str, what: str) -> InputError:
    """Say what a file is instead of a workbook that can be read."""
    return InputError(f"{name} is {what}, which cannot be read as a workbook.", hint=_SAVE_AS)


def too_large(name: str) -> InputError:
    """Say that a file in a text form is too large to be taken apart."""
    return InputError(
        f"{name} is too large for the form that it is in to be read.",
        hint=_SAVE_AS,
    )


def foreign(head: bytes) -> str | None:
    """Say what a file is by its first bytes; None where they tell nothing."""
    return next((what for at, magic, what in _FOREIGN if head[at:].startswith(magic)), None)


def in_archive(archive: Archive) -> InputError | None:
    """Say what a ZIP archive holds instead of a workbook; None where it may be one."""
    kind = archive.read("mimetype", 200).rpartition(b"opendocument.")[2]
    for begin, what in _OPEN_DOCUMENTS.items():
        if kind.startswith(begin):
            return not_a_workbook(archive.name, what)
    for part, what in _PARTS:
        if archive.find(part):
            return not_a_workbook(archive.name, what)
    return None


def in_compound(compound: Compound, name: str) -> InputError | None:
    """Say what an OLE file holds instead of a workbook; None where nothing tells."""
    for stream, what in _STREAMS:
        if compound.has(stream):
            return not_a_workbook(name, what)
    if compound.has("Contents"):
        return not_a_workbook(name, "an OLE object of another program")
    return None
