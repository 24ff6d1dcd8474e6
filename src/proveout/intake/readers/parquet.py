"""Parquet files: read where they are, only the columns and row groups that are asked for."""

from __future__ import annotations

from proveout.errors import InputError
from proveout.intake.readers.port import ReadTable, SourceFile
from proveout.intake.readers.streams import for_engine
from proveout.intake.session import Session, literal, quoted
from proveout.intake.table import FileRead
from proveout.intake.troubles import is_of_the_machine


def read_parquet(file: SourceFile, session: Session) -> list[ReadTable]:
    """Open one Parquet file."""
    import duckdb

    view = session.new_name("parquet")
    rows = f"read_parquet({literal(for_engine(file.path))})"
    try:
        session.execute(f"CREATE VIEW {quoted(view)} AS SELECT * FROM {rows}")  # noqa: S608 - quoted
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        raise InputError(
            f"{file.name} is no Parquet file that can be read: it is damaged or cut short.",
            hint="Fetch or export it again.",
        ) from error
    return [
        ReadTable(
            table=session.table(view),
            file=FileRead(name=file.name, n_bytes=file.path.stat().st_size, format="parquet"),
        )
    ]
