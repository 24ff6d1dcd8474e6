"""`proveout read`: any file as standard CSV or Parquet, and what was wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import JsonOption, TableOption
from proveout.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from proveout.intake.standard import FileResult, FoundTable
    from proveout.intake.standard.model import FoundFault

_SHOWN = 3
_MOST_LINES = 20
"""As many lines on rows that were not as they should be tell a person enough."""
_LONG = 60
_FAULT_FIELDS = ("file", "table", "line", "what", "reason", "message", "certainty", "raw")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read", epilog="Example: proveout read export.csv -o clean/ --rejects rejects.csv")(
        command
    )


def command(
    files: Annotated[list[Path], typer.Argument(help="Files to read.", metavar="FILE…")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Folder that gets one standard file per input, of the same name, and '-2', '-3' … "
            "for further tables; of one input also a file. Left out: standard output.",
        ),
    ] = None,
    format_: Annotated[
        Literal["csv", "parquet"], typer.Option("--format", help="What to write.")
    ] = "csv",
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="Write every repaired and every refused row to this CSV file.", metavar="FILE"
        ),
    ] = None,
    for_spreadsheet: Annotated[
        bool,
        typer.Option(
            "--for-spreadsheet",
            help="Put an apostrophe before cells that a spreadsheet would run as formulas.",
        ),
    ] = False,
    delimiter: Annotated[
        str | None, typer.Option(help="Delimiter of text files, where finding it out goes wrong.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text files, where finding it out goes wrong.")
    ] = None,
    table: TableOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read files as they are, however broken, and write their tables as standard CSV or Parquet.

    Encoding, delimiter, header, preamble and further tables are found out. Text is not retyped:
    0.10 stays 0.10. Rows that do not fit are put right where one way is clearly the likeliest, and
    refused where not; either is counted and shown. Exit code 0: all files read, whatever was wrong
    in them. 2: a file cannot be read; the others are.
    """
    from proveout.intake.standard import Wanted, write_standard

    output = Output(as_json=as_json)
    _check(files, out, rejects, format_, as_json=as_json)
    wanted = Wanted(
        format=format_,
        for_spreadsheet=for_spreadsheet,
        delimiter=None if delimiter is None else delimiter.replace("\\t", "\t"),
        encoding=encoding,
        table=table,
    )
    results = list(write_standard(files, out, wanted))
    if rejects is not None:
        _write_faults(rejects, results)
    if as_json:
        output.json_document(_plain(results))
    else:
        _tell(results, output, rejects, is_given=out is not None)
    return InputError.exit_code if any(each.error for each in results) else 0


def _check(
    files: Sequence[Path], out: Path | None, rejects: Path | None, format_: str, *, as_json: bool
) -> None:
    import os

    if out is None and (len(files) > 1 or format_ == "parquet" or as_json):
        what = "Parquet" if format_ == "parquet" else "a summary" if as_json else "several files"
        raise InputError(
            f"Standard output takes one CSV file, not {what}.",
            hint=f"Say where to write: proveout read {files[0]} -o OUT",
        )
    if rejects is None:
        return
    if os.path.realpath(rejects) in map(os.path.realpath, files):
        raise InputError(
            f"{rejects} is one of the files to read, and would be overwritten.",
            hint="Name another file with --rejects.",
        )
    if out is not None and os.path.realpath(rejects) == os.path.realpath(out):
        raise InputError(
            f"--out and --rejects both name {rejects}.", hint="Name another file with --rejects."
        )


def _faults(results: Iterable[FileResult]) -> Iterable[list[Any]]:
    for result in results:
        for table in result.tables:
            for what, faults in (("repaired", table.repairs), ("refused", table.rejects)):
                for each in faults:
                    yield [
                        result.file, table.part or "", each.line, what, each.reason, each.message,
                        "" if each.certainty is None else each.certainty, each.raw,
                    ]  # fmt: skip


def _write_faults(path: Path, results: Sequence[FileResult]) -> None:
    from proveout.intake.standard.writing import to_csv

    tables = (table.path for each in results for table in each.tables if table.path is not None)
    if path.exists() and any(path.samefile(table) for table in tables):
        raise InputError(
            f"{path} holds a table that was read just now, and would be overwritten by the rows "
            "that were repaired or refused.",
            hint="Name another file with --rejects.",
        )
    try:
        to_csv(path, _FAULT_FIELDS, _faults(results))
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file with --rejects."
        ) from error


