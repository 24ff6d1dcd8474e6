"""Tables of a PostgreSQL server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from proveout.errors import InputError, UnreachableError
from proveout.intake import OpenTable, fetch, unite

pytestmark = pytest.mark.postgres

Open = Callable[..., OpenTable]


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database with two tables."""
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT i AS id, 'c' || i AS customer, "
            "i * 1.5::float8 AS amount, timestamptz '2013-01-31 10:00+02' AS at "
            "FROM generate_series(1, 1000) AS i"
        )
        connection.execute("CREATE SCHEMA erp")
        connection.execute("CREATE TABLE erp.items (id INT)")
    return postgres_url


def test_a_table_is_worked_on_where_it_is(open_: Open, url: str) -> None:
    """Its figures come from the server."""
    opened = open_(url, table="orders")

    assert opened.table.get_backend().name == "postgres"
    assert opened.table.amount.sum().execute() == 750750.0
    assert (opened.rejects.count, opened.files[0].format) == (0, "postgres")
    assert opened.table.limit(1).to_pyarrow().to_pylist()[0]["at"] == dt.datetime(
        2013, 1, 31, 8, tzinfo=dt.UTC
    )


def test_tables_of_other_schemas_are_named_with_them(open_: Open, url: str) -> None:
    """Those there are, are listed."""
    assert open_(url, table="erp.items").table.count().execute() == 0
    with pytest.raises(InputError) as refused:
        open_(url, table="order")

    assert str(refused.value) == (
        f"{url} holds no table named 'order'; it holds: erp.items, orders.\nDid you mean 'orders'?"
    )


def test_nothing_can_be_written(open_: Open, url: str) -> None:
    """The connection is for reading only."""
    import psycopg

    backend = open_(url, table="orders").table.get_backend()

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        backend.raw_sql("DELETE FROM orders")


def test_the_fingerprint_follows_the_rows(open_: Open, url: str) -> None:
    """And not their order."""
    import psycopg

    before = open_(url, table="orders").fingerprint
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE orders SET amount = amount WHERE id < 500")  # moves rows
        moved = open_(url, table="orders").fingerprint
        connection.execute("UPDATE orders SET amount = 0 WHERE id = 1")
        changed = open_(url, table="orders").fingerprint

    assert before == moved
    assert changed != before


def test_a_sample_is_the_same_each_time(open_: Open, url: str) -> None:
    """Drawn on the server."""
    table = open_(url, table="orders").table

    first, again = (fetch(table, ["id"], rows=50, seed=3) for _ in range(2))

    assert first.equals(again)
    assert len(first) == 50


def test_a_table_is_united_with_files(open_: Open, url: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """What lives in two places is brought to the engine of the run."""
    (tmp_path / "more.csv").write_text("id,customer\n5000,x\n")

    united = unite([open_(url, table="orders"), open_("more.csv")])

    assert united.count().execute() == 1001


def test_a_server_that_does_not_answer_is_told_without_the_password(open_: Open) -> None:
    """Not reached is another exit code than wrong input."""
    with pytest.raises(UnreachableError) as refused:
        open_("postgresql://ann:secret@127.0.0.1:1/erp", table="orders")

    assert str(refused.value) == (
        "postgresql://ann@127.0.0.1:1/erp cannot be reached: Connection refused\n"
        "Check host, port, user and database, and that the server lets you in."
    )
    assert refused.value.exit_code == 3


def test_a_url_that_is_none_is_refused_without_the_password(open_: Open) -> None:
    """The message says how one is written."""
    with pytest.raises(InputError) as refused:
        open_("postgresql://ann:secret@host/erp?secure=yes", table="orders")

    assert str(refused.value) == (
        "postgresql://ann@host/erp is no PostgreSQL URL.\n"
        "Write postgresql://USER@HOST:5432/DATABASE, and the table under 'table'."
    )
