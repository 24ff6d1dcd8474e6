"""Tables that are the same on every run, written by the engine in parts that fit in memory."""

from __future__ import annotations

from pathlib import Path


def write_orders(path: Path, n_rows: int) -> None:
    """Write orders, 10 columns, as Parquet or CSV, by the suffix; nothing but one part is held.

    One reading in a thousand is a word, one status in forty is blank, one region in 3,000 is
    misspelled, and one record in 100,000 stands twice.
    """
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false; SET preserve_insertion_order = true")
    how = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
    connection.execute(f"COPY ({_ORDERS.format(n=n_rows)}) TO '{path}' ({how})")


def write_csv(path: Path, n_bytes: int, folder: Path) -> int:
    """Write the table of the audit's benchmark as CSV of about so many bytes; return its rows."""
    import duckdb

    from benchmarks.audit import table

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    parquet = folder / "orders.parquet"

    def written(n_rows: int) -> int:
        table.write(parquet, n_rows)
        connection.execute(f"COPY (FROM '{parquet}') TO '{path}' (HEADER)")
        parquet.unlink()
        return path.stat().st_size

    bytes_per_row = written(100_000) / 100_000
    n_rows = int(n_bytes / bytes_per_row)
    written(n_rows)
    return n_rows


_ORDERS = """
SELECT
  k AS id,
  'ORD-' || lpad(k::VARCHAR, 10, '0') AS order_no,
  round(exp(3 + 1.2 * (u1 + u2 + u3 - 1.5)), 2) AS amount,
  (u1 * u2 * 500)::INTEGER AS quantity,
  CASE WHEN k % 3000 = 1 THEN 'Nothern'
       ELSE (['Northern', 'Southern', 'Eastern', 'Western'])[1 + floor(u2 * 4)::INTEGER]
       END AS region,
  CASE WHEN k % 40 = 1 THEN '  '
       ELSE (['new', 'open', 'closed', 'shipped'])[1 + floor(u3 * 4)::INTEGER] END AS status,
  DATE '2020-01-01' + floor(u4 * 1500)::INTEGER AS order_date,
  TIMESTAMP '2020-01-01' + to_seconds(floor(u4 * 129600000)::BIGINT) AS placed_at,
  CASE WHEN u1 < 0.05 THEN NULL ELSE u2 < 0.2 END AS express,
  CASE WHEN k % 1000 = 1 THEN 'broken' ELSE floor(u3 * 10000)::INTEGER::VARCHAR END AS reading
FROM (
  SELECT k, (hash(k * 31 + 1) >> 11)::DOUBLE / 9007199254740992.0 AS u1,
    (hash(k * 31 + 2) >> 11)::DOUBLE / 9007199254740992.0 AS u2,
    (hash(k * 31 + 3) >> 11)::DOUBLE / 9007199254740992.0 AS u3,
    (hash(k * 31 + 4) >> 11)::DOUBLE / 9007199254740992.0 AS u4
  FROM (SELECT CASE WHEN i % 100000 = 99999 THEN i - 2 ELSE i END AS k FROM range({n}) t(i))
)
"""
