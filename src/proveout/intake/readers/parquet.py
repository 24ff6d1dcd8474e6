"""Parquet files: read where they are, only the columns and row groups that are asked for."""

from __future__ import annotations

from proveout.errors import InputError
from proveout.intake.readers.delimited_dialect import column_names
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
        written = [str(name) for name, *_ in session.rows(f"DESCRIBE SELECT * FROM {rows}")]  # noqa: S608 - quoted
        # A null character ends a name for all that is built on the engine.
        names = column_names([name.replace("\0", "") for name in written])
        as_ = ", ".join(
            quoted(name) if name in written else f"{quoted(old)} AS {quoted(name)}"
            for old, name in zip(written, names, strict=True)
        )
        said = as_ if any("\0" in name for name in written) else "*"
        session.execute(f"CREATE VIEW {quoted(view)} AS SELECT {said} FROM {rows}")  # noqa: S608 - quoted
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
