"""Odd workbooks: which are read, which refused for what reason, and what others make of them."""

from __future__ import annotations

import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.workbook.finding import find_tables
from proveout.intake.workbook.opening import is_plain_text, open_book
from proveout.intake.workbook.quiet import without_panic_text

_SUFFIXES = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".fods", ".xml")


class RefusedError(Exception):
    """A file was not read, and a reason was given."""


@dataclass(slots=True)
class _Score:
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0


def corpus(folder: Path) -> str:
    """Read every workbook of a folder with each reader, and lay out what came of it."""
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES)
    readers = {
        "Proveout": (_ours, files),
        "calamine alone": (_calamine, files),
        "openpyxl alone (.xlsx, .xlsm)": (
            _openpyxl,
            [p for p in files if p.suffix in (".xlsx", ".xlsm")],
        ),
        "pandas.read_excel, engine calamine": (_pandas, files),
    }
    lines = [f"{len(files)} workbooks of {folder.name}", ""]
    lines += ["| reader | files | read | refused with a reason | failed otherwise | seconds |",
              "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    scores = {name: _scored(read, asked) for name, (read, asked) in readers.items()}
    for name, score in scores.items():
        n = len(readers[name][1])
        lines.append(
            f"| {name} | {n} | {score.read} | {score.refused.total()} | {score.crashed.total()} "
            f"| {score.seconds:.1f} |"
        )
    for name, score in scores.items():
        lines += ["", f"{name}; slowest: {score.slowest[1]} ({score.slowest[0]:.1f} s)"]
        lines += [f"  refused {n:>4}  {why}" for why, n in score.refused.most_common()]
        lines += [f"  failed  {n:>4}  {why}" for why, n in score.crashed.most_common(8)]
    return "\n".join(lines) + "\n"


def _scored(read: Callable[[Path], None], files: list[Path]) -> _Score:
    score, begin = _Score(), time.perf_counter()
    for path in files:
        started = time.perf_counter()
        try:
            read(path)
            score.read += 1
        except RefusedError as refused:
            score.refused[str(refused)] += 1
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of calamine is no Exception
            score.crashed[f"{type(error).__name__}: {str(error)[:70]}"] += 1
        took = time.perf_counter() - started
        score.slowest = max(score.slowest, (took, path.name))
    score.seconds = time.perf_counter() - begin
    return score


def _ours(path: Path) -> None:
    with path.open("rb") as stream:
        if is_plain_text(stream.read(1 << 16)):
            return
    try:
        with open_book(path, "FILE") as book:
            tables = [t for name in book.names for t in find_tables(book.sheet(name).grid)]
            if not tables:
                raise RefusedError("FILE holds no sheet with anything in it.")
    except InputError as error:
        raise RefusedError(re.sub(r"\d[\d,]*", "N", error.message)) from error


def _calamine(path: Path) -> None:
    import python_calamine

    with without_panic_text():
        try:
            book = python_calamine.CalamineWorkbook.from_path(path)
            for meta in book.sheets_metadata:
                if "Work" in str(meta.typ):  # no chart
                    for _ in book.get_sheet_by_name(meta.name).iter_rows():
                        pass
        except python_calamine.PasswordError as error:
            raise RefusedError(str(error)) from error


def _openpyxl(path: Path) -> None:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
        for sheet in book.worksheets:
            for _ in sheet.iter_rows(values_only=True):
                pass


def _pandas(path: Path) -> None:
    import pandas
    import python_calamine

    with without_panic_text():
        try:
            pandas.read_excel(path, sheet_name=None, header=None, engine="calamine")
        except python_calamine.PasswordError as error:
            raise RefusedError(str(error)) from error


if __name__ == "__main__":
    print(corpus(Path(sys.argv[1])))
