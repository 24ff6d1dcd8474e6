"""JSON Lines: one object per line; and JSON files that are a list of objects, or hold one.

A file in which everything is as it should be is read by the engine in one go. Where it stumbles,
the records are judged one by one: those that are none become rejects, the others are read.
"""
# ruff: noqa: S608 - every name in a statement is quoted by session.quoted or session.literal

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import IO, Any

from proveout.errors import InputError
from proveout.intake.readers.json_faults import Piece, judged, pieces_of
from proveout.intake.readers.json_nested import one_value_each
from proveout.intake.readers.port import MarginText, ReadTable, SourceFile
from proveout.intake.readers.streams import (
    SAMPLE_BYTES,
    check_whole,
    compression_of,
    empty,
    for_engine,
    opened,
)
from proveout.intake.readers.typing import MOMENTS, typed
from proveout.intake.rejects import RAW_CHARACTERS, ListedRejects
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead, Reject
from proveout.intake.troubles import is_of_the_machine

_MAX_OBJECT_BYTES = 64 << 20
MOST_MENDED_BYTES = 256 << 20
"""A list is held in memory to find what is broken in it; lines are not."""
_AS_TEXT = "dateformat = '\x01', timestampformat = '\x01'"
"""No text is written like that. Left to itself, the engine takes '01-02-2024' for the first of
February, and '02-01-24' for the 24 January 2002, without a word."""
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_json_lines(file: SourceFile, session: Session) -> list[ReadTable]:
    """Read one file of JSON objects."""
    import duckdb

    with opened(file.path, file.name) as stream:
        head = stream.read(SAMPLE_BYTES)
    if not head.strip():
        raise empty(file.name)
    encoding = file.source.encoding or _WIDE.get(head[:2])
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    as_list = text.startswith(b"[") or head.decode(encoding or "utf-8", "replace")[:1] == "["
    if as_list and text[1:].strip() == b"]":
        raise InputError(
            f"{file.name} holds no records: its list is empty.",
            hint="Export it again, or take it out of the source's path.",
        )
    check_whole(file.path, file.name)
    rejects: tuple[Reject, ...] = ()
    repairs: tuple[Reject, ...] = ()
    try:
        if encoding or head.startswith(codecs.BOM_UTF8):
            raise duckdb.InvalidInputException("the engine reads UTF-8 without a mark only")
        table = _load(file.path, session, as_list=as_list)
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        table, rejects, repairs, as_list = _mended(file, session, encoding, as_list=as_list)
    margin: tuple[MarginText, ...] = ()
    read_as: dict[str, Any] = {"layout": "list" if as_list else "lines"}
    if not as_list and not rejects and (inner := _only_list(table, session)):
        table, margin = _unwrapped(table, inner, session)
        read_as["list_in"] = inner
    table, more = one_value_each(table, session)
    table, notes = _with_moments(table, session, but=more.get("kept_as_text", ()))
    return [
        ReadTable(
            table=session.table(table),
            file=FileRead(
                name=file.name,
                n_bytes=file.path.stat().st_size,
                format="jsonl",
                read_as={**read_as, **more, **notes},
            ),
            rejects=ListedRejects(rejects),
            repairs=ListedRejects(repairs),
            margin=margin,
        )
    ]


def _with_moments(
    table: str, session: Session, *, but: Collection[str]
) -> tuple[str, Mapping[str, Any]]:
    """Return a view in which texts that are moments are such; JSON has no type for these."""
    kinds = {str(name): kind for name, kind, *_ in session.rows(f"DESCRIBE {quoted(table)}")}
    texts = [name for name, kind in kinds.items() if kind == "VARCHAR" and name not in but]
    found = typed(session, quoted(table), list(kinds), among=texts, only=MOMENTS)
    if not found.notes and found.sql == ", ".join(map(quoted, kinds)):
        return table, {}
    view = session.new_name("json_moments")
    session.execute(f"CREATE VIEW {quoted(view)} AS SELECT {found.sql} FROM {quoted(table)}")
    return view, found.notes


def _load(path: Path, session: Session, *, as_list: bool) -> str:
    """Read with the engine; a number that it would round is kept as it stands."""
    import duckdb

    try:
        table = _loaded(path, session, as_list=as_list)
    except duckdb.BinderException:
        # Hundreds of fields: the engine takes the records themselves for one value each.
        table = _loaded(path, session, as_list=as_list, more="map_inference_threshold = -1")
    except duckdb.NotImplementedException:
        # Objects within the records have fields 'c' and 'C', which are one to the engine.
        table = _loaded(path, session, as_list=as_list, more="maximum_depth = 1")
        _typed(table, session)
    floats = [
        name for name, kind, *_ in session.rows(f"DESCRIBE {quoted(table)}") if kind == "DOUBLE"
    ]
    asked = ", ".join(
        f"coalesce(bool_or(abs({quoted(n)}) >= 9e15 AND {quoted(n)} = floor({quoted(n)})), false)"
        for n in floats
    )
    (large,) = session.rows(f"SELECT {asked} FROM {quoted(table)}") if floats else ((),)
    rounded = [name for name, is_large in zip(floats, large, strict=True) if is_large]
    return _exact(path, session, table, rounded, as_list=as_list) if rounded else table


