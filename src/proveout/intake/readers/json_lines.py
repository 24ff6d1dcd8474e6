"""JSON Lines: one object per line; and a JSON file that is one list of objects.

A file in which every line is an object is read by the engine in one go. Where it stumbles, the
lines are sorted first: those which are no object become rejects, the others are read.
"""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted or session.literal

from __future__ import annotations

import codecs
import json
from pathlib import Path

from proveout.errors import InputError
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.readers.streams import SAMPLE_BYTES, check_whole, compression_of, empty, opened
from proveout.intake.rejects import RAW_CHARACTERS, ListedRejects
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead, Reject
from proveout.intake.troubles import is_of_the_machine

_MAX_OBJECT_BYTES = 64 << 20


def read_json_lines(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read one file of JSON objects."""
    import duckdb

    with opened(file.path, file.name) as stream:
        head = stream.read(SAMPLE_BYTES)
    if not head.strip():
        raise empty(file.name)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    as_list = text.startswith(b"[")
    if as_list and text[1:].strip() == b"]":
        raise InputError(
            f"{file.name} holds no records: its list is empty.",
            hint="Export it again, or take it out of the source's path.",
        )
    check_whole(file.path, file.name)
    rejects: tuple[Reject, ...] = ()
    try:
        table = _load(file.path, session, as_list=as_list)
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        if as_list:
            raise _no_json(file) from error
        table, rejects = _sorted_lines(file, session)
    read_as = {"layout": "list" if as_list else "lines"} | _one_value_each(table, session)
    return [
        ReadTable(
            table=session.table(table),
            file=FileRead(
                name=file.name, n_bytes=file.path.stat().st_size, format="jsonl", read_as=read_as
            ),
            rejects=ListedRejects(rejects),
        )
    ]


def _load(path: Path, session: Session, *, as_list: bool) -> str:
    table = session.new_name("json")
    compression = compression_of(path) or "none"
    layout = "array" if as_list else "newline_delimited"
    session.execute(
        f"CREATE TABLE {quoted(table)} AS SELECT * FROM read_json({literal(str(path))}, "
        f"format = '{layout}', records = true, sample_size = -1, compression = '{compression}', "
        f"maximum_object_size = {_MAX_OBJECT_BYTES}, convert_strings_to_integers = false)"
    )
    return table


def _sorted_lines(file: SourceFile, session: Session) -> tuple[str, tuple[Reject, ...]]:
    """Read the lines that are objects and give back the others."""
    import duckdb

    rejects: list[Reject] = []
    good = session.scratch / (session.new_name("objects") + ".jsonl")
    n_good = 0
    with opened(file.path, file.name) as stream, good.open("wb") as out:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            fault = _fault(line)
            if fault is None:
                out.write(line.rstrip(b"\r\n") + b"\n")
                n_good += 1
            else:
                rejects.append(_reject(file, number, line, *fault))
    if not n_good:
        raise InputError(
            f"{file.name} holds no line that is a JSON object. "
            f"Line {rejects[0].line}: {rejects[0].message}",
            hint='Each line must be an object, such as {"id": 1, "amount": 2.5}.',
        )
    try:
        table = _load(good, session, as_list=False)
    except (duckdb.BinderException, duckdb.InvalidInputException) as error:
        raise InputError(
            f"{file.name} cannot be read as records: its objects have no named fields, or the same "
            "one twice.",
            hint='Each line must be an object, such as {"id": 1, "amount": 2.5}.',
        ) from error
    finally:
        good.unlink()
    return table, tuple(rejects)


def _fault(line: bytes) -> tuple[str, str] | None:
    try:
        value = json.loads(line.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError as error:
        return "encoding", f"The line is not UTF-8: {error.reason} at byte {error.start + 1}."
    except ValueError as error:
        return "syntax", f"The line is not JSON: {error}."
    if not isinstance(value, dict):
        return "structure", f"The line is a JSON {type(value).__name__}, not an object."
    return None


def _reject(file: SourceFile, number: int, line: bytes, reason: str, message: str) -> Reject:
    return Reject(
        file=file.name,
        line=number,
        column=None,
        reason=reason,
        message=message,
        raw=line.decode(errors="replace").rstrip("\r\n")[:RAW_CHARACTERS],
    )


def _one_value_each(table: str, session: Session) -> dict[str, object]:
    """Keep objects and lists inside a record as JSON text: a column holds one value per row."""
    nested = {
        # JSON is the engine's type for a field whose values differ in kind.
        name: f"{quoted(name)} ->> '$'" if type_ == "JSON" else f"to_json({quoted(name)})::VARCHAR"
        for name, type_, *_ in session.rows(f"DESCRIBE {quoted(table)}")
        if type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION", "JSON"))
    }
    for name, text in nested.items():
        session.execute(
            f"ALTER TABLE {quoted(table)} ALTER {quoted(name)} TYPE VARCHAR USING {text}"
        )
    return {"kept_as_text": list(nested)} if nested else {}


def _no_json(file: SourceFile) -> InputError:
    return InputError(
        f"{file.name} is not a JSON list of objects.",
        hint="Export it again, best as JSON Lines: one object per line.",
    )
