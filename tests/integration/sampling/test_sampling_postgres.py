"""Drawing where the data lives."""

from __future__ import annotations

import json
from pathlib import Path

import ibis
import pytest

from proveout.cli import sample_command
from proveout.cli.app import build_app, run_app
from proveout.intake.drawing import Marks, draw_sample, label_of, plan

# Ibis 12 calls DuckDB by names that it has deprecated since.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


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


@pytest.mark.postgres
def test_a_table_of_a_server_is_sampled_by_command(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exceptions, sites and months are found and counted where the table is."""
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT i AS id, CASE WHEN i % 90 = 0 THEN NULL ELSE i * 1.5 "
            "END AS amount, CASE WHEN i % 50 = 0 THEN 'islands' ELSE 'north' END AS site, "
            "timestamp '2025-01-01' + i * interval '1 hour' AS at "
            "FROM generate_series(1, 4000) AS i"
        )
    out = tmp_path / "sample.csv"

    said = [postgres_url, "--table", "orders", "--by", "site", "--rows", "150", "-o", str(out)]
    code = run_app(build_app([sample_command.register]), ["sample", *said, "--json"])

    design = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (design["records"], design["rows"]) == (4_000, 150)
    assert design["exceptions"] == ["no amount"]
    assert {each["stratum"] for each in design["strata"]} == {
        "ordinary / north", "ordinary / islands", "no amount / north", "no amount / islands",
    }  # fmt: skip
    assert sum(each["n_population"] for each in design["strata"]) == 4_000
