"""The file of labelled rows: the column 'row', and the columns of the data as they should be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from proveout.checks.readiness.cells.grid import Grid
from proveout.checks.readiness.cells.labels import Labels
from proveout.errors import InputError

ROW = "row"
_DELIMITERS = (",", ";", "\t", "|")
_HINT = "Make one that fits: proveout audit FILE --ask 20"


def read_labels(path: Path, grid: Grid) -> Labels:
    """Read a labels file and fit its columns to those of the table.

    Raises InputError where it cannot be read, names no rows, or does not fit the table.
    """
    header, *lines = _records(path)
    names = [_plain(name) for name in header]
    if ROW not in names:
        raise InputError(
            f"{path.name} has no column '{ROW}'; its columns are: {', '.join(header)}.",
            hint="Add it: the number of each record in the data, the first one being 0.",
        )
    at_row = names.index(ROW)
    fitted = _fitted(path, [name for at, name in enumerate(header) if at != at_row], grid)
    truth: dict[int, dict[int, str]] = {at: {} for at in fitted if at is not None}
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise InputError(
                f"{path.name}, record {number}: {len(line)} values, but {len(header)} columns.",
                hint="Put values that hold a delimiter in quotes.",
            )
        row = _row(path, number, line[at_row], grid.n_rows)
        values = [value for at, value in enumerate(line) if at != at_row]
        for at, value in zip(fitted, values, strict=True):
            if at is not None:
                truth[at][row] = value
    return Labels(truth=truth)


def write_labels(path: Path, grid: Grid, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Write rows with all their values; what stood in the file is replaced.

    Raises InputError where the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([ROW, *grid.names])
    writer.writerows([row, *values] for row, values in rows)
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(text.getvalue(), encoding="utf-8")
        beside.replace(path)  # all or nothing: an interruption leaves the answers given before
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that exists: --labels labels.csv",
        ) from error


def _records(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.", hint=_HINT
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is not UTF-8 text.", hint="Save it as CSV with the encoding UTF-8."
        ) from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    found = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if len(found) < 2:
        raise InputError(f"{path.name} names no rows.", hint=_HINT)
    return found


def _fitted(path: Path, header: Sequence[str], grid: Grid) -> list[int | None]:
    """Find each labelled column's place in the table: by name, else by position.

    A column of which nothing is known (its name is not in the table) is refused, not left out.
    """
    by_name: dict[str, int] = {}
    for at, name in enumerate(grid.names):
        by_name.setdefault(_plain(name), at)
    found = [by_name.get(_plain(name)) for name in header]
    known = [at for at in found if at is not None]
    if len(known) == len(header) and len(set(known)) == len(known):
        return found
    if len(header) == len(grid.names):
        return list(range(len(header)))
    unknown = [name for name, at in zip(header, found, strict=True) if at is None]
    what = (
        f"has columns that the data does not have: {', '.join(unknown)}"
        if unknown else "names a column of the data twice"
    )  # fmt: skip
    raise InputError(
        f"{path.name} {what}. The data has: {', '.join(grid.names)}.",
        hint="Name the columns as the data does, or give all of them in the same order.",
    )


def _row(path: Path, number: int, text: str, n_rows: int) -> int:
    try:
        row = int(text)
    except ValueError:
        row = -1
    if not 0 <= row < n_rows:
        raise InputError(
            f"{path.name}, record {number}: '{text}' is no row of the data, whose rows are 0 to "
            f"{n_rows - 1:,}.",
            hint="Rows are counted from 0, without the header.",
        )
    return row


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
