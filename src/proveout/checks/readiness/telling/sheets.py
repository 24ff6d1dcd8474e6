"""What was made of a sheet that people keep by hand, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proveout.intake.table import OpenTable

_SHEETS = 6
"""So many sheets are told of one by one."""


def sheets_in_words(opened: OpenTable) -> list[str]:
    """Tell of each sheet what was left out of its records, and what one may not expect in them."""
    told = [
        f"of {file.name}, {file.read_as['sheet']}: {'; '.join(found)}."
        for file in opened.files
        if "sheet" in file.read_as and (found := list(_of_sheet(file.read_as)))
    ]
    more = len(told) - _SHEETS
    return told if more <= 0 else [*told[:_SHEETS], f"and so of {more} more sheets."]


def _of_sheet(read_as: Mapping[str, Any]) -> Iterator[str]:
    left = [
        _count(read_as[what], one)
        for what, one in (("totals", "total"), ("notes", "note"))
        if read_as.get(what)
    ]
    if left:
        were = "was" if left[0].startswith("1 ") and len(left) == 1 else "were"
        yield f"{' and '.join(left)} {were} left out of the records"
    if lines := read_as.get("header_lines"):
        yield f"the names stand in lines {lines[0]} to {lines[-1]} and were joined"
    if "header_line" in read_as and read_as["header_line"] is None:
        yield "it has no header, so that its columns are numbered"
    if units := read_as.get("units"):
        yield "units: " + ", ".join(f"{name} in {unit}" for name, unit in units.items())
    if read_as.get("hidden_sheet"):
        yield "the sheet is hidden"
    if n := read_as.get("hidden_rows"):
        yield f"{_count(n, 'hidden row')} {'is' if n == 1 else 'are'} among the records"
    if hidden := read_as.get("hidden_columns"):
        yield f"hidden: {', '.join(hidden)}"
    if texts := read_as.get("numbers_as_text"):
        yield f"numbers as text, which were left so: {', '.join(texts)}"
    if mixed := read_as.get("mixed_columns"):
        yield f"text, because its cells are of several kinds: {', '.join(mixed)}"


def _count(n: int, one: str) -> str:
    return f"1 {one}" if n == 1 else f"{n:,} {one}s"
