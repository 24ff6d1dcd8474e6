"""Delimited text that the engine's reader cannot read as it stands: mended first, then loaded.

The engine is quick and loses its place where a quote is opened and never closed; it knows nothing
of preambles, further tables and notes. A file in which it meets damage is mended row by row, in
memory where it is small and piece by piece where it is large, and written again for the engine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proveout.intake.mending import Fault, MendedTable, Mending, Note
from proveout.intake.mending.stream import Plan, mend_pieces, plan_of
from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.delimited_dialect import Dialect, column_names
from proveout.intake.readers.delimited_load import load
from proveout.intake.readers.encodings import decoded
from proveout.intake.readers.port import MarginText, ReadTable, SourceFile
from proveout.intake.readers.streams import opened
from proveout.intake.rejects import (
    RAW_CHARACTERS,
    REJECT_FIELDS,
    JoinedRejects,
    StoredRejects,
)
from proveout.intake.session import Session
from proveout.intake.table import FileRead


def is_plain(mending: Mending, delimiter: str) -> bool:
    """Tell whether the engine reads this text alone, and says the same of it."""
    if len(mending.tables) != 1:
        return False
    (table,), dialect = mending.tables, mending.dialect
    return (
        table.header_rows == 1
        and not (table.repairs or table.rejects or table.notes)
        and dialect.quote == '"'
        and not (dialect.backslash or dialect.skips_blanks)
        and dialect.delimiter in ("", delimiter)
    )


def is_plain_so_far(plan: Plan, dialect: Dialect) -> bool:
    """Tell whether nothing in the beginning of a large text asks for mending."""
    return (
        plan.header_rows == 1
        and plan.header_line == dialect.header_line
        and not (plan.notes or plan.repairs)
        and plan.dialect.quote == '"'
        and not (plan.dialect.backslash or plan.dialect.skips_blanks)
        and plan.dialect.delimiter in ("", dialect.delimiter)
    )


def tables_of(
    mending: Mending, file: SourceFile, session: Session, read_as: dict[str, Any]
) -> list[ReadTable]:
    """Load the tables of a mended text, or the one that the source names."""
    parts = [f"table {i}" for i in range(1, len(mending.tables) + 1)]
    several = len(parts) > 1
    named = list(zip(parts, mending.tables, strict=True))
    if several and file.source.table is not None:
        part = chosen(file.source.table, parts, what="table", where=file.name)
        named = [each for each in named if each[0] == part]
    return [
        _loaded(table, part if several else None, mending, file, session, read_as=read_as)
        for part, table in named
    ]


def _loaded(
    table: MendedTable,
    part: str | None,
    mending: Mending,
    file: SourceFile,
    session: Session,
    *,
    read_as: dict[str, Any],
) -> ReadTable:
    names = column_names(table.header or [""] * table.width)
    target = _Target(session, names)
    target.write(table.rows)
    repairs = _Faults(session, "repairs", file.name)
    repairs.add(table.repairs)
    rejects = _Faults(session, "rejects", file.name)
    rejects.add(table.rejects)
    said = {
        **read_as,
        "delimiter": mending.dialect.shown or None,
        **_layout(table.header_line, table.header_rows, trailing=table.trailing_delimiter),
        **_dialect(mending.dialect.quote, backslash=mending.dialect.backslash),
    }
    if len(mending.newlines) > 1:
        said["newlines"] = "mixed"
    return target.read(file, said, repairs, rejects, notes=table.notes, part=part)


def _layout(line: int | None, n: int, *, trailing: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"header_line": line}
    if n != 1:
        said["header_rows"] = n
    if trailing:
        said["trailing_delimiter"] = True
    return said


def _dialect(quote: str, *, backslash: bool) -> dict[str, Any]:
    said: dict[str, Any] = {} if quote == '"' else {"quote": quote}
    return {**said, "escape": "\\"} if backslash else said


def plan_for(head: bytes, encoding: str, file: SourceFile) -> Plan | None:
    """Plan the mending of a large text by its beginning, without a last row that is cut short."""
    sample = decoded(head, encoding, file.name)
    return plan_of(sample.rpartition("\n")[0] or sample, delimiter=file.source.delimiter)


def mended_in_pieces(
    file: SourceFile, encoding: str, plan: Plan, session: Session, read_as: dict[str, Any]
) -> list[ReadTable]:
    """Mend and load a large text piece by piece."""
    header = plan.header or [""] * plan.width
    names = column_names(header[: plan.width - plan.trailing_delimiter])
    target = _Target(session, names, delimiter=plan.dialect.delimiter or ",")
    repairs = _Faults(session, "repairs", file.name)
    repairs.add(plan.repairs)
    rejects = _Faults(session, "rejects", file.name)
    notes = list(plan.notes)
    with opened(file.path, file.name) as stream:
        lines = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
        for piece in mend_pieces(lines, plan):
            if piece.text is not None:
                target.write_text(piece.text)
            else:
                target.write(piece.rows)
            repairs.add(piece.repairs)
            rejects.add(piece.rejects)
            notes += piece.notes
    said = {
        **read_as,
        "delimiter": plan.dialect.shown or None,
        **_layout(plan.header_line, plan.header_rows, trailing=plan.trailing_delimiter),
        **_dialect(plan.dialect.quote, backslash=plan.dialect.backslash),
    }
    return [target.read(file, said, repairs, rejects, notes=notes)]


_SHOWN = "backslashreplace"
"""Bytes that are no text in a row that is read all the same are written as what they are."""


@dataclass(slots=True)
class _Target:
    """The text that the engine is given instead."""

    session: Session
    names: Sequence[str]
    delimiter: str = ","
    path: Path | None = None

    def write_text(self, text: str) -> None:
        """Append rows that are as they should be."""
        if self.path is None:
            self.write([])
        assert self.path is not None  # noqa: S101 - written above
        with self.path.open("a", encoding="utf-8", newline="", errors=_SHOWN) as stream:
            stream.write(text)

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Append rows."""
        is_new = self.path is None
        if self.path is None:
            self.path = self.session.scratch / (self.session.new_name("mended") + ".csv")
        mode = "w" if is_new else "a"
        with self.path.open(mode, encoding="utf-8", newline="", errors=_SHOWN) as stream:
            writer = csv.writer(
                stream, delimiter=self.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL
            )
            if is_new:
                writer.writerow(self.names)
            if len(self.names) > 1:
                writer.writerows(rows)
            else:  # the engine passes over a blank line
                writer.writerows(row for row in rows if row[0])

    def read(
        self,
        file: SourceFile,
        read_as: dict[str, Any],
        repairs: _Faults,
        rejects: _Faults,
        *,
        notes: Sequence[Note],
        part: str | None = None,
    ) -> ReadTable:
        """Load what was written, and say what was found on the way."""
        if self.path is None:
            self.write([])
        assert self.path is not None  # noqa: S101 - written above
        dialect = Dialect(delimiter=self.delimiter, columns=tuple(self.names), header_line=1)
        try:
            loaded = load(self.path, file, dialect, self.session)
        finally:
            self.path.unlink()
        found: list[StoredRejects] = [rejects.stored()]
        if loaded.reasons:  # such as a row that is too long for the engine
            found.append(StoredRejects(self.session, loaded.rejects))
        size = file.path.stat().st_size
        return ReadTable(
            table=self.session.table(loaded.table),
            file=FileRead(
                name=file.name, n_bytes=size, format="csv", read_as={**read_as, **loaded.notes}
            ),
            rejects=JoinedRejects(tuple(found)) if len(found) > 1 else found[0],
            repairs=repairs.stored(),
            part=part,
            margin=tuple(
                MarginText(at=f"line {note.line}", kind=note.kind, text=note.text) for note in notes
            ),
        )


class _Faults:
    """A table of the engine that gets repairs or rejects."""

    def __init__(self, session: Session, stem: str, file: str) -> None:
        import pyarrow as pa

        types = {name: pa.int64() if name == "line" else pa.string() for name in REJECT_FIELDS}
        self._session, self._file = session, file
        self._table = ArrowTable(session, stem=stem, types=types)

    def add(self, faults: Sequence[Fault]) -> None:
        """Append these."""
        for batch in _batches(faults):
            held = [
                (self._file, each.line, None, each.reason, _said(each), each.raw[:RAW_CHARACTERS])
                for each in batch
            ]
            self._table.append(list(zip(*held, strict=True)))

    def stored(self) -> StoredRejects:
        """Return them as a reader gives them."""
        return StoredRejects(self._session, self._table.name)


def _said(fault: Fault) -> str:
    certain = fault.certainty >= 0.995 or not fault.certainty
    return fault.message if certain else f"{fault.message} Certainty: {fault.certainty:.0%}."


def _batches(faults: Sequence[Fault]) -> Iterator[Sequence[Fault]]:
    for start in range(0, len(faults), BATCH_ROWS):
        yield faults[start : start + BATCH_ROWS]
