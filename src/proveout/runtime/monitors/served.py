"""A window of the prediction log as tables: requests, rows with columns, labels, exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.loaded import LoadedCharter
from proveout.checks import Served, Window
from proveout.intake.batches import batches_of
from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import OpenTable, Reject
from proveout.runtime.log.redaction import REDACTED
from proveout.runtime.log.table import open_log
from proveout.runtime.monitors import rows
from proveout.runtime.monitors.seen import window_source
from proveout.runtime.monitors.stored import exceptions_of, labels_of
from proveout.runtime.store.port import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

BATCH = 20_000
"""Requests that are read at once."""

LOOK_BACK = timedelta(days=90)
"""So much before the window is kept at hand, to tell since when something has changed."""

ASKED = ("answered", "failed", "timed-out", "blocked", "lost")
"""Outcomes of requests that were to be answered by the system; the others never reached it."""

Types = Mapping[str, Any]
"""Column → ibis type, as the pilot's data have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where the prediction log of a pilot is."""

    folder: Path
    archive: str | None
    pilot: str


def open_served(
    loaded: LoadedCharter,
    place: LogPlace,
    window: Window,
    *,
    session: Session,
    store: Store | None,
    types: Types,
) -> Served:
    """Open a window; columns of requests get the types of the pilot's data where all values fit."""

    def opened(since: datetime, until: datetime) -> OpenTable:
        return _rows(loaded, place, since, until, session=session, store=store, types=types)

    @cache  # several findings ask, and reading it back takes a while
    def before() -> OpenTable | None:
        table = opened(window.begins - LOOK_BACK, window.begins)
        return table if table.table.count().execute() else None

    return Served(
        window=window,
        requests=_requests(place, window.begins, window.ends, session),
        rows=opened(window.begins, window.ends),
        before=before,
        exceptions=None if store is None else exceptions_of(place.pilot, store, session),
    )


def _requests(place: LogPlace, since: datetime, until: datetime, session: Session) -> OpenTable:
    """Open the requests of a span that ask for answers, and not beside, in the shadow."""
    from dataclasses import replace

    opened = open_log(
        place.folder,
        place.pilot,
        session=session,
        archive=place.archive,
        since=since,
        until=until,
    )
    table = opened.table
    return replace(opened, table=table.filter(table.shadow_of.isnull() & (table.rows > 0)))


def _rows(
    loaded: LoadedCharter,
    place: LogPlace,
    since: datetime,
    until: datetime,
    *,
    session: Session,
    store: Store | None,
    types: Types,
) -> OpenTable:
    requests = _requests(place, since, until, session)
    asked = requests.table.filter(requests.table.outcome.isin(ASKED))
    reader = _reader(loaded)
    name = _written(asked, reader, session)
    typed = _typed(session, name, types)
    labelled = _labelled(session, typed, labels_of(place.pilot, store), loaded)
    return OpenTable(
        name="prediction-log",
        source=window_source(loaded.charter),
        table=session.table(labelled),
        rejects=ListedRejects(tuple(_reject(each) for each in reader.unread)),
        repairs=ListedRejects(),
        fingerprint=requests.fingerprint,
        files=requests.files,
    )


def _reader(loaded: LoadedCharter) -> rows.Reader:
    charter = loaded.charter
    versions = charter.gateway.versions if charter.gateway is not None else ()
    return rows.Reader(
        system=charter.system,
        versions={each.name: each.system for each in versions},
        inputs=charter.data.inputs,
    )


def _written(asked: ir.Table, reader: rows.Reader, session: Session) -> str:
    """Write the rows of all requests into one table of the engine; return its name."""
    from pyarrow import parquet

    files: list[str] = []
    for batch in batches_of(asked.select(list(rows.NEEDED)).order_by("at"), rows=BATCH):
        path = session.scratch / f"{session.new_name('rows')}.parquet"
        parquet.write_table(reader.table(batch.to_pylist()), path, compression="lz4")
        files.append(str(path))
    name = session.new_name("served_rows")
    if not files:
        session.engine.register(f"{name}_none", reader.table([]))
        session.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM "{name}_none"')  # noqa: S608
        return name
    # Types of a column may differ from batch to batch: the engine takes the one that holds all.
    session.execute(
        f'CREATE TEMP TABLE "{name}" AS SELECT * FROM '  # noqa: S608
        "read_parquet(?, union_by_name = true)",
        [files],
    )
    return name


