"""Read a workbook: the tables of all of its sheets, the main one first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from proveout.errors import InputError
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.rejects import ListedRejects, joined
from proveout.intake.session import Session
from proveout.intake.table import Reject
from proveout.intake.workbook.book import Book
from proveout.intake.workbook.collector import without_collector
from proveout.intake.workbook.finding import Table, find_tables
from proveout.intake.workbook.grid import Area, Sheet, area_of
from proveout.intake.workbook.loading import Place, load
from proveout.intake.workbook.opening import is_plain_text, open_book

_COMPARABLE = 0.5
"""The first table is the main one, unless another is more than twice as large."""


def read_workbook(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read all tables of a workbook, or those of the sheet or range that the source names.

    Raises InputError where it cannot be read, or holds nothing.
    """
    if _is_text(file):
        # Many programs write delimited text and call it .xls, which Excel opens with a warning.
        from proveout.intake.readers.delimited import read_delimited

        return [*read_delimited(file, session)]
    with without_collector(), open_book(file.path, file.name) as book:
        wanted, area = _wanted(book, file)
        found: list[_Found] = []
        unreadable: list[InputError] = []
        for name in [wanted] if wanted is not None else book.names:
            try:
                sheet = book.sheet(name)
            except InputError as error:
                unreadable.append(error)
                continue
            grid = sheet.grid if area is None else _only(sheet, area)
            tables = find_tables(grid)
            sheet = replace(sheet, grid=grid)
            several = len(tables) > 1 or area is not None
            for table in tables:
                place = _place(sheet, table, file, book, several=several)
                read = load(sheet.grid, table, place, session)
                found.append(_Found(read, max(table.weight, 1), sheet.hidden))
        if not found:
            raise unreadable[0] if unreadable else _nothing(book, file, wanted, area)
    main = _main(found)
    lost = ListedRejects(tuple(_lost(file, error) for error in unreadable))
    first = (
        replace(main.read, rejects=joined([main.read.rejects, lost])) if unreadable else main.read
    )
    return [first, *(each.read for each in found if each is not main)]


def _lost(file: SourceFile, error: InputError) -> Reject:
    """Count a sheet that cannot be read, of a workbook whose others can."""
    return Reject(
        file=file.name, line=None, column=None, reason="unreadable-sheet", message=error.message,
        raw="",
    )  # fmt: skip


def _is_text(file: SourceFile) -> bool:
    with file.path.open("rb") as stream:
        return is_plain_text(stream.read(1 << 16))


@dataclass(frozen=True, slots=True)
class _Found:
    read: ReadTable
    weight: int
    hidden: bool


def _place(sheet: Sheet, table: Table, file: SourceFile, book: Book, *, several: bool) -> Place:
    known: dict[str, Any] = dict(book.found)
    if sheet.hidden:
        known["hidden_sheet"] = True
    return Place(
        file=file.name,
        n_bytes=file.path.stat().st_size,
        sheet=sheet.name,
        part=f"{sheet.name}!{table.area}" if several else sheet.name,
        found=known,
    )


def _main(found: Sequence[_Found]) -> _Found:
    """Choose the first of the large tables; one that is hidden only where all are."""
    shown = [each for each in found if not each.hidden] or list(found)
    most = max(each.weight for each in shown)
    return next(each for each in shown if each.weight >= _COMPARABLE * most)


def _wanted(book: Book, file: SourceFile) -> tuple[str | None, Area | None]:
    """Read what the source names: a sheet, 'Sheet1!A4:F20', or 'A4:F20' of the only sheet."""
    named = file.source.table
    if named is None:
        return None, None
    if named not in book.names:
        before, mark, after = named.rpartition("!")
        area = area_of(after)
        if area is not None and (mark or len(book.names) == 1):
            sheet = before.strip("'").replace("''", "'") if mark else book.names[0]
            return chosen(sheet, book.names, what="sheet", where=file.name), area
    return chosen(named, book.names, what="sheet", where=file.name), None


def _only(sheet: Sheet, area: Area) -> Any:
    """Return the grid with nothing outside of an area, so that addresses stay what they are."""
    grid = sheet.grid
    left, right = area.left - grid.left, area.right - grid.left + 1
    blank = [""] * grid.width
    rows = [
        [*blank[: max(left, 0)], *row[max(left, 0) : max(right, 0)], *blank[max(right, 0) :]]
        if area.top <= at <= area.bottom
        else blank
        for at, row in enumerate(grid.rows)
    ]
    return replace(grid, rows=rows)


def _nothing(book: Book, file: SourceFile, wanted: str | None, area: Area | None) -> InputError:
    if wanted is not None:
        what = f"The sheet '{wanted}'" if area is None else f"'{wanted}!{area}'"
        return InputError(
            f"{what} of {file.name} is empty.",
            hint=f"Name another one; there are: {', '.join(book.names)}.",
        )
    if not book.names and book.others:
        return InputError(
            f"{file.name} holds no sheet of cells, only {_counted(book.others)}.",
            hint="Export the data that it draws, as .xlsx or CSV.",
        )
    return InputError(
        f"{file.name} holds no sheet with anything in it.",
        hint="Export it again, or take it out of the source's path.",
    )


def _counted(others: Iterable[str]) -> str:
    kinds = sorted(set(others))
    return " and ".join(kinds)
