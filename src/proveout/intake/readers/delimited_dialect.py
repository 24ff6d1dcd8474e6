"""How a delimited text file is laid out: its delimiter and its header line.

The delimiter is the one which cuts the sample into rows as long as the header, more than one field
each; the header is the first line that is not blank. Both hold for whatever a spreadsheet or a
database exports; files that break these rules need a repairing reader.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from proveout.intake.readers.streams import SAMPLE_BYTES

DELIMITERS = (",", ";", "\t", "|")
LONGEST_ROW_BYTES = 4 << 20
"""A longer row is a reject. Each thread of the engine holds several buffers of four times this."""


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
    header_lines: int = 1
    """Over how many lines the header goes: names may hold line feeds."""
    trailing_delimiter: bool = False
    """Every row ends in a delimiter, after which there is no column. Elsewhere, one delimiter too
    many pushes the values of its row into the wrong columns, even where the last of them is empty.
    """


def dialect_of(sample: str, *, delimiter: str | None = None) -> Dialect | None:
    """Find delimiter and header in the beginning of a file; None where there is no header."""
    skipped, rest, declared = _before_header(sample)
    if not rest:
        return None
    chosen = delimiter or declared or max(DELIMITERS, key=lambda each: _score(rest, each))
    rows = _rows(rest, chosen)
    header = rows[0] if rows else []
    in_header = len(header) > 1 and _end_empty(rows, len(header))
    in_rows = _end_empty(rows[1:], len(header) + 1)
    return Dialect(
        delimiter=chosen,
        columns=column_names(header[:-1] if in_header else header),
        header_line=skipped + 1,
        header_lines=1 + sum(cell.count("\n") for cell in header),
        trailing_delimiter=in_header or in_rows,
    )


def _end_empty(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether most rows have this width, and each of these ends in an empty field."""
    wide = [row for row in rows if len(row) == width]
    return 2 * len(wide) > len(rows) and not any(row[-1] for row in wide)


def _before_header(sample: str) -> tuple[int, str, str | None]:
    """Pass over blank lines and the line 'sep=;' that Excel writes; return what it declares."""
    skipped, rest, declared = 0, sample, None
    while rest:
        line, _, after = rest.partition("\n")
        text = line.strip("\r ")
        if text[:4].lower() == "sep=" and len(text) == 5:
            declared = text[4]
        elif text:
            return skipped, rest, declared
        skipped, rest = skipped + 1, after
    return skipped, "", declared


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Name each column: as written, 'column_3' where nothing is, 'name_2' where it comes again."""
    names: list[str] = []
    taken: set[str] = set()
    next_: dict[str, int] = {}  # so that a name that comes ten thousand times costs no more
    for position, text in enumerate(header, start=1):
        # A null character would end the name, and bytes that are no text have no place in one.
        plain = text.replace("\0", "").encode(errors="backslashreplace").decode()
        wanted = " ".join(plain.split()) or f"column_{position}"
        name, again = wanted, next_.get(wanted, 2)
        while name.casefold() in taken:
            name, again = f"{wanted}_{again}", again + 1
        next_[wanted] = again
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
    csv.field_size_limit(LONGEST_ROW_BYTES)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a lone quote: what was cut until there must do
        rows.extend(row for row in reader if row)
    return rows[:-1] if len(rows) > 2 and len(sample) >= SAMPLE_BYTES // 4 else rows
