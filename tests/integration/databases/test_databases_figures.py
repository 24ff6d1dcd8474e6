"""Figures in two formats, held as text by a server: the same figures as of the embedded engine."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audits import by_subject, figures

from proveout.checks.contract import Finding
from proveout.checks.readiness import CHECK
from proveout.cli.adhoc import asking, charter_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

PRICES = [f"\u20ac {n}.{n % 10}00,{n % 90 + 10}" for n in range(1, 200)]
PRICES += ["\u20ac 12.5", "12,50", "on request", "(\u20ac 3,10)", "\u20ac 3,10-"]


def _audit(**source: str) -> list[Finding]:
    data = {"production": [{"name": "orders", **source}]}
    with asking(charter_of("audit", data), CHECK.name, seed=0) as context:
        return list(CHECK.run(context))


def test_figures_in_two_formats_are_counted_alike(postgres_url: str, tmp_path: Path) -> None:
    """Thousands, currency and minus are read by the server's own expressions."""
    rows = [(n, price) for n, price in enumerate(PRICES)]
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id BIGINT, price TEXT)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO orders VALUES (%s, %s)", rows)
    pq.write_table(
        pa.table({"id": [n for n, _ in rows], "price": PRICES}), tmp_path / "orders.parquet"
    )

    there = _audit(path=postgres_url, table="orders")
    here = _audit(path=str(tmp_path / "orders.parquet"))

    assert figures(there) == figures(here)
    subject = ("readiness.type_conformance", "source=orders", "column=price")
    for found in (there, here):
        details = by_subject(found)[subject].details
        assert (details["misfits"], details["figures"]["otherwise"]) == (3, 2)
