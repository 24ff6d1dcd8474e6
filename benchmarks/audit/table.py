"""A table of 20 mixed columns with problems whose number is known, the same for every run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORDS_EVERY = 1_000
"""Every so manieth reading is a word instead of a figure."""
HIGH_EVERY = 5_000
"""Every so manieth amount is a hundred thousand times too large."""
BLANK_EVERY = 40
"""Every so manieth status is blank."""
EARLY_EVERY = 2_500
"""Every so manieth order is shipped before it is placed."""
UPPER_EVERY = 20
"""Every so manieth email is written with capitals."""
SLIP_EVERY = 3_000
"""Every so manieth region is misspelled."""
AGAIN_EVERY = 10_000
"""Every so manieth record stands twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What was put into a table of n rows."""

    n_rows: int
    words: int
    high: int
    blanks: int
    early: int
    upper: int
    slips: int
    again: int
    null_scores: int


def write(path: Path, n_rows: int) -> Planted:
    """Write the table as Parquet. The last records repeat earlier ones that have no other flaw."""
    import duckdb

    n_again = n_rows // AGAIN_EVERY
    n_fresh = n_rows - n_again
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(
        f"COPY ({_SELECT.format(source=_SOURCE.format(n_fresh=n_fresh, n_again=n_again))}) "
        f"TO '{path}' (FORMAT parquet)"
    )

    def each(every: int) -> int:
        return (n_fresh - 1) // every + 1

    null_scores = connection.execute(
        f"SELECT count(*) FROM '{path}' WHERE score IS NULL"
    ).fetchone()
    return Planted(
        n_rows=n_rows,
        words=each(WORDS_EVERY),
        high=each(HIGH_EVERY),
        blanks=each(BLANK_EVERY),
        early=each(EARLY_EVERY),
        upper=each(UPPER_EVERY),
        slips=each(SLIP_EVERY),
        again=n_again,
        null_scores=0 if null_scores is None else int(null_scores[0]),
    )


# Rows 1, 7, 13 … of the fresh ones stand again at the end: none of these has a planted flaw, for a
# flaw stands where the row's number is a multiple of an even or five-fold figure.
_SOURCE = """
SELECT i FROM range({n_fresh}) t(i) UNION ALL SELECT 6 * i + 1 FROM range({n_again}) t(i)
WHERE (6 * i + 1) < {n_fresh}
"""

_SELECT = f"""
WITH numbered AS ({{source}}),
drawn AS (
  SELECT i, {", ".join(f"(hash(i * 31 + {k}) >> 11)::DOUBLE / 9007199254740992.0 AS u{k}" for k in range(1, 7))}
  FROM numbered
)
SELECT
  i AS id,
  'ORD-' || lpad(i::VARCHAR, 9, '0') AS order_no,
  50 + 10 * sqrt(-2 * ln(u1 + 1e-12)) * cos(2 * pi() * u2) AS temperature,
  exp(0.8 * sqrt(-2 * ln(u3 + 1e-12)) * cos(2 * pi() * u4))
    * CASE WHEN i % {HIGH_EVERY} = 0 THEN 100000 ELSE 1 END AS amount,
  CASE WHEN u5 < 0.03 THEN NULL ELSE u3 * 100 END AS score,
  (u4 * 1000)::INTEGER AS quantity,
  (u5 * 10)::INTEGER AS rating,
  CASE WHEN i % {SLIP_EVERY} = 0 THEN 'Nothern'
       ELSE (['Northern', 'Southern', 'Eastern', 'Western'])[1 + floor(u1 * 4)::INTEGER] END AS region,
  CASE WHEN i % {BLANK_EVERY} = 0 THEN '  '
       ELSE (['new', 'open', 'closed', 'shipped', 'cancelled'])[1 + floor(u2 * 5)::INTEGER] END AS status,
  'SKU-' || chr(65 + floor(u3 * 26)::INTEGER) || lpad(floor(u4 * 100000)::INTEGER::VARCHAR, 5, '0') AS sku,
  DATE '2020-01-01' + floor(u4 * 1000)::INTEGER AS order_date,
  TIMESTAMP '2020-01-01' + to_seconds(floor(u4 * 86400000)::BIGINT) AS placed_at,
  TIMESTAMP '2020-01-01' + to_seconds(floor(u4 * 86400000)::BIGINT
    + CASE WHEN i % {EARLY_EVERY} = 0 THEN -3600 ELSE floor(u5 * 360000)::BIGINT END) AS shipped_at,
  u6 < 0.2 AS express,
  CASE WHEN u6 < 0.3 THEN NULL ELSE u6 < 0.5 END AS gift,
  'please deliver ' || (['before', 'after'])[1 + floor(u1 * 2)::INTEGER] || ' '
    || floor(u2 * 1000000)::INTEGER || ' and call ' || floor(u3 * 10000)::INTEGER AS note,
  CASE WHEN i % {UPPER_EVERY} = 0 THEN 'User' || i || '@Example.COM'
       ELSE 'user' || i || '@example.com' END AS email,
  CASE WHEN u6 < 0.2 THEN '+1 212 ' || lpad(floor(u1 * 10000000)::INTEGER::VARCHAR, 7, '0')
       ELSE '(212) ' || lpad(floor(u1 * 1000)::INTEGER::VARCHAR, 3, '0') || '-'
         || lpad(floor(u2 * 10000)::INTEGER::VARCHAR, 4, '0') END AS phone,
  'EUR' AS currency,
  CASE WHEN i % {WORDS_EVERY} = 0 THEN 'broken' ELSE floor(u3 * 10000)::INTEGER::VARCHAR END AS reading
FROM drawn
"""
