"""Load delimited text into a table, typed as its values are, and keep the rows that are broken."""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted or session.literal

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proveout.errors import InputError
from proveout.intake.readers.delimited_dialect import LONGEST_ROW_BYTES, Dialect
from proveout.intake.readers.port import SourceFile
from proveout.intake.readers.streams import SAMPLE_BYTES, compression_of, for_engine, opened
from proveout.intake.readers.typing import store
from proveout.intake.rejects import RAW_CHARACTERS
from proveout.intake.session import Session, literal, quoted
from proveout.intake.typing.deciding import Hints

_REASONS = {
    "MISSING COLUMNS": ("missing-columns", "The row has too few columns."),
    "TOO MANY COLUMNS": ("too-many-columns", "The row has too many columns."),
    "UNQUOTED VALUE": ("quoting", "A quote is not closed, or text follows a closing quote."),
    "LINE SIZE OVER MAXIMUM": (
        "line-too-long",
        f"The row is longer than {LONGEST_ROW_BYTES} bytes.",
    ),
    "INVALID ENCODING": (
        "encoding",
        "The row holds bytes that stand for nothing in the file's encoding.",
    ),
    "INVALID STATE": ("structure", "The row cannot be cut into fields."),
}


_NEVER_A_VALUE = "\x01no text stands for nothing\x01"
_DEFLATED = 8
"""How much longer a compressed text commonly is than its file."""
LOSES_ITS_PLACE = frozenset({"quoting", "line-too-long", "structure"})
"""After one of these the engine's reader may pass over rows without a word."""


class MixedNewlinesError(Exception):
    """Lines end in more than one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The rows and the rejects of a file, as tables of the engine."""

    table: str
    rejects: str
    reasons: frozenset[str]
    """Reason codes of the rejects."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """In which formats figures and moments are written."""

    def drop(self, session: Session) -> None:
        """Forget both."""
        session.execute(f"DROP TABLE {quoted(self.table)}")
        session.execute(f"DROP TABLE {quoted(self.rejects)}")


def load(path: Path, file: SourceFile, dialect: Dialect, session: Session) -> Loaded:
    """Load the file at `path`, which may be a copy of the one that is named in rejects.

    Raises MixedNewlinesError, or InputError where the file cannot be cut into rows at all.
    """
    import duckdb

    table, errors, scans = (session.new_name(stem) for stem in ("rows", "errors", "scans"))
    keeping: dict[str, Any] = {
        "store_rejects": True,
        "rejects_limit": 0,
        "rejects_table": errors,
        "rejects_scan": scans,
    }
    ends = {} if dialect.header_lines == 1 else _row_end(path, file, dialect)
    keeping |= ends
    try:
        passing_over = _scan(path, file, dialect, {"ignore_errors": True, **ends})
        notes = store(
            session,
            table,
            sample=passing_over,
            rows=_scan(path, file, dialect, keeping),
            columns=dialect.columns,
            n_bytes=path.stat().st_size * (_DEFLATED if compression_of(path) else 1),
            again=lambda: _forget(session, errors, scans),
            hints=Hints(decimal=file.source.decimal, delimiter=dialect.delimiter),
        )
    except duckdb.InvalidInputException as error:
        if "invalid state" in str(error):
            raise MixedNewlinesError from error
        raise _no_rows(file, error) from error
    rejects = _kept(file, errors, len(dialect.columns), session)
    _forget(session, errors, scans)
    reasons = session.rows(f"SELECT DISTINCT reason FROM {quoted(rejects)}")
    found = frozenset(reason for (reason,) in reasons)
    return Loaded(table=table, rejects=rejects, reasons=found, notes=notes)


def _row_end(path: Path, file: SourceFile, dialect: Dialect) -> dict[str, str]:
    """Tell the engine how the header row ends, where a name in it holds a line end of another kind.

    The engine goes by the first line end that it meets, within quotes too, and then finds no rows.
    """
    with opened(path, file.name) as stream:
        head = stream.read(SAMPLE_BYTES).decode("utf-8", errors="replace")
    lines, taken = io.StringIO(head, newline=""), [""]
    for _ in range(dialect.header_line - 1):
        next(lines, "")

    def consumed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    next(csv.reader(consumed(), delimiter=dialect.delimiter), None)
    if taken[-1].endswith("\r\n"):
        return {"new_line": "\\r\\n"}
    return {"new_line": "\\n"} if taken[-1].endswith("\n") else {}


def _forget(session: Session, *tables: str) -> None:
    for each in tables:
        session.execute(f"DROP TABLE IF EXISTS {quoted(each)}")


def _scan(path: Path, file: SourceFile, dialect: Dialect, more: Mapping[str, Any]) -> str:
    """Return the SQL that reads the file as text columns.

    The engine's reader passes over one value too many where that is null. Where rows do not end in
    a delimiter by habit it is given no nulls, so that such a row is a reject.
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.columns)
    nulls = ["", *file.source.null_values]
    options = {
        "auto_detect": False,
        "header": True,
        "skip": dialect.header_line - 1,
        "delim": dialect.delimiter,
        "quote": '"',
        "escape": '"',
        "compression": compression_of(path) or "none",
        "max_line_size": LONGEST_ROW_BYTES,
        "buffer_size": 4 * LONGEST_ROW_BYTES,
        "nullstr": nulls if dialect.trailing_delimiter else [_NEVER_A_VALUE],
        **more,
    }
    given = ", ".join(f"{key} = {_sql(value)}" for key, value in options.items())
    scan = f"read_csv({literal(for_engine(path))}, columns = {{{columns}}}, {given})"
    if dialect.trailing_delimiter:
        return scan
    values = ", ".join(_null_for(nulls, quoted(name)) for name in dialect.columns)
    return f"(SELECT {values} FROM {scan})"


