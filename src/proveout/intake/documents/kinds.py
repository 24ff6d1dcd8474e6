"""Which kind of document a file is: by its first bytes, else by its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from proveout.intake.documents.model import Kind, NoTextError

HEAD_BYTES = 4096
_BY_SUFFIX: dict[str, Kind] = {
    ".eml": "mail",
    ".html": "html", ".htm": "html", ".xhtml": "html",
}  # fmt: skip
_NOT_READ = (
    (b"\x89PNG", "scanned-document", "a picture (PNG), whose content is not read"),
    (b"\xff\xd8\xff", "scanned-document", "a picture (JPEG), whose content is not read"),
    (b"GIF8", "scanned-document", "a picture (GIF), whose content is not read"),
    (b"II*\x00", "scanned-document", "a picture (TIFF), whose content is not read"),
    (b"MM\x00*", "scanned-document", "a picture (TIFF), whose content is not read"),
    (b"{\\rtf", "other-format", "in Rich Text Format; save it as .docx or .txt"),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


def kind_of(data: bytes, name: str) -> Kind:
    """Tell the kind of a document from its bytes (all, or the first) and its name.

    Raises NoTextError for what is known to hold no text that can be read.
    """
    head = data[:HEAD_BYTES]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP):
        return "word"
    if head.startswith(_OLD_OFFICE):
        if _ENCRYPTED in data:
            raise NoTextError("protected", f"{name} is protected by a password.")
        raise NoTextError(
            "other-format",
            f"{name} is in the old binary format of Word, Excel or Outlook (.doc, .xls, .msg); "
            "save it as .docx, .pdf or .eml.",
        )
    for magic, reason, what in _NOT_READ:
        if head.startswith(magic):
            raise NoTextError(reason, f"{name} is {what}.")
    suffix = PurePath(name).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    return "html" if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) else "text"
