"""The audit of a table on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from audits import N, assert_same_gap, audit, by_subject, figures, gap, rows_of, write_files
from messy_invoices import invoices, suppliers

pytestmark = [
    pytest.mark.postgres,
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

_COLUMNS = (
    "id BIGINT, invoice TEXT, supplier VARCHAR(80), amount FLOAT8, quantity TEXT, "
    "posted TIMESTAMP, paid TIMESTAMP, due TEXT, day DATE, site TEXT, open BOOLEAN, note TEXT"
)


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database with the invoices and their suppliers."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE invoices ({_COLUMNS})")
        connection.execute("CREATE TABLE suppliers (name TEXT)")
        with connection.cursor() as cursor:
            for name, table in (("invoices", invoices(N)), ("suppliers", suppliers())):
                with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                    for row in rows_of(table):
                        copy.write_row(row)
    return postgres_url


def test_every_figure_is_that_of_the_embedded_engine(url: str, tmp_path: Path) -> None:
    """All counts are exact on both sides."""
    records, listed = (str(file) for file in write_files(tmp_path))

    there = audit({"path": url, "table": "invoices"}, {"path": url, "table": "suppliers"})
    here = audit({"path": records}, {"path": listed})

    assert figures(there) == figures(here)
    assert len(figures(here)) > 60


def test_the_sandbox_gap_is_that_of_the_embedded_engine(url: str, tmp_path: Path) -> None:
    """The pilot sample is a file, production a table of the server."""
    records, _ = write_files(tmp_path)
    pilot = tmp_path / "pilot.parquet"
    import pyarrow.parquet as pq

    pq.write_table(invoices(600, seed=5), pilot)

    there = by_subject(gap({"path": str(pilot)}, {"path": url, "table": "invoices"}))
    here = by_subject(gap({"path": str(pilot)}, {"path": str(records)}))

    assert_same_gap(there, here)