def _null_for(texts: Sequence[str], column: str) -> str:
    value = column
    for text in texts:
        value = f"nullif({value}, {literal(text)})"
    return f"{value} AS {column}"


def _kept(file: SourceFile, errors: str, width: int, session: Session) -> str:
    """Keep one reject per broken row: the first thing that is wrong with it."""
    kept = session.new_name("rejects")
    by_type = {
        theirs: f"{{'reason': {literal(reason)}, 'message': {literal(message)}}}"
        for theirs, (reason, message) in _REASONS.items()
    }
    cases = " ".join(f"WHEN {literal(theirs)} THEN {said}" for theirs, said in by_type.items())
    session.execute(
        f"CREATE TABLE {quoted(kept)} AS WITH first AS ("
        "  SELECT *, "
        "  row_number() OVER (PARTITION BY line ORDER BY column_idx, byte_position) AS nth"
        f"  FROM {quoted(errors)}), said AS ("
        f"  SELECT *, CASE error_type::VARCHAR {cases} ELSE {by_type['INVALID STATE']} END AS said"
        "  FROM first WHERE nth = 1) "
        f"SELECT {literal(file.name)} AS file, line::BIGINT AS line, "
        "  CASE WHEN said.reason IN ('quoting', 'encoding') THEN column_name END AS column_name, "
        "  said.reason AS reason, CASE "
        "    WHEN said.reason = 'missing-columns' "
        f"      THEN format('The row has {{}} of {width} columns.', column_idx) "
        "    WHEN said.reason = 'too-many-columns' "
        f"      THEN format('The row has {{}} columns or more, not {width}.', column_idx) "
        "    ELSE said.message END AS message, "
        f"  left(ltrim(csv_line, chr(10) || chr(13)), {RAW_CHARACTERS}) AS raw "
        "FROM said"
    )
    return kept


def _no_rows(file: SourceFile, error: Exception) -> InputError:
    return InputError(
        f"{file.name} cannot be cut into rows: {str(error).splitlines()[0]}",
        hint="Say how it is written (delimiter, encoding), or export it again.",
    )


def _sql(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            return "[" + ", ".join(map(_sql, value)) + "]"
        case _:
            return literal(str(value))
