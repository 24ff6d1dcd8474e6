"""Read .xlsx and its kin where calamine gives up: any namespace, any names of parts.

Slower, and content with less: what a sheet lacks is left empty.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proveout.intake.workbook.archive import Archive
from proveout.intake.workbook.book import Book
from proveout.intake.workbook.grid import Sheet, Uncomputed, area_of
from proveout.intake.workbook.safe_xml import walk
from proveout.intake.workbook.serials import moment_of
from proveout.intake.workbook.sparse import SparseSheet

_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]|General|Standard', re.IGNORECASE)


def main_part(archive: Archive) -> str | None:
    """Return the part that the package calls its main one; None where it is no such package."""
    found: list[str] = []

    def begin(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    links = archive.read("_rels/.rels")
    if links:
        _walk([links], archive.name, begin)
    return archive.find(found[0]) if found else None


def open_ooxml(archive: Archive, book_part: str) -> Book:
    """Open a workbook from its parts. Raises InputError where its XML is broken."""
    book = _Workbook(archive, book_part)
    hidden = {name for name, (_, state) in book.sheets.items() if state != "visible"}

    def sheet(name: str) -> Sheet:
        part, _ = book.sheets[name]
        read = _SheetReader(SparseSheet(name, hidden=name in hidden), book)
        walk(archive.pieces(part), archive.name, begin=read.begin, end=read.end, text=read.text)
        return read.sheet.sheet(archive.name)

    return Book(names=tuple(book.sheets), sheet=sheet, others=book.others)


@dataclass(slots=True)
class _Strings:
    """The shared strings, put together from their runs."""

    texts: list[str] = field(default_factory=list)
    _in_text: bool = False
    _aside: int = 0

    def begin(self, tag: str, _: Mapping[str, str]) -> None:
        if tag == "si":
            self.texts.append("")
        elif tag == "rPh":
            self._aside += 1
        self._in_text = tag == "t" and not self._aside

    def end(self, tag: str) -> None:
        self._in_text = False
        if tag == "rPh":
            self._aside -= 1

    def text(self, text: str) -> None:
        if self._in_text and self.texts:
            self.texts[-1] += text


class _Workbook:
    def __init__(self, archive: Archive, part: str) -> None:
        self.sheets: dict[str, tuple[str, str]] = {}
        self.others: tuple[str, ...] = ()
        self.is_1904 = False
        folder, file = posixpath.split(part.replace("\\", "/"))
        self._folder, self._archive = folder, archive
        self._links: dict[str, tuple[str, str]] = {}
        self._formats: dict[int, str] = {}
        self.is_date: list[bool] = []
        self._in_styles = False
        links = archive.read(posixpath.join(folder, "_rels", f"{file}.rels"))
        if links:
            _walk([links], archive.name, self._link)
        _walk(archive.pieces(part), archive.name, self._sheet)
        self.strings = self._strings()
        if styles := self._part("styles"):
            _walk(archive.pieces(styles), archive.name, self._style)

    def _link(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target if target.startswith("/") else posixpath.join(self._folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            self._links[attributes.get("Id", "")] = (kind, posixpath.normpath(path).lstrip("/"))

    def _sheet(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        if tag != "sheet":
            return
        kind, path = self._links.get(attributes.get("id", ""), ("", ""))
        part = self._archive.find(path)
        if kind == "chartsheet":
            self.others = (*self.others, "charts")
        elif part is not None:
            state = attributes.get("state", "visible")
            self.sheets[attributes.get("name", "")] = (part, state)

    def _part(self, kind: str) -> str | None:
        return next((self._archive.find(p) for k, p in self._links.values() if k == kind), None)

    def _strings(self) -> list[str]:
        part, strings = self._part("sharedStrings"), _Strings()
        if part is not None:
            walk(
                self._archive.pieces(part), self._archive.name, begin=strings.begin,
                end=strings.end, text=strings.text,
            )  # fmt: skip
        return strings.texts

    def _style(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            self._formats[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "dxfs", "cellStyles"):
            self._in_styles = tag == "cellXfs"
        elif tag == "xf" and self._in_styles:
            number = _whole(attributes.get("numFmtId"))
            code = _NO_DATE.sub("", self._formats.get(number, ""))
            is_date = re.search(r"[dmyhs]", code, re.IGNORECASE) is not None
            self.is_date.append(number in _BUILT_IN_DATES or is_date)


class _SheetReader:
    def __init__(self, sheet: SparseSheet, book: _Workbook) -> None:
        self.sheet = sheet
        self._book = book
        self._row = self._column = -1
        self._attributes: Mapping[str, str] = {}
        self._texts: dict[str, str] = {}
        self._into: str | None = None

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            self._row = _whole(attributes.get("r"), self._row + 2) - 1
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.sheet.hidden_rows.add(self._row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = _whole(attributes.get("min")), _whole(attributes.get("max"))
            self.sheet.hidden_columns |= set(range(first - 1, min(last, first + 1024)))
        elif tag == "mergeCell" and (area := area_of(attributes.get("ref", ""))):
            self.sheet.merges.append(area)
        elif tag == "c":
            at = area_of(attributes.get("r", ""))
            if at is None:
                self._column += 1
            else:
                self._row, self._column = at.top, at.left
            self._attributes, self._texts = attributes, {}
        elif tag in ("v", "f", "t"):
            self._into = tag
            self._texts.setdefault(tag, "")

    def end(self, tag: str) -> None:
        if tag == "c":
            self.sheet.put(self._row, max(self._column, 0), self._value())
        self._into = None

    def text(self, text: str) -> None:
        if self._into is not None:
            self._texts[self._into] += text

    def _value(self) -> Any:  # noqa: PLR0911 - one for each kind of cell
        kind, text = self._attributes.get("t", "n"), self._texts.get("v", "")
        if kind == "inlineStr":
            return self._texts.get("t", text)
        if not text and kind != "str" and "f" in self._texts:
            return Uncomputed("=" + self._texts["f"])
        try:
            if kind == "s":
                return self._book.strings[int(text)]
            if kind == "b":
                return text.strip() == "1"
            if kind == "d":
                return dt.datetime.fromisoformat(text.rstrip("Z"))
            if kind == "n" and text:
                return self._number(float(text))
        except (ValueError, IndexError):
            return text
        return text

    def _number(self, number: float) -> Any:
        style = _whole(self._attributes.get("s"))
        dates = self._book.is_date
        if style < len(dates) and dates[style]:
            return moment_of(number, is_1904=self._book.is_1904)
        return number


def _whole(text: str | None, otherwise: int = 0) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise


def _walk(
    pieces: Iterable[bytes], name: str, begin: Callable[[str, Mapping[str, str]], None]
) -> None:
    walk(pieces, name, begin=begin, end=lambda _: None, text=lambda _: None)
