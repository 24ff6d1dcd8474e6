"""The audit of a table on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from audits import N, assert_same_gap, audit, by_subject, figures, gap, rows_of, write_files
from messy_invoices import invoices, suppliers
from wire import Wiretap

from proveout.cli.adhoc import asking, charter_of
from proveout.evidence.outcome import NotMeasured

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


def test_a_table_is_not_pulled(postgres_url: str) -> None:
    """What crosses the wire is a sample of bounded size and the answers to a bounded number of
    questions, however many records there are.
    """
    n = 400_000
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT i AS id, 'c' || i % 5000 AS customer, "
            "(i::bigint * 7919 % 100003) / 7.0::float8 AS amount, "
            "timestamp '2023-01-01' + i * interval '1 minute' AS at, "
            "CASE WHEN i % 50 = 0 THEN NULL ELSE 'site ' || i % 3 END AS site "
            f"FROM generate_series(1, {n}) AS i"
        )
    port = int(postgres_url.rpartition(":")[2].partition("/")[0])
    with Wiretap(port) as wire:
        there = postgres_url.replace(f":{port}", f":{wire.port}") + "?sslmode=disable"
        source = {"path": there, "table": "orders"}
        found = figures(audit(source, source, key=["id"], timestamp="at", site_column="site"))

    assert found["readiness.rows", "source=invoices"] == (n, n)
    assert found["readiness.duplicate_keys", "source=invoices"] == (0, n)
    assert wire.answers["D"] < 62_000  # 50,000 of them the sample
    assert wire.answers["C"] < 40
    assert wire.n_bytes < 6_000_000


def test_what_arrow_has_no_word_for_is_still_counted(postgres_url: str) -> None:
    """Types that only PostgreSQL has: their records are counted, their contents left alone."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('good', 'bad')")
        connection.execute(
            "CREATE TABLE odd (id uuid, price numeric, big numeric(30,12), tags text[], doc jsonb, "
            "feel mood, raw bytea, host inet, late interval, at timestamptz, hour time, "
            "code char(6), small smallint)"
        )
        connection.execute(
            "INSERT INTO odd SELECT gen_random_uuid(), i / 7.0, i / 7.0, ARRAY['a'], '{\"a\": 1}', "
            "'good', 'x', '10.0.0.1', interval '1 day', now(), '12:00', 'ab', i "
            "FROM generate_series(1, 500) AS i"
        )
    source = {"path": postgres_url, "table": "odd"}

    found = figures(audit(source, source, key=["id"]))

    assert found["readiness.rows", "source=invoices"] == (500, 500)
    assert {s[2] for s in found if s[0] == "readiness.completeness"} == {
        f"column={name}" for name in ("id", "price", "big", "tags", "doc", "feel", "raw", "host",
                                      "late", "at", "hour", "code", "small")
    }  # fmt: skip


@pytest.mark.parametrize("lists_are_files", [True, False])
def test_values_are_looked_up_across_engines(
    url: str, tmp_path: Path, lists_are_files: bool
) -> None:
    """The list lies in a file and the records on the server, or the other way round."""
    records, listed = (str(file) for file in write_files(tmp_path))

    if lists_are_files:
        mixed = audit({"path": url, "table": "invoices"}, {"path": listed})
    else:
        mixed = audit({"path": records}, {"path": url, "table": "suppliers"})

    subject = ("readiness.unresolved_references", "source=invoices", "column=supplier")
    assert figures(mixed)[subject] == figures(audit({"path": records}, {"path": listed}))[subject]


def test_a_list_too_long_to_be_told_is_not_measured(url: str, tmp_path: Path) -> None:
    """With the reason, and what to do."""
    listed = tmp_path / "long.csv"
    listed.write_text("name\n" + "".join(f"n{i}\n" for i in range(2_001)), encoding="utf-8")

    found = audit({"path": url, "table": "invoices"}, {"path": str(listed)})

    (missed,) = (f for f in found if f.metric == "readiness.unresolved_references")
    assert isinstance(missed, NotMeasured)
    assert (missed.reason, missed.next_step) == (
        "suppliers.name lies elsewhere and holds more than 2,000 values, too many to tell the "
        "server",
        "Put the list on the server of the records, or audit an extract of both.",
    )


def test_what_the_charter_says_of_columns_holds_for_a_table(url: str) -> None:
    """Texts that stand for no value, and other names."""
    source = {"path": url, "table": "invoices", "null_values": ["ok"], "rename": {"note": "remark"}}
    with asking(charter_of("audit", {"production": [source]}), "readiness", seed=0) as context:
        (opened,) = context.data.production()
        filled = opened.table.filter(opened.table.remark == "ok").count().execute()

    assert "note" not in opened.table.columns
    assert filled == 0