def _plain(results: Sequence[FileResult]) -> dict[str, Any]:
    failed = [each for each in results if each.error]
    return {
        "ok": not failed,
        "files": [
            {
                "file": each.file,
                "format": each.format,
                "read_as": dict(each.read_as),
                "error": None if each.error is None else {"message": each.error, "hint": each.hint},
                "tables": [_plain_table(table) for table in each.tables],
            }
            for each in results
        ],
        "totals": {
            "files": len(results),
            "unreadable": len(failed),
            "tables": sum(len(each.tables) for each in results),
            "rows": sum(table.n_rows for each in results for table in each.tables),
            "repairs": sum(table.n_repairs for each in results for table in each.tables),
            "rejects": sum(table.n_rejects for each in results for table in each.tables),
        },
    }


def _plain_table(table: FoundTable) -> dict[str, Any]:
    def shown(faults: Sequence[FoundFault], n: int) -> dict[str, Any]:
        by_reason: dict[str, int] = {}
        for each in faults:
            by_reason[each.reason] = by_reason.get(each.reason, 0) + 1
        examples = [
            {
                "line": each.line,
                "reason": each.reason,
                "message": each.message,
                "certainty": each.certainty,
                "raw": each.raw[:500],
            }
            for each in faults[:_SHOWN]
        ]
        return {"count": n, "by_reason": by_reason, "examples": examples}

    return {
        "written": None if table.path is None else str(table.path),
        "part": table.part,
        "rows": table.n_rows,
        "columns": table.n_columns,
        "header": None if table.header is None else list(table.header),
        "header_line": table.header_line,
        "header_rows": table.header_rows,
        "repairs": shown(table.repairs, table.n_repairs),
        "rejects": shown(table.rejects, table.n_rejects),
        "margin": [dict(each) for each in table.margin],
        "neutralised": table.n_neutralised,
    }


def _tell(
    results: Sequence[FileResult], output: Output, rejects: Path | None, *, is_given: bool
) -> None:
    """Narrate on standard error: each file that had something, and the sum."""
    for result in results:
        if result.error:
            output.say(Text(f"{result.error} {result.hint or ''}".rstrip()))
    lines = [line for result in results if not result.error for line in _lines(result)]
    for line in lines[:_MOST_LINES]:
        output.say(Text(line))
    if len(lines) > _MOST_LINES:
        output.say(f"… and {len(lines) - _MOST_LINES:,} more such lines; --json has them all.")
    n_tables = sum(len(each.tables) for each in results)
    n_rows = sum(table.n_rows for each in results for table in each.tables)
    n_faults = sum(t.n_repairs + t.n_rejects for each in results for t in each.tables)
    if is_given:
        n_read = sum(1 for each in results if not each.error)
        output.say(
            f"{_count(n_read, 'file')} read: {_count(n_tables, 'table')}, {_count(n_rows, 'row')}."
        )
    elif n_tables > 1:
        output.say(f"Only the first of {n_tables} tables was written; -o FOLDER writes them all.")
    if rejects is not None:
        output.say(Text(f"Every repaired and refused row: {rejects}"))
    elif n_faults:
        output.say("See every such row: add --rejects FILE")


def _lines(result: FileResult) -> Iterable[str]:
    if result.read_as.get("empty"):
        yield f"{result.file} is empty (0 bytes)."
    for table in result.tables:
        where = result.file if table.part is None else f"{result.file}, {table.part}"
        if table.n_repairs:
            yield f"{where}: {_count(table.n_repairs, 'row')} put right. {_example(table.repairs)}"
        if table.n_rejects:
            yield f"{where}: {_count(table.n_rejects, 'row')} refused. {_example(table.rejects)}"
        if table.margin:
            yield f"{where}: {_set_aside(table.margin)}"
        if table.n_neutralised:
            yield f"{where}: an apostrophe put before {_count(table.n_neutralised, 'cell')}."


def _set_aside(margin: Sequence[Mapping[str, Any]]) -> str:
    """Say what stands around a table and is none of its records."""
    first = margin[0]
    at = f"Line {first['line']}" if first.get("line") else str(first.get("at", ""))
    text = " ".join(str(first["text"]).split())
    shown = text if len(text) <= _LONG else text[: _LONG - 1] + "…"
    rest = "; --json lists all." if len(margin) > 1 else "."
    what = "line" if first.get("line") else "text"
    return f"{_count(len(margin), what)} beside the table set aside. {at}: {shown}{rest}"


def _example(faults: Sequence[FoundFault]) -> str:
    if not faults:
        return ""
    first = faults[0]
    at = "" if first.line is None else f"Line {first.line}: "
    return f"{at}{first.message}"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
