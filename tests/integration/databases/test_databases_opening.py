"""Servers that cannot be opened: which error, with what in it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb
import pytest

from proveout.charter.schema import Source
from proveout.errors import InputError, MissingExtraError
from proveout.intake import OpenTable, Session, open_source

# Ibis 12 calls DuckDB by names that it has deprecated since.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def _open(path: str, **more: object) -> OpenTable:
    source = Source.model_validate({"path": path, **more})
    with Session(memory_bytes=512 << 20, threads=1) as session:
        return open_source(source, folder=Path.cwd(), session=session)


@pytest.mark.parametrize(
    ("extra", "driver", "url"),
    [
        ("mysql", "MySQLdb", "mysql://ann:secret@127.0.0.1:1/erp"),
        ("mssql", "pyodbc", "mssql://ann:secret@127.0.0.1:1/erp"),
        ("trino", "trino", "trino://ann:secret@127.0.0.1:1/hive/ap"),
        ("snowflake", "snowflake", "snowflake://ann:secret@account/db/schema"),
        ("bigquery", "google.cloud.bigquery", "bigquery://project/dataset"),
    ],
)
def test_a_driver_that_is_not_installed_is_named(extra: str, driver: str, url: str) -> None:
    """With the command that installs it, and without the password."""
    if importlib.util.find_spec(driver.partition(".")[0]) is not None:
        pytest.skip(f"{driver} is installed")

    with pytest.raises(MissingExtraError) as refused:
        _open(url, table="invoices")

    shown = url.replace(":secret@", "@")
    assert str(refused.value) == (
        f"Reading {shown} needs the optional part '{extra}', which is not installed.\n"
        f"Install it: pip install 'proveout[{extra}]'"
    )
    assert refused.value.exit_code == 3


def test_a_database_that_is_none_known_lists_those_that_are() -> None:
    """Where the charter says that it is one."""
    with pytest.raises(InputError) as refused:
        _open("oracle://ann:secret@h/erp", format="database", table="x")

    assert str(refused.value) == (
        "oracle://ann@h/erp is no database URL that is known.\n"
        "Write for example postgresql://USER@HOST:5432/DATABASE; others begin with mysql://, "
        "mssql://, snowflake://, bigquery://, trino://, spark://."
    )


def test_a_url_may_name_a_file(tmp_path: Path) -> None:
    """As Ibis and SQLAlchemy write them."""
    file = tmp_path / "erp.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE invoices AS SELECT 1 AS id")

    opened = _open(f"duckdb://{file}")

    assert (opened.files[0].format, list(opened.table.columns)) == ("duckdb", ["id"])
