"""What was given to the dashboard, as tables of one pilot: usage, and observations of KPIs."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.schema import Source
from proveout.charter.schema.value import CaseRecord
from proveout.errors import InputError
from proveout.intake.databases import is_database
from proveout.intake.fingerprint import fingerprint_of_table
from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, OpenTable

if TYPE_CHECKING:
    import pyarrow as pa

VARIABLE = "PROVEOUT_DATABASE"
"""Names the dashboard's database, as for `proveout serve`."""
USUAL_PLACE = Path(".proveout") / "dashboard.db"
TABLE = "usage_events"
COLUMNS = ("person", "at", "outcome", "case_id", "way", "team", "role", "volunteer")
OBSERVATIONS = "kpi_observations"
_OBSERVED = (
    "kpi", "at", "ended", "value", "case_id", "team", "person", "with_system", "assigned",
    "volunteer", "more",
)  # fmt: skip
_NUMBERS = ("at", "ended", "value")
_FLAGS = ("volunteer", "with_system", "assigned")
_MOMENTS = ("at", "ended")
_AS_THE_CHARTER_SAYS = ("at", "case", "team", "person", "with_system", "assigned", "volunteer")
_TEXT_OF_MOST = 100_000
"""Rows that are taken over at once."""


def dashboard_location(environment: Mapping[str, str] | None = None) -> str:
    """Return where the dashboard's database is."""
    known = os.environ if environment is None else environment
    return known.get(VARIABLE) or str(Path.cwd() / USUAL_PLACE)


def open_dashboard_usage(
    source: Source, *, pilot: str, session: Session, location: str
) -> OpenTable:
    """Open a pilot's usage; `case_id` is called `case`.

    Raises InputError where the dashboard's database is not there or holds no usage yet.
    """
    if is_database(Source(path=location)):
        table, where = _on_server(TABLE, COLUMNS, pilot, session, location), "dashboard database"
    else:
        rows = _rows(location, pilot, TABLE, COLUMNS, what="usage")
        table, where = _taken_over("dashboard_usage", rows, session), Path(location).name
    return _opened(source, table.rename(case="case_id"), where, TABLE)


def open_dashboard_observations(
    record: CaseRecord, *, pilot: str, session: Session, location: str
) -> OpenTable:
    """Open a pilot's observations of all KPIs: one row each, with the column `kpi`.

    `kpi` is empty in rows that hold the figures of several. `value`, `ended` and further columns
    (traits, other figures) are called as they were given; the others as the record says. Moments
    are timestamps in UTC. Raises InputError as for usage.
    """
    if is_database(Source(path=location)):
        on_server = _on_server(OBSERVATIONS, _OBSERVED, pilot, session, location)
        rows, where = on_server.to_pyarrow(), "dashboard database"
    else:
        rows = _rows(location, pilot, OBSERVATIONS, _OBSERVED, what="observations")
        where = Path(location).name
    names = {getattr(record, key): key for key in _AS_THE_CHARTER_SAYS}
    table = _taken_over("dashboard_observations", _spread(rows, beside=names), session)
    return _opened(record.source, table.rename(**names), where, OBSERVATIONS)


def of_kpi(table: Any, *names: str | None) -> Any:
    """Return the rows of a table of observations that tell of a KPI, by any of its names."""
    known = [each for each in names if each is not None]
    return table.filter(table.kpi.isnull() | table.kpi.isin(known))


def _spread(rows: pa.Table, *, beside: Iterable[str]) -> pa.Table:
    """Give moments their type, and further columns a column each: numbers, truths or texts.

    `beside` are names that are taken.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    told = [None if each is None else json.loads(each) for each in rows["more"].to_pylist()]
    rows = rows.drop_columns(["more"])
    names = ["case" if name == "case_id" else name for name in rows.column_names]
    rows = rows.rename_columns(names)
    for name in _MOMENTS:
        micro = pc.cast(pc.round(pc.multiply(rows[name], 1e6)), pa.int64())
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pc.cast(micro, pa.timestamp("us", tz="UTC")))
    taken = {each.casefold() for each in (*rows.column_names, *beside)}
    further = dict.fromkeys(name for row in told if row for name in row)
    for name in further:
        if name.casefold() in taken:
            continue
        column = [None if row is None else row.get(name) for row in told]
        rows = rows.append_column(name, _column(column))
    return rows


def _column(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    kinds = {type(each) for each in values if each is not None}
    if kinds <= {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float}:
        return pa.array([None if each is None else float(each) for each in values], pa.float64())
    return pa.array([None if each is None else str(each) for each in values], pa.string())


def _opened(source: Source, table: Any, where: str, kept_in: str) -> OpenTable:
    return OpenTable(
        name="dashboard",
        source=source,
        table=table,
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=fingerprint_of_table(table),
        files=(FileRead(name=where, n_bytes=0, format="database", read_as={"table": kept_in}),),
    )


def _on_server(
    kept_in: str, columns: tuple[str, ...], pilot: str, session: Session, location: str
) -> Any:
    from proveout.intake.databases import read_database

    asked = Source(path=location, table=kept_in)
    whole = read_database(asked, session, folder=Path()).table
    return whole.filter(whole.pilot == pilot).order_by(["at", "id"]).select(*columns)


def _rows(
    location: str, pilot: str, kept_in: str, columns: tuple[str, ...], *, what: str
) -> pa.Table:
    """Read the pilot's rows out of a file."""
    import pyarrow as pa

    path = Path(location.removeprefix("sqlite:///"))
    if not path.is_file():
        raise InputError(
            f"The charter reads {what} from the dashboard, but its database is not at {path}.",
            hint=f"Start it once (proveout serve), or say where it is: export {VARIABLE}=FILE",
        )
    kinds = {name: pa.float64() for name in _NUMBERS} | {name: pa.bool_() for name in _FLAGS}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
    # Rows that are alike in time come in the same order again: figures rest on it.
    what = ", ".join(columns)
    asked = f"SELECT {what} FROM {kept_in} WHERE pilot = ? ORDER BY at, id"  # noqa: S608
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            cursor = database.execute(asked, [pilot])
            batches = []
            while rows := cursor.fetchmany(_TEXT_OF_MOST):
                told = zip(*rows, strict=True)
                batches.append(
                    pa.record_batch(
                        [
                            pa.array(
                                [None if each is None else bool(each) for each in column]
                                if field.name in _FLAGS
                                else column,
                                field.type,
                            )
                            for field, column in zip(schema, told, strict=True)
                        ],
                        schema=schema,
                    )
                )
    except sqlite3.Error as error:
        raise InputError(
            f"The dashboard's {what} at {path} cannot be read: {error}.",
            hint="Let this Proveout open it once: proveout serve",
        ) from error
    return pa.Table.from_batches(batches, schema)


def _taken_over(called: str, rows: pa.Table, session: Session) -> Any:
    """Copy rows into the engine; return the table."""
    name = session.new_name(called)
    session.engine.register(f"{name}_arrow", rows)
    session.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM "{name}_arrow"')  # noqa: S608
    session.engine.unregister(f"{name}_arrow")
    return session.table(name)
