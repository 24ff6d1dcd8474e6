"""A web page → its text, as a person would copy it: lines for blocks, tabs between cells."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

from proveout.intake.documents.model import Document, cut
from proveout.intake.documents.plain import decoded

_SKIPPED = frozenset({"script", "style", "title", "template"})
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
))  # fmt: skip
_CELLS = frozenset({"td", "th"})
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_web_page(data: bytes, name: str, *, encoding: str | None = None) -> Document:
    """Read a web page. Raises NoTextError where it is no text."""
    text, faults = decoded(data, name, encoding=encoding or _declared(data))
    text, more = cut(text_of_page(text), name)
    return Document(text=text, kind="html", faults=(*faults, *more))


def text_of_page(page: str) -> str:
    """Return what a page shows; scripts and styles are no text."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = (
        "\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip()
        for line in "".join(reader.said).split("\n")
    )
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._skipped: str | None = None
        self._lines_count = 0
        self._in_cell = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        if tag in _SKIPPED:
            self._skipped = self._skipped or tag
        elif tag in _CELLS:
            self._in_cell += 1
        elif tag == "tr":
            self._in_cell = 0
            self._break()
        elif tag in _BLOCKS:
            self._break()
            self._lines_count += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = None
        elif tag in _CELLS:
            self._in_cell = max(0, self._in_cell - 1)
            self.said.append("\t")
        elif tag in _BLOCKS:
            self._break()
            if tag == "pre":
                self._lines_count = max(0, self._lines_count - 1)

    def handle_data(self, data: str) -> None:
        if self._skipped is None:
            self.said.append(data if self._lines_count else re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        # The lines of a cell stay beside those of its neighbours.
        self.said.append(" " if self._in_cell else "\n")


def _declared(data: bytes) -> str | None:
    if data.startswith(_MARKS):
        return None
    found = _CHARSET.search(data[:4096])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
        data.decode(name)
    except (LookupError, ValueError):
        return None
    return name
