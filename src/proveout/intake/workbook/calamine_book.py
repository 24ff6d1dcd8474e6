"""Read workbooks with calamine, which is written in Rust and fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from proveout.errors import InputError
from proveout.intake.workbook.book import Book
from proveout.intake.workbook.grid import Area, Grid, Sheet
from proveout.intake.workbook.quiet import without_panic_text

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_OTHERS = {
    "ChartSheet": "charts",
    "MacroSheet": "macros",
    "DialogSheet": "dialogs",
    "Vba": "macros",
}


@contextmanager
def open_with_calamine(
    source: Path | IO[bytes],
    name: str,
    *,
    check: Callable[[str], None] = lambda _: None,
    more: Callable[[str, Grid], Grid] = lambda _, grid: grid,
) -> Iterator[Book]:
    """Open a workbook; `more` adds to a sheet's grid what calamine does not tell.

    `check` is asked before a sheet is read, and raises where it may not be.

    Raises InputError where it cannot be read.
    """
    import python_calamine as calamine

    given = str(source) if isinstance(source, Path) else source
    with _told(name):
        book = calamine.CalamineWorkbook.from_object(given)
    try:
        yield _book(book, name, check, more)
    finally:
        book.close()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise what an error of calamine means for the user."""
    import python_calamine as calamine

    try:
        with without_panic_text():
            yield
    except calamine.PasswordError as error:
        raise protected(name) from error
    except PermissionError:
        raise
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError) as error:
        raise damaged(name) from error
    except BaseException as error:
        # The reader is written in Rust; where it gives up, what it raises is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(name) from error


def protected(name: str) -> InputError:
    """Say that a workbook is encrypted."""
    return InputError(
        f"{name} is protected by a password.",
        hint="Save a copy without the password, or export the sheet as CSV.",
    )


def damaged(name: str) -> InputError:
    """Say that a workbook cannot be read, and nothing more is known."""
    return InputError(
        f"{name} is no workbook that can be read: it is damaged, or no workbook at all.",
        hint="Open it in a spreadsheet program and save it again, as .xlsx or CSV.",
    )


def _book(
    book: CalamineWorkbook,
    name: str,
    check: Callable[[str], None],
    more: Callable[[str, Grid], Grid],
) -> Book:
    shown = {meta.name: meta for meta in book.sheets_metadata}
    names = [sheet for sheet, meta in shown.items() if "Work" in str(meta.typ)]
    others = [
        _OTHERS.get(str(m.typ).rpartition(".")[2], "macros")
        for m in shown.values()
        if "Work" not in str(m.typ)
    ]

    def sheet(wanted: str) -> Sheet:
        hidden = str(shown[wanted].visible).rpartition(".")[2] != "Visible"
        check(wanted)
        with _told(name):
            grid = _grid(book.get_sheet_by_name(wanted))
        return Sheet(name=wanted, grid=more(wanted, grid), hidden=hidden)

    return Book(names=tuple(names), sheet=sheet, others=tuple(others))


def _grid(sheet: CalamineSheet) -> Grid:
    start = sheet.start
    if start is None:
        return Grid(rows=[])
    rows: list[list[Any]] = list(sheet.iter_rows())
    left = start[1]
    merges = [
        Area(top=top, left=max(first - left, 0), bottom=bottom, right=last - left)
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()
        if last >= left
    ]
    return Grid(rows=rows, left=left, merges=tuple(merges))
