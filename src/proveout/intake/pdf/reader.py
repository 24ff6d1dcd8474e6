"""Read the tables of a PDF document into the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from proveout.errors import InputError
from proveout.intake.pdf.apart import pages_apart
from proveout.intake.pdf.joining import Document, Table, main_first, on_page
from proveout.intake.pdf.numerals import mark_of, plain
from proveout.intake.pdf.page import Page
from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.delimited_dialect import column_names
from proveout.intake.readers.port import MarginText, ReadTable, SourceFile
from proveout.intake.readers.typing import values_of
from proveout.intake.rejects import RAW_CHARACTERS, ListedRejects
from proveout.intake.session import Session, quoted
from proveout.intake.table import FileRead, Reject

_MOSTLY_PICTURE = 0.5
_FEW_WORDS = 12
"""What a scanner stamps on a page that it does not read."""
_UNKNOWN = "(cid:"
"""How the library writes a character of which the document does not say what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead:
    """What a document holds."""

    tables: tuple[Table, ...]
    """The main one first."""
    rejects: tuple[Reject, ...]
    n_pages: int
    unclaimed: tuple[MarginText, ...] = field(default=())
    """Text of a document without any table."""


def read_pdf(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read the tables of one document, the largest first; only the one that is named, where one
    is: 'page 2, table 1'.

    Raises InputError where it holds none that can be read, and says why.
    """
    read = tables_of(pages_apart(file.path, file.name), file.name)
    if not read.tables:
        raise _no_tables(file, read)
    tables = list(read.tables)
    if file.source.table:
        parts = [table.part for table in tables]
        wanted = chosen(file.source.table, parts, what="table", where=file.name)
        tables = [tables[parts.index(wanted)]]
    rejects = ListedRejects(read.rejects)
    none = ListedRejects()
    return [
        _loaded(table, file, session, rejects if position == 0 else none, read.n_pages)
        for position, table in enumerate(tables)
    ]


def tables_of(pages: Iterable[Page], name: str) -> DocumentRead:
    """Find the tables of a document's pages."""
    document = Document()
    rejects: list[Reject] = []
    n_pages = 0
    for page in pages:
        n_pages += 1
        reject = unreadable(page, name)
        if reject is not None:
            rejects.append(reject)
        if reject is None or reject.reason == "scanned-page":
            document.add(on_page(page))
    tables = list(main_first(document.tables))
    if tables:
        tables[0].margin[:0] = document.unclaimed
    return DocumentRead(
        tables=tuple(tables),
        rejects=tuple(rejects),
        n_pages=n_pages,
        unclaimed=tuple(document.unclaimed),
    )


def unreadable(page: Page, name: str) -> Reject | None:
    """Tell why nothing, or not all, of a page can be read."""
    at = f"page {page.number}"
    raw = " ".join(word.text for word in page.words)
    if page.fault is not None:
        return _reject(
            name, at, "unreadable-page", f"Page {page.number} cannot be read: {page.fault}.", raw
        )
    if page.pictured and (
        not page.words or (page.pictured > _MOSTLY_PICTURE and len(page.words) <= _FEW_WORDS)
    ):
        return _reject(
            name, at, "scanned-page",
            f"Page {page.number} is a picture without text: a scan, whose content is not read.",
            raw,
        )  # fmt: skip
    unknown = sum(_UNKNOWN in word.text for word in page.words)
    if unknown > 0.2 * max(1, len(page.words)):
        return _reject(
            name, at, "unreadable-text",
            f"Page {page.number} uses a font that does not say which characters it shows: "
            f"{unknown} of its {len(page.words)} words cannot be read.",
            raw,
        )  # fmt: skip
    return None


def _reject(name: str, at: str, reason: str, message: str, raw: str) -> Reject:
    return Reject(
        file=name, line=None, column=at, reason=reason, message=message, raw=raw[:RAW_CHARACTERS]
    )


def _no_tables(file: SourceFile, read: DocumentRead) -> InputError:
    pages = f"{read.n_pages} page{'s' if read.n_pages > 1 else ''}"
    if read.rejects and len(read.rejects) == read.n_pages:
        if all(reject.reason == "scanned-page" for reject in read.rejects):
            return InputError(
                f"{file.name} is a scan: its {pages} are pictures without text.",
                hint="Run text recognition over it first (ocrmypdf IN.pdf OUT.pdf), or fetch the "
                "data from the system that printed it.",
            )
        return InputError(
            f"Nothing of the {pages} of {file.name} can be read. {read.rejects[0].message}",
            hint="Open it in a viewer and save a copy, or export the table as CSV.",
        )
    others = f" {read.rejects[0].message}" if read.rejects else ""
    return InputError(
        f"{file.name} holds no table: its {pages} hold text without columns, or nothing.{others}",
        hint="Take it out of the source's path, or export the table as CSV.",
    )


def _loaded(
    table: Table, file: SourceFile, session: Session, rejects: ListedRejects, n_pages: int
) -> ReadTable:
    names = column_names(table.names)
    loaded = _stored(table, names, file, session)
    values = values_of(session, quoted(loaded), names)
    view = session.new_name("pdf_view")
    session.execute(f"CREATE VIEW {quoted(view)} AS SELECT {values} FROM {quoted(loaded)}")  # noqa: S608 - quoted
    read_as: dict[str, Any] = {
        "table": table.part,
        "pages": [
            {"page": page, "box": [round(x, 1) for x in (b.x0, b.top, b.x1, b.bottom)], "rows": n}
            for page, b, n in table.places
        ],
        "header_rows": len(table.header),
        "pages_in_document": n_pages,
    }
    return ReadTable(
        table=session.table(view),
        file=FileRead(
            name=file.name, n_bytes=file.path.stat().st_size, format="pdf", read_as=read_as
        ),
        rejects=rejects,
        part=table.part,
        repairs=ListedRejects(tuple(_filled_down(table, names, file.name))),
        margin=tuple(table.margin),
        places=session.table(_places(table, session)),
    )


def _stored(table: Table, names: tuple[str, ...], file: SourceFile, session: Session) -> str:
    import pyarrow as pa

    columns = [[row.cells[i] for row in table.rows] for i in range(len(names))]
    mark = file.source.decimal or mark_of(columns)
    if mark is not None:
        columns = [plain(column, mark) or column for column in columns]
    stored = ArrowTable(session, stem="pdf", types=dict.fromkeys(names, pa.string()))
    missing = {"", *file.source.null_values}
    for start in range(0, len(table.rows), BATCH_ROWS):
        stored.append(
            [
                [None if text in missing else text for text in column[start : start + BATCH_ROWS]]
                for column in columns
            ]
        )
    return stored.name


def _places(table: Table, session: Session) -> str:
    import pyarrow as pa

    sizes = dict.fromkeys(("x0", "top", "x1", "bottom"), pa.float64())
    places = ArrowTable(
        session, stem="pdf_places", types={"row": pa.int64(), "page": pa.int64(), **sizes}
    )
    rows = table.rows
    for start in range(0, len(rows), BATCH_ROWS):
        part = rows[start : start + BATCH_ROWS]
        places.append(
            [
                range(start, start + len(part)),
                [row.page for row in part],
                *([round(getattr(row.box, side), 1) for row in part] for side in sizes),
            ]
        )
    return places.name


def _filled_down(table: Table, names: tuple[str, ...], name: str) -> Iterator[Reject]:
    for number, row in enumerate(table.rows, start=1):
        for column in row.filled:
            yield Reject(
                file=name, line=None, column=names[column], reason="merged-cell",
                message=f"Row {number} stands beside a cell that reaches over several rows; its "
                "text was written in each.",
                raw=row.text[:RAW_CHARACTERS],
            )  # fmt: skip
