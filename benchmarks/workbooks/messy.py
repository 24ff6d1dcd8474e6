"""A messy sheet with known truth: what is found in it, by us and by xldetect."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from proveout.intake.workbook.finding import Table, find_tables
from proveout.intake.workbook.opening import open_book

_XLDETECT = """
import json, sys
from xldetect import inspect_path
print(json.dumps([
    {"area": r.range_a1, "header": r.header_rows, "names": r.headers, "first": r.data_start_row,
     "last": r.max_row, "left_out": r.decorative_rows}
    for r in inspect_path(sys.argv[1]).iter_regions()
]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table as one of the two tells of it; rows from 1."""

    area: str
    header: tuple[int, ...]
    names: tuple[str, ...]
    records: frozenset[int]
    units: int | None = None
    totals: frozenset[int] = frozenset()


TRUTH = (
    Found(
        area="A4:E13", header=(4, 5), units=6, records=frozenset([7, 8, 10, 11]),
        names=("site", "2023 in", "2023 out", "2024 in", "2024 out"),
        totals=frozenset([9, 12, 13]),
    ),
    Found(area="G4:H7", header=(4,), names=("code", "meaning"), records=frozenset([5, 6, 7])),
    Found(area="A18:C21", header=(18,), names=("id", "day", "amount"),
          records=frozenset([19, 20, 21])),
)  # fmt: skip


def write_messy(path: Path) -> None:
    """Write a title, a header of two rows, units, subtotals, a table beside, and one below."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Report")
    sheet.write("A1", "Stock movements")
    sheet.write("A2", "as of 31 December")
    sheet.merge_range("A4:A5", "site")
    sheet.merge_range("B4:C4", "2023")
    sheet.merge_range("D4:E4", "2024")
    sheet.write_row("B5", ["in", "out", "in", "out"])
    sheet.write_row("B6", ["t", "t", "t", "t"])
    rows = [
        ["North 1", 10, 4, 12, 5], ["North 2", 20, 6, 21, 7], ["Subtotal North", 30, 10, 33, 12],
        ["South 1", 5, 1, 6, 2], ["South 2", 7, 3, 8, 4], ["Subtotal South", 12, 4, 14, 6],
        ["Total", 42, 14, 47, 18],
    ]  # fmt: skip
    for at, row in enumerate(rows):
        sheet.write_row(6 + at, 0, row)
    for at, row in enumerate([["code", "meaning"], ["a", "open"], ["b", "closed"], ["c", "void"]]):
        sheet.write_row(3 + at, 6, row)
    sheet.write("A15", "* preliminary")
    sheet.write("A17", "Corrections")
    from datetime import date

    for at, row in enumerate(
        [["id", "day", "amount"], [1, date(2024, 3, 1), 2.5], [2, date(2024, 3, 2), -1.5],
         [3, date(2024, 3, 9), 4.0]]
    ):  # fmt: skip
        sheet.write_row(17 + at, 0, row)
    book.close()


def messy(*, peers: bool) -> str:
    """Lay out what each finds of the truth."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messy.xlsx"
        write_messy(path)
        found = {"Proveout": _ours(path)}
        if peers:
            found["xldetect"] = _xldetect(path, Path(folder))
    title = "A messy sheet: three tables, one with a header of two rows, units and totals"
    heads = "| what | " + " | ".join(found) + " |"
    lines = [title, "", heads, "| --- |" + " --- |" * len(found)]
    told = {name: _compared(each) for name, each in found.items()}
    lines += [
        f"| {what} | " + " | ".join(told[name][what] for name in found) + " |"
        for what in next(iter(told.values()))
    ]
    return "\n".join(lines) + "\n"


def _compared(found: list[Found]) -> dict[str, str]:
    """Compare with the truth; a table is found where most of its records are in one of ours."""
    pairs = []
    left = list(found)
    for true in TRUTH:
        columns = true.area.split(":")[0].rstrip("0123456789")
        near = [f for f in left if f.area.split(":")[0].rstrip("0123456789") == columns]
        best = max(near, key=lambda f: len(f.records & true.records), default=None)
        if best is not None and best.records & true.records:
            pairs.append((true, best))
            left.remove(best)
    first = [(t, f) for t, f in pairs if t is TRUTH[0]]
    unit_row = {TRUTH[0].units or 0}
    totals = TRUTH[0].totals
    return {
        "tables found": f"{len(pairs)} of {len(TRUTH)}",
        "false tables": str(len(left)),
        "names all right": f"{sum(t.names == f.names for t, f in pairs)} of {len(TRUTH)}",
        "records all right, and nothing else": f"{sum(t.records == f.records for t, f in pairs)} "
        f"of {len(TRUTH)}",
        "second header row": _yes(any(len(f.header) == 2 for _, f in first)),
        "units row": _yes(any(f.units == TRUTH[0].units for _, f in first)),
        "units row taken for a record": _yes(any(f.records & unit_row for _, f in first)),
        "totals told apart": f"{max((len(f.totals & totals) for _, f in first), default=0)} of "
        f"{len(totals)}",
        "totals taken for records": str(
            max((len(f.records & totals) for _, f in first), default=0)
        ),
    }


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _ours(path: Path) -> list[Found]:
    with open_book(path, path.name) as book:
        tables = [t for name in book.names for t in find_tables(book.sheet(name).grid)]
    return [_told(table) for table in tables]


def _told(table: Table) -> Found:
    def rows(kind: str) -> frozenset[int]:
        return frozenset(each.row + 1 for each in table.margin if each.kind == kind)

    return Found(
        area=str(table.area),
        header=tuple(row + 1 for row in table.header),
        names=table.names,
        records=frozenset(row + 1 for row in table.records),
        units=min(rows("units"), default=None),
        totals=rows("total"),
    )


def _xldetect(path: Path, folder: Path) -> list[Found]:
    """Ask xldetect, in a virtual environment that is thrown away."""
    home = folder / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "xldetect"], check=True)
    told = subprocess.run(
        [python, "-c", _XLDETECT, path], check=True, capture_output=True, text=True
    )
    return [
        Found(
            area=each["area"],
            header=tuple(each["header"]),
            names=tuple(each["names"]),
            records=frozenset(range(each["first"], each["last"] + 1)) - set(each["left_out"]),
        )
        for each in json.loads(told.stdout)
    ]
