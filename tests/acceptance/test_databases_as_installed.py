"""Tables of a server, as installed: an audit, a contract and an assessment, and no password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.postgres

PROVEOUT = Path(sys.executable).with_name("proveout")
PASSWORD = "p@ss/word"


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROVEOUT), *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "300", "AP_PASSWORD": PASSWORD, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database with a table of invoices, read by a user who has a password."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS ann")
        connection.execute(f"CREATE ROLE ann LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
        connection.execute("CREATE SCHEMA ap")
        connection.execute(
            "CREATE TABLE ap.invoices AS SELECT i % 990 AS id, 'n/a' AS note, i * 1.5 AS amount "
            "FROM generate_series(1, 1000) AS i"
        )
    return postgres_url.replace("proveout@", "ann:${AP_PASSWORD}@")


def test_a_table_is_audited_where_it_is(url: str, tmp_path: Path) -> None:
    """As one JSON document; the next command that is offered holds no password."""
    plain = run(tmp_path, "audit", url, "--table", "ap.invoices", "--key", "id", "--json")
    shown = run(tmp_path, "audit", url, "--table", "ap.invoices", "--key", "id")
    literal = url.replace("${AP_PASSWORD}", "p%40ss%2Fword")
    given = run(tmp_path, "audit", literal, "--table", "ap.invoices")

    assert (plain.returncode, shown.returncode, given.returncode) == (0, 0, 0), plain.stderr
    (source,) = json.loads(plain.stdout)["sources"]
    assert (source["source"], source["records"]) == ("invoices", 1000)
    for said in (plain, shown, given):
        assert "p%40ss" not in said.stdout + said.stderr
        assert PASSWORD not in said.stdout + said.stderr


def test_a_contract_of_a_table_names_its_server_and_no_user(url: str, tmp_path: Path) -> None:
    """Host, port, database and schema."""
    done = run(tmp_path, "contract", "export", url, "--table", "ap.invoices", "--json")

    (server,) = json.loads(done.stdout)["contract"]["servers"]
    assert {name: server[name] for name in ("server", "type", "host", "schema")} == {
        "server": "invoices", "type": "postgres", "host": "127.0.0.1", "schema": "ap",
    }  # fmt: skip
    assert "ann" not in done.stdout


def test_a_table_that_is_not_there_is_told_with_those_that_are(url: str, tmp_path: Path) -> None:
    """Exit code 2."""
    done = run(tmp_path, "audit", url, "--table", "ap.invoice")

    assert done.returncode == 2
    assert "holds no table named 'ap.invoice'; it holds: ap.invoices." in done.stderr
    assert "Did you mean 'ap.invoices'?" in done.stderr


def test_a_server_that_is_not_reached_is_another_exit_code(tmp_path: Path) -> None:
    """3, and no password in what is said."""
    done = run(tmp_path, "audit", "postgresql://ann:secret@127.0.0.1:1/erp", "--table", "t")

    assert done.returncode == 3
    assert "postgresql://ann@127.0.0.1:1/erp cannot be reached: Connection refused" in done.stderr
    assert "secret" not in done.stderr


def test_a_spark_that_does_not_start_is_told(tmp_path: Path) -> None:
    """Without Java there is none; exit code 3."""
    done = run(tmp_path, "audit", "spark://local?path=x.parquet", JAVA_HOME="/nowhere")

    assert done.returncode == 3
    assert "spark://local?path=x.parquet: Spark cannot be started or reached: " in done.stderr
    assert "Spark needs Java 17 (JAVA_HOME, or java in PATH)" in done.stderr
