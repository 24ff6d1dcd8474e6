"""How other readers load the same files: DuckDB, pandas, and the standard library's sniffer."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

Load = Callable[[Path], list[list[str]]]


def duckdb_auto(path: Path) -> list[list[str]]:
    """Let DuckDB find out everything; only types are switched off, and errors ignored."""
    return _duckdb(path, "all_varchar = true, ignore_errors = true, strict_mode = false")


def duckdb_told(path: Path) -> list[list[str]]:
    """Tell DuckDB the dialect that the file's name gives away, and to be lenient."""
    name = path.name
    options = {
        "delim": "','", "quote": "'\"'", "escape": "'\"'", "header": "true", "skip": "0",
        "null_padding": "true", "strict_mode": "false", "ignore_errors": "true",
        "parallel": "false", "auto_detect": "false", "all_varchar": "true",
    }  # fmt: skip
    if found := re.match(r"file_field_delimiter_(.*)\.csv", name):
        options["delim"] = "'" + "".join(chr(int(part, 16)) for part in found[1].split("_")) + "'"
    if name == "file_quotation_char_0x27.csv":
        options["quote"] = options["escape"] = "''''"
    if name == "file_escape_char_0x5C.csv":
        options["escape"] = "'\\'"
    if name == "file_no_header.csv":
        options["header"] = "false"
    if name == "file_preamble.csv":
        options["skip"] = "3"
    first = _text(path).splitlines()[int(options["skip"]) :]
    width = max((line.count(options["delim"].strip("'")) + 1 for line in first[:2]), default=1)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(min(width, 200)))
    told = ", ".join(f"{key} = {value}" for key, value in options.items() if key != "all_varchar")
    return _duckdb(path, f"columns = {{{columns}}}, {told}", header=_header(path, options))


def _header(path: Path, options: Mapping[str, str]) -> list[str] | None:
    if options["header"] == "false":
        return None
    text = _text(path)
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=options["delim"].strip("'")[0] or ","
    )
    return next(iter(list(rows)[int(options["skip"]) :]), None)


def _duckdb(path: Path, options: str, *, header: list[str] | None = None) -> list[list[str]]:
    import duckdb

    if not path.stat().st_size:
        return []
    found = duckdb.sql(f"SELECT * FROM read_csv('{path}', {options})")
    rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    names = list(found.columns)
    if header is None and options.startswith("columns"):
        return rows
    if all(re.fullmatch(r"column\d+", name) for name in names):
        return rows
    return [header or names, *rows]


def pandas_sniffing(path: Path) -> list[list[str]]:
    """Let pandas sniff the delimiter, skipping what it cannot read."""
    import pandas as pd

    if not path.stat().st_size:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.read_csv(
            path, sep=None, engine="python", dtype=str, keep_default_na=False, on_bad_lines="skip"
        )
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return [
        [str(name) for name in frame.columns],
        *frame.fillna("").astype(str).to_numpy().tolist(),
    ]


def sniffer(path: Path) -> list[list[str]]:
    """Let the standard library's csv.Sniffer find the dialect."""
    text = _text(path)
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text)
    except csv.Error:
        dialect = "excel"
    return [row for row in csv.reader(io.StringIO(text, newline=""), dialect) if row]


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as stream:
        return stream.read()


PEERS: Mapping[str, Load] = {
    "DuckDB, finding out for itself": duckdb_auto,
    "DuckDB, told": duckdb_told,
    "pandas, sniffing": pandas_sniffing,
    "csv.Sniffer": sniffer,
}