def _typed(session: Session, name: str, types: Types) -> str:
    """Cast columns to the pilot's types, each where every value of it fits."""
    found = session.table(name).schema()
    wanted = {
        column: _engine_type(types[column])
        for column in found
        if column in types and found[column] != types[column]
    }
    if not wanted:
        return name
    misfits = ", ".join(
        f"count(*) FILTER ({_quoted(column)} IS NOT NULL AND "
        f"TRY_CAST({_quoted(column)} AS {kind}) IS NULL)"
        for column, kind in wanted.items()
    )
    (counts,) = session.rows(f'SELECT {misfits} FROM "{name}"')  # noqa: S608
    fitting = [
        f"CAST({_quoted(column)} AS {kind}) AS {_quoted(column)}"
        for (column, kind), count in zip(wanted.items(), counts, strict=True)
        if not count
    ]
    if not fitting:
        return name
    typed = session.new_name("typed_rows")
    session.execute(
        f'CREATE TEMP VIEW "{typed}" AS SELECT * REPLACE ({", ".join(fitting)}) FROM "{name}"'  # noqa: S608
    )
    return typed


def _engine_type(kind: Any) -> str:
    from ibis.backends.sql.datatypes import DuckDBType

    return str(DuckDBType.to_string(kind))


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _labelled(session: Session, name: str, labels: pa.Table, loaded: LoadedCharter) -> str:
    """Join the true answers, also under the names by which the charter knows them.

    Where clients send a column of that name, what people said since goes before it.
    """
    from proveout.intake.truths import LABEL, truth_by_field

    known = session.new_name("labels")
    session.engine.register(known, labels)
    columns = session.table(name).columns
    aliases = [f"l.label AS {rows.LABEL}"]
    sent: list[str] = []
    for field, column in truth_by_field(loaded.charter).items():
        value = "l.label" if field == LABEL else _field_of_label(field)
        if column in columns:
            both = f"COALESCE({value}, CAST(r.{_quoted(column)} AS VARCHAR))"
            sent.append(f"{both} AS {_quoted(column)}")
        else:
            aliases.append(f"{value} AS {_quoted(column)}")
    asked = f"r.* REPLACE ({', '.join(sent)})" if sent and labels.num_rows else "r.*"
    labelled = session.new_name("labelled_rows")
    session.execute(
        f'CREATE TEMP VIEW "{labelled}" AS SELECT {asked}, {", ".join(aliases)} FROM "{name}" r '  # noqa: S608
        f'LEFT JOIN "{known}" l ON l.call = r.{rows.ID} AND l.place = r.{rows.ROW} '
        # What the log does not tell any more was not wrong because of that.
        f"AND NOT contains(COALESCE(CAST(r.{rows.ANSWER} AS VARCHAR), ''), '{REDACTED}')"
    )
    return labelled


def _field_of_label(field: str) -> str:
    """Take a field out of a document; a label that is none, for whatever reason, says nothing."""
    found = f"json_extract_string(l.label, {_path(field)})"
    return f"CASE WHEN json_valid(l.label) THEN {found} END"


def _path(field: str) -> str:
    escaped = field.replace("\\", "\\\\").replace('"', '\\"').replace("'", "''")
    return f"'$.\"{escaped}\"'"


def _reject(unread: rows.Unread) -> Reject:
    return Reject(
        file="prediction-log",
        line=None,
        column=None,
        reason="payload",
        message=f"request {unread.id}: {unread.why}",
        raw=unread.id,
    )
