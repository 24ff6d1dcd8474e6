"""Excel and OpenDocument workbooks: one sheet, whose first row that is not empty is the header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError
from proveout.intake.readers.arrow_table import BATCH_ROWS, ArrowTable
from proveout.intake.readers.choice import chosen
from proveout.intake.readers.delimited_dialect import column_names
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.session import Session
from proveout.intake.table import FileRead

if TYPE_CHECKING:
    import pyarrow as pa
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_workbook(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read one sheet: the one that is named, else the first that holds anything."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(str(file.path)) as book:
            return [_read(book, file, session)]
    except calamine.PasswordError as error:
        raise InputError(
            f"{file.name} is protected by a password.",
            hint="Save a copy without the password, or export the sheet as CSV.",
        ) from error
    except PermissionError:
        raise
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError) as error:
        raise _damaged(file) from error
    except BaseException as error:
        # The reader is written in Rust; where it gives up, what it raises is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file) from error


def _damaged(file: SourceFile) -> InputError:
    return InputError(
        f"{file.name} is no workbook that can be read: it is damaged, or in a form from before "
        "1997.",
        hint="Open it in a spreadsheet program and save it again, as .xlsx or CSV.",
    )


def _read(book: CalamineWorkbook, file: SourceFile, session: Session) -> ReadTable:
    read_as: dict[str, Any] = {}
    sheet = _sheet(book, file, read_as)
    rows = sheet.iter_rows()
    header, header_line = _header(rows)
    names = column_names([_as_text(cell) for cell in header])
    kinds = _kinds(rows, len(names))
    types = {name: _arrow_type(found) for name, found in zip(names, kinds, strict=True)}
    mixed = {
        name: sorted(kind.__name__ for kind in found)
        for name, found in zip(names, kinds, strict=True)
        if _common(found) is None and found
    }
    table = _fill(sheet, header_line, types, kinds, session)
    read_as["header_line"] = header_line
    if mixed:
        read_as["mixed_columns"] = mixed
    return ReadTable(
        table=session.table(table),
        file=FileRead(
            name=file.name, n_bytes=file.path.stat().st_size, format="excel", read_as=read_as
        ),
    )


def _sheet(book: CalamineWorkbook, file: SourceFile, read_as: dict[str, Any]) -> CalamineSheet:
    sheets = [meta.name for meta in book.sheets_metadata if "Work" in str(meta.typ)]
    if file.source.table:
        name = chosen(file.source.table, sheets, what="sheet", where=file.name)
        read_as["sheet"] = name
        sheet = book.get_sheet_by_name(name)
        if not _holds_anything(sheet):
            raise InputError(
                f"The sheet '{name}' of {file.name} is empty.",
                hint=f"Name another one; there are: {', '.join(sheets)}.",
            )
        return sheet
    for name in sheets:
        sheet = book.get_sheet_by_name(name)
        if _holds_anything(sheet):
            read_as["sheet"] = name
            if len(sheets) > 1:
                read_as["other_sheets"] = [other for other in sheets if other != name]
            return sheet
    raise InputError(
        f"{file.name} holds no sheet with anything in it.",
        hint="Export it again, or take it out of the source's path.",
    )


def _holds_anything(sheet: CalamineSheet) -> bool:
    """Tell whether any cell is filled: a sheet may be formatted over rows in which nothing is."""
    return any(cell != "" for row in sheet.iter_rows() for cell in row)


def _header(rows: Iterator[list[Any]]) -> tuple[list[Any], int]:
    for line, row in enumerate(rows, start=1):
        if any(cell != "" for cell in row):
            return row, line
    return [], 0


def _kinds(rows: Iterator[list[Any]], width: int) -> list[set[type]]:
    """Collect the types of cell that each column holds, empty cells aside."""
    kinds: list[set[type]] = [set() for _ in range(width)]
    for row in rows:
        for cell, found in zip(row, kinds, strict=False):
            if cell != "":
                found.add(
                    int
                    if type(cell) is float and cell.is_integer() and abs(cell) < 2**53
                    else type(cell)
                )
    return kinds


def _common(kinds: set[type]) -> type | None:
    """Return the type that all cells of a column fit; None where only text does."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {int, float}:
        return float
    if kinds == {dt.date, dt.datetime}:
        return dt.datetime
    return None


def _arrow_type(kinds: set[type]) -> pa.DataType:
    import pyarrow as pa

    return {
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        dt.date: pa.date32(),
        dt.datetime: pa.timestamp("us"),
        dt.time: pa.time64("us"),
    }.get(_common(kinds) or str, pa.string())


def _fill(
    sheet: CalamineSheet,
    header_line: int,
    types: dict[str, pa.DataType],
    kinds: Sequence[set[type]],
    session: Session,
) -> str:
    table = ArrowTable(session, stem="sheet", types=types)
    convert = [_converter(_common(found)) for found in kinds]
    rows = islice(sheet.iter_rows(), header_line, None)
    while batch := list(islice(rows, BATCH_ROWS)):
        # A row in which nothing stands is no record: sheets go on below their data.
        full = [row for row in batch if any(cell != "" for cell in row)]
        table.append(
            [[None if row[i] == "" else to(row[i]) for row in full] for i, to in enumerate(convert)]
        )
    return table.name


def _converter(kind: type | None) -> Any:
    if kind in (int, float, bool):
        return kind
    if kind in (dt.date, dt.time):
        return lambda cell: cell
    if kind is dt.datetime:
        return lambda cell: (
            cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        )
    return _as_text


def _as_text(cell: Any) -> str:
    """Write a cell as a spreadsheet shows it: 12 rather than 12.0."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
