"""A plain sheet with many rows: how long it takes, against calamine's own reading."""

from __future__ import annotations

import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

_ROUNDS = 5
_SEED = 1
_FIRST_DAY = datetime(2020, 1, 1)  # noqa: DTZ001 - sheets know no zones


def plain(n_rows: int) -> str:
    """Read a sheet of ten columns, in turns with calamine alone."""
    from proveout.charter.schema import Source
    from proveout.intake import Session, open_source

    with tempfile.TemporaryDirectory() as folder, Session() as session:
        path = Path(folder) / "plain.xlsx"
        _write(path, n_rows)
        source = Source(path=path.name)

        def ours() -> None:
            assert open_source(source, folder=path.parent, session=session).table is not None

        times = {"Proveout, into the engine": ours, "calamine alone": lambda: _calamine(path)}
        taken: dict[str, list[float]] = {name: [] for name in times}
        for read in times.values():
            read()
        for _ in range(_ROUNDS):
            for name, read in times.items():
                taken[name].append(_processor_seconds(read))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [f"A plain sheet of {n_rows:,} rows × 10 columns; processor time, {_ROUNDS} rounds", "",
             "| reader | median | range |", "| --- | --- | --- |"]  # fmt: skip
    for name, seconds in taken.items():
        low, high = min(seconds), max(seconds)
        lines.append(f"| {name} | {statistics.median(seconds):.2f} s | {low:.2f} - {high:.2f} s |")
    return "\n".join(lines) + f"\n\nPeak memory of the whole process: {peak:,.0f} MiB\n"


def _processor_seconds(read: Callable[[], None]) -> float:
    begin = time.process_time()
    read()
    return time.process_time() - begin


def _calamine(path: Path) -> None:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    for _ in book.get_sheet_by_index(0).iter_rows():
        pass


def _write(path: Path, n_rows: int) -> None:
    draw = random.Random(_SEED)  # noqa: S311 - no secret
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Data")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    names = ("id", "name", "amount", "pieces", "day", "site", "code", "flag", "share", "stock")
    sheet.write_row(0, 0, names)
    for row in range(1, n_rows + 1):
        sheet.write_row(
            row, 0, [row, f"name {row % 1000}", draw.random() * 100, draw.randint(1, 9)]
        )
        sheet.write_datetime(row, 4, _FIRST_DAY + timedelta(days=row % 1000), day)
        sheet.write_row(row, 5, [draw.choice("ABC"), f"{row:07d}", row % 2 == 0, draw.random(),
                                 draw.randint(0, 10**6)])  # fmt: skip
    book.close()
