"""How a delimited text file is written: its encoding, its delimiter and its header line.

The delimiter is the one which cuts the sample into rows as long as the header, more than one field
each; the header is the first line that is not blank. Both hold for whatever a spreadsheet or a
database exports; files that break these rules need a repairing reader.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1 << 18
"""Enough for a few thousand rows; a larger sample changes no verdict and costs time."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Score(NamedTuple):
    agreeing: float
    """Share of the sampled rows that have as many fields as the header."""
    n_fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a reader must know before it can read."""

    delimiter: str
    columns: tuple[str, ...]
    """Names as found, made unique and never empty."""
    header_line: int
    """From 1."""


def encoding_of(head: bytes, *, whole: bool) -> str | None:
    """Tell the encoding from the first bytes; None where no encoding explains them.

    `whole` says that the head is the whole file, so that a cut character at its end is an error.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return legacy_encoding(head)
    return "utf-8"


def legacy_encoding(data: bytes) -> str | None:
    """Guess which encoding of former times these bytes are in; None where none fits."""
    if b"\x00" in data:
        return None
    from charset_normalizer import from_bytes

    # Latin scripts are nearly always Windows-1252 in practice; its sisters explain the same bytes.
    best = from_bytes(data[:65536]).best()
    if best is None:
        return None
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return best.encoding
    return "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding


def dialect_of(sample: str, *, delimiter: str | None = None) -> Dialect | None:
    """Find delimiter and header in the beginning of a file; None where there is no header."""
    blank = 0
    rest = sample
    while rest:
        line, _, after = rest.partition("\n")
        if line.strip():
            break
        blank, rest = blank + 1, after
    if not rest.strip():
        return None
    chosen = delimiter or max(DELIMITERS, key=lambda each: _score(rest, each))
    header = next(iter(_rows(rest, chosen)), [])
    return Dialect(delimiter=chosen, columns=column_names(header), header_line=blank + 1)


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Name each column: as written, 'column_3' where nothing is, 'name_2' where it comes again."""
    names: list[str] = []
    taken: set[str] = set()
    for position, text in enumerate(header, start=1):
        wanted = " ".join(text.split()) or f"column_{position}"
        name, again = wanted, 2
        while name.casefold() in taken:
            name, again = f"{wanted}_{again}", again + 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _score(sample: str, delimiter: str) -> tuple[bool, _Score]:
    rows = _rows(sample, delimiter)
    width = len(rows[0]) if rows else 0
    agreeing = sum(len(row) == width for row in rows) / max(len(rows), 1)
    return width > 1, _Score(agreeing, width)


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    """Cut a sample into rows, without the last one, which may be cut short, where others remain."""
    csv.field_size_limit(1 << 27)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in reader if row)
    except csv.Error:
        pass  # a NUL or a lone quote: what was cut until there must do
    return rows[:-1] if len(rows) > 2 and len(sample) >= SAMPLE_BYTES // 4 else rows
