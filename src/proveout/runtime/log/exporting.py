"""Requests of a span as one file: Parquet, CSV or lines of JSON."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from proveout.errors import InputError
from proveout.runtime.log.reading import read_records

if TYPE_CHECKING:
    import ibis.expr.types as ir

FORMS = (".parquet", ".csv", ".jsonl")
PAYLOAD = ("request", "answer")


def export(
    folder: Path,
    pilot: str,
    out: Path,
    *,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_payload: bool = True,
) -> int:
    """Write requests to a file, whole or not at all; return how many. Raises InputError."""
    if out.suffix not in FORMS:
        raise InputError(
            f"{out} is of no format that is known: {out.suffix or 'it has no ending'}.",
            hint=f"Name a file that ends in one of: {', '.join(FORMS)}",
        )
    if not out.absolute().parent.is_dir():
        raise InputError(
            f"{out} cannot be written: there is no folder {out.parent}.",
            hint="Name a file in a folder that exists.",
        )
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        if out.suffix == ".jsonl":
            n_records = 0
            with fresh.open("wb") as lines:
                for record in read_records(
                    folder, pilot, archive=archive, since=since, until=until
                ):
                    if not with_payload:
                        record.request = record.answer = None
                    lines.write(msgspec.json.encode(record) + b"\n")
                    n_records += 1
        else:
            n_records = _through_table(
                folder,
                pilot,
                fresh,
                form=out.suffix,
                archive=archive,
                since=since,
                until=until,
                with_payload=with_payload,
            )
        fresh.rename(out)
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder where there is room.",
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return n_records


def _through_table(
    folder: Path,
    pilot: str,
    out: Path,
    *,
    form: str,
    archive: str | None,
    since: datetime | None,
    until: datetime | None,
    with_payload: bool,
) -> int:
    from proveout.intake import Session
    from proveout.runtime.log.table import open_log

    with Session() as session:
        table = open_log(
            folder, pilot, session=session, archive=archive, since=since, until=until
        ).table
        if not with_payload:
            table = table.drop(*PAYLOAD)
        connection = session.connection
        write: Callable[[ir.Table, str], None] = (
            connection.to_parquet if form == ".parquet" else connection.to_csv
        )
        write(table, str(out))
        return int(table.count().execute())