def _typed(table: str, session: Session) -> None:
    """Give columns of JSON values the type that all of them have; the others stay JSON."""
    for name, *_ in session.rows(f"DESCRIBE {quoted(table)}"):
        asked = f"SELECT DISTINCT json_type({quoted(name)}) FROM {quoted(table)}"
        kinds = {str(kind) for (kind,) in session.rows(asked)} - {"None", "NULL"}
        if kinds and kinds <= {"BIGINT", "UBIGINT"}:
            fits = f"bool_and(TRY_CAST({quoted(str(name))} ->> '$' AS BIGINT) IS NOT NULL)"
            known = f"FILTER ({quoted(str(name))} IS NOT NULL)"
            ((all_fit,),) = session.rows(f"SELECT {fits} {known} FROM {quoted(table)}")
            type_ = "BIGINT" if all_fit else "HUGEINT"
        elif kinds and kinds <= {"BIGINT", "UBIGINT", "DOUBLE"}:
            type_ = "DOUBLE"
        elif kinds in ({"BOOLEAN"}, {"VARCHAR"}):
            (type_,) = kinds
        else:
            continue
        session.execute(
            f"ALTER TABLE {quoted(table)} ALTER {quoted(str(name))} TYPE {type_} "
            f"USING ({quoted(str(name))} ->> '$')::{type_}"
        )


def _exact(path: Path, session: Session, table: str, rounded: list[str], *, as_list: bool) -> str:
    """Read columns again as text that hold whole numbers of more digits than a float has."""
    kinds = {name: kind for name, kind, *_ in session.rows(f"DESCRIBE {quoted(table)}")}
    kinds |= dict.fromkeys(rounded, "JSON")
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    again = _loaded(path, session, as_list=as_list, more=f"columns = {{{columns}}}")
    for name in rounded:
        long = (
            rf"coalesce(bool_or(regexp_full_match({quoted(name)} ->> '$', '-?\d{{16,}}')), false)"
        )
        ((has_long,),) = session.rows(f"SELECT {long} FROM {quoted(again)}")
        kind = "VARCHAR" if has_long else "DOUBLE"
        session.execute(
            f"ALTER TABLE {quoted(again)} ALTER {quoted(name)} TYPE {kind} "
            f"USING ({quoted(name)} ->> '$')::{kind}"
        )
    session.execute(f"DROP TABLE {quoted(table)}")
    return again


def _loaded(path: Path, session: Session, *, as_list: bool, more: str = "") -> str:
    import duckdb

    table = session.new_name("json")
    compression = compression_of(path) or "none"
    layout = "array" if as_list else "newline_delimited"
    detect = more if more.startswith("columns") else ", ".join(
        filter(None, [f"records = true, sample_size = -1, {_AS_TEXT}", more])
    )  # fmt: skip
    session.execute(
        f"CREATE TABLE {quoted(table)} AS SELECT * FROM read_json({literal(for_engine(path))}, "
        f"format = '{layout}', {detect}, compression = '{compression}', "
        f"maximum_object_size = {_MAX_OBJECT_BYTES}, convert_strings_to_integers = false)"
    )
    if any("\0" in name for name, *_ in session.rows(f"DESCRIBE {quoted(table)}")):
        raise duckdb.InvalidInputException("a name holds a null character")
    return table


def _mended(
    file: SourceFile, session: Session, encoding: str | None, *, as_list: bool
) -> tuple[str, tuple[Reject, ...], tuple[Reject, ...], bool]:
    """Read the records that are objects; give back the others, and what had to be named."""
    import duckdb

    with opened(file.path, file.name) as stream:
        pieces = _pieces(_as_utf8(stream, encoding, file), file, as_list=as_list)
        good, rejects, repairs = _sorted(pieces, file, session)
    if good is None and not rejects:
        raise InputError(
            f"{file.name} holds no JSON objects.",
            hint='Each must be an object, such as {"id": 1, "amount": 2.5}.',
        )
    if good is None:
        raise InputError(
            f"{file.name} holds no {'entry' if as_list else 'line'} that is a JSON object. "
            f"Line {rejects[0].line}: {rejects[0].message}",
            hint='Each must be an object, such as {"id": 1, "amount": 2.5}.',
        )
    try:
        table = _load(good, session, as_list=False)
    except (duckdb.BinderException, duckdb.InvalidInputException) as error:
        if is_of_the_machine(error):
            raise
        why = str(error).splitlines()[0].rpartition(": ")[2]
        raise InputError(
            f"{file.name} cannot be read as records: {why}",
            hint='Each must be an object with named fields, such as {"id": 1, "amount": 2.5}.',
        ) from error
    finally:
        good.unlink()
    return table, tuple(rejects), tuple(repairs), as_list


