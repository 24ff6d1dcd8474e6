"""The usage that was given to the dashboard, as a table: of one pilot alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake.databases import is_database
from proveout.intake.fingerprint import fingerprint_of_table
from proveout.intake.rejects import ListedRejects
from proveout.intake.session import Session
from proveout.intake.table import FileRead, OpenTable

VARIABLE = "PROVEOUT_DATABASE"
"""Names the dashboard's database, as for `proveout serve`."""
USUAL_PLACE = Path(".proveout") / "dashboard.db"
TABLE = "usage_events"
COLUMNS = ("person", "at", "outcome", "case_id", "way", "team", "role", "volunteer")
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
        from proveout.intake.databases import read_database

        asked = Source(path=location, table=TABLE)
        whole = read_database(asked, session, folder=Path()).table
        table, where = whole.filter(whole.pilot == pilot).select(*COLUMNS), "dashboard database"
    else:
        table, where = session.table(_copied(location, pilot, session)), Path(location).name
    table = table.rename(case="case_id")
    return OpenTable(
        name="dashboard",
        source=source,
        table=table,
        rejects=ListedRejects(),
        repairs=ListedRejects(),
        fingerprint=fingerprint_of_table(table),
        files=(FileRead(name=where, n_bytes=0, format="database", read_as={"table": TABLE}),),
    )


def _copied(location: str, pilot: str, session: Session) -> str:
    """Copy the pilot's rows into the engine; return the table's name."""
    import pyarrow as pa

    path = Path(location.removeprefix("sqlite:///"))
    if not path.is_file():
        raise InputError(
            f"The charter reads usage from the dashboard, but its database is not at {path}.",
            hint=f"Start it once (proveout serve), or say where it is: export {VARIABLE}=FILE",
        )
    kinds = {"at": pa.float64(), "volunteer": pa.bool_()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    name = session.new_name("dashboard_usage")
    asked = f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE pilot = ? ORDER BY at"  # noqa: S608
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            cursor = database.execute(asked, [pilot])
            batches = []
            while rows := cursor.fetchmany(_TEXT_OF_MOST):
                columns = zip(*rows, strict=True)
                batches.append(
                    pa.record_batch(
                        [
                            pa.array(
                                [None if each is None else bool(each) for each in column]
                                if field.name == "volunteer"
                                else column,
                                field.type,
                            )
                            for field, column in zip(schema, columns, strict=True)
                        ],
                        schema=schema,
                    )
                )
    except sqlite3.Error as error:
        raise InputError(
            f"The dashboard's usage at {path} cannot be read: {error}.",
            hint="Let this Proveout open it once: proveout serve",
        ) from error
    session.engine.register(f"{name}_arrow", pa.Table.from_batches(batches, schema))
    session.execute(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM "{name}_arrow"')  # noqa: S608
    session.engine.unregister(f"{name}_arrow")
    return name
