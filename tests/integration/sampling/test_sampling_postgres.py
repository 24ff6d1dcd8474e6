"""Drawing where the data lives."""

from __future__ import annotations

import ibis
import pytest

from proveout.intake.drawing import Marks, draw_sample, label_of, plan

# Ibis 12 calls DuckDB by names that it has deprecated since.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@pytest.mark.postgres
def test_a_server_draws_the_same_records_as_a_file(postgres_url: str) -> None:
    """The key is made of what stands in a record, so that every engine ranks alike."""
    import psycopg

    made = (
        "SELECT i AS id, 'c' || (i % 700) AS customer, "
        "CASE WHEN i % 50 = 0 THEN 'islands' ELSE 'north' END AS site "
    )
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE orders AS {made} FROM generate_series(1, 5000) AS i")
    embedded = ibis.duckdb.connect()
    embedded.con.execute(f"CREATE TABLE orders AS {made} FROM range(1, 5001) AS r(i)").fetchall()
    connection = psycopg.connect(postgres_url, autocommit=True)
    server = ibis.postgres.from_connection(connection)

    drawn = []
    for table in (embedded.table("orders"), server.table("orders")):
        label = label_of(table, Marks(), {"site": ["north", "islands"]})
        design = plan({"ordinary / north": 4900, "ordinary / islands": 100}, rows=120)
        drawn.append(draw_sample(table, label, design, seed=3).to_pylist())
    connection.close()

    assert len(drawn[0]) == 120
    assert drawn[0] == drawn[1]
