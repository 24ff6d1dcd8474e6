"""The log as one lazy table: what is archived and what is not yet, without its being written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pyarrow import dataset, parquet

from proveout.runtime.log.columns import schema
from proveout.runtime.log.reading import Moment, moment, tables

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from proveout.intake.session import Session
    from proveout.intake.table import FileRead, OpenTable

NAME = "prediction-log"


def open_log(
    folder: Path,
    pilot: str,
    *,
    session: Session,
    archive: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> OpenTable:
    """Open the requests of a pilot that came in a span, as they stand at this moment.

    The columns are those of `columns.schema`. Parquet files are read by the engine when it is
    asked, and only the days that are meant; segments are copied into the session's scratch space,
    so that the table stays what it was while the gateway writes on. Raises UnreachableError.
    """
    from proveout.charter.schema import Source
    from proveout.intake.rejects import ListedRejects
    from proveout.intake.table import FileRead, OpenTable

    with moment(folder, pilot, archive=archive, since=since) as now:
        copied = _copied(now, session)
        files = tuple(
            [
                FileRead(name=file.stem, n_bytes=file.n_bytes, format="parquet")
                for file in now.archived
            ]
            + [FileRead(name=each.name, n_bytes=each.size, format="log") for each in now.segments]
        )
        table: ir.Table = session.connection.read_parquet(copied, hive_partitioning=False)
        archived = _archived(now, session)
        if archived is not None:
            table = archived.union(table)
    if since is not None:
        table = table.filter(table.at >= since)
    if until is not None:
        table = table.filter(table.at < until)
    return OpenTable(
        name=NAME,
        source=Source(name=NAME, path=str(folder)),
        table=table,
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=_fingerprint(files, since, until),
        files=files,
    )


def _copied(now: Moment, session: Session) -> list[str]:
    """Copy the segments into Parquet files of the session, and an empty one beside them."""
    empty = schema().empty_table()
    parts: list[Iterable[pa.Table]] = [[empty], *(tables(segment) for segment in now.segments)]
    paths = []
    for part in parts:
        path = session.scratch / f"{session.new_name('segment')}.parquet"
        with parquet.ParquetWriter(path, empty.schema, compression="lz4") as writer:
            for table in part:
                writer.write_table(table)
        paths.append(str(path))
    return paths


def _archived(now: Moment, session: Session) -> ir.Table | None:
    """Let the engine read the archive: by itself in a folder, by Arrow from an object store."""
    paths = [file.path for file in now.archived]
    if not paths:
        return None
    if now.archive.is_local:
        return session.connection.read_parquet(paths, hive_partitioning=False)
    name = session.new_name("archived")
    rows = dataset.dataset(
        paths, schema=schema(), filesystem=now.archive.system, format="parquet", partitioning=None
    )
    session.engine.register(name, rows)
    return session.table(name)


def _fingerprint(
    files: tuple[FileRead, ...], since: datetime | None, until: datetime | None
) -> str:
    """Name this state: segments only ever grow, and a Parquet file never changes."""
    told = [f"{since} {until}", *(f"{file.name} {file.n_bytes}" for file in files)]
    return "sha256:" + hashlib.sha256("\n".join(told).encode()).hexdigest()