def _as_utf8(stream: IO[bytes], encoding: str | None, file: SourceFile) -> IO[bytes]:
    if encoding is None:
        return stream
    try:
        text = stream.read().decode(encoding)
    except LookupError as error:
        raise InputError(
            f"The encoding {encoding!r} of {file.name} is not known.",
            hint="Write one such as utf-8, cp1252 or utf-16.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file.name} is not text in {encoding}: {error.reason} at byte {error.start + 1}.",
            hint="Write its true encoding, or export it again as UTF-8.",
        ) from error
    return io.BytesIO(text.encode(errors="replace"))


def _pieces(stream: IO[bytes], file: SourceFile, *, as_list: bool) -> Iterator[Piece]:
    """Take a file apart: line by line where lines are objects, else object by object."""
    if not as_list:
        lines = _lines(stream)
        first = [piece for _, piece in zip(range(50), lines, strict=False)]
        if any(piece.fault is None for piece in first) or len(first) == 50:
            yield from chain(first, lines)
            return
        stream.seek(0)
    raw = stream.read(MOST_MENDED_BYTES + 1)
    if len(raw) > MOST_MENDED_BYTES:
        raise InputError(
            f"{file.name} is a damaged JSON list of more than {MOST_MENDED_BYTES >> 20} MB.",
            hint="Export it again, best as JSON Lines: one object per line.",
        )
    yield from pieces_of(raw.removeprefix(codecs.BOM_UTF8).decode(errors="replace"))


def _lines(stream: IO[bytes]) -> Iterator[Piece]:
    for number, line in enumerate(stream, start=1):
        raw = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if raw.strip():
            yield judged(number, raw)


def _sorted(
    pieces: Iterable[Piece], file: SourceFile, session: Session
) -> tuple[Path | None, list[Reject], list[Reject]]:
    rejects: list[Reject] = []
    repairs: list[Reject] = []
    good = session.scratch / (session.new_name("objects") + ".jsonl")
    n_good = 0
    with good.open("w", encoding="utf-8", newline="") as out:
        for piece in pieces:
            if piece.fault is not None:
                rejects.append(_kept(file, piece, *piece.fault))
                continue
            if piece.said is not None:
                named = "A field had no name that can be used, and was given one."
                repairs.append(_kept(file, piece, "unnamed-field", named))
            # No text in JSON holds a raw line end, so these stand between its parts.
            said = piece.said or re.sub(r"[\r\n]+", " ", piece.text)
            out.write(said.strip() + "\n")
            n_good += 1
    if not n_good:
        good.unlink()
    return (good if n_good else None), rejects, repairs


def _kept(file: SourceFile, piece: Piece, reason: str, message: str) -> Reject:
    return Reject(
        file=file.name,
        line=piece.line,
        column=None,
        reason=reason,
        message=message,
        raw=piece.text.rstrip("\r\n")[:RAW_CHARACTERS],
    )


def _only_list(table: str, session: Session) -> str | None:
    """Name the list of objects that a file of one record holds, as web services wrap them."""
    if len(session.rows(f"SELECT 1 FROM {quoted(table)} LIMIT 2")) != 1:
        return None
    lists = [
        name
        for name, kind, *_ in session.rows(f"DESCRIBE {quoted(table)}")
        if kind.startswith("STRUCT(") and kind.endswith(")[]")
    ]
    if len(lists) != 1:
        return None
    ((n,),) = session.rows(f"SELECT len({quoted(lists[0])}) FROM {quoted(table)}")
    return lists[0] if n and n > 1 else None


def _unwrapped(table: str, inner: str, session: Session) -> tuple[str, tuple[MarginText, ...]]:
    """Make rows of a record's list; its other fields stand in the margin."""
    rows = session.new_name("json_list")
    session.execute(
        f"CREATE TABLE {quoted(rows)} AS SELECT unnest({quoted(inner)}, max_depth := 2) "
        f"FROM {quoted(table)}"
    )
    others = [n for n, *_ in session.rows(f"DESCRIBE {quoted(table)}") if n != inner]
    said = ", ".join(f"to_json({quoted(name)})::VARCHAR" for name in others)
    (values,) = session.rows(f"SELECT {said} FROM {quoted(table)}") if others else ((),)
    return rows, tuple(
        MarginText(at=name, kind="other", text=str(value))
        for name, value in zip(others, values, strict=True)
    )
