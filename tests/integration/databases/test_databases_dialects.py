"""What servers that are not at hand are asked: that it can be written, and what it would find.

The embedded engine stands in for each of them. It takes the way that is made for the other engine,
answers in its place, and every question is written in the other one's SQL as well.
"""

from __future__ import annotations

import pytest
import sqlglot
from audits import assert_same_gap, audit_tables, by_subject, figures, gap_tables
from messy_invoices import invoices, suppliers
from pretender import Pretender

from proveout.checks.contract import Finding
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

_SQL = {"mysql": "mysql", "mssql": "tsql", "snowflake": "snowflake", "bigquery": "bigquery",
        "trino": "trino"}  # fmt: skip


Figures = dict[tuple[str, ...], tuple[float, int]]

_HOLDS_ENDLESS = {"mysql": False, "mssql": False}


def _audited(engine: Pretender, *, endless: bool, times: int = 1) -> list[Finding]:
    records = engine.holding("invoices", invoices(2_500, endless=endless), times=times)
    return audit_tables(records, engine.holding("list", suppliers()))


@pytest.fixture(scope="module")
def plain() -> dict[bool, Figures]:
    """What the embedded engine finds under its own name, with and without NaN in the table."""
    return {
        endless: figures(_audited(Pretender("duckdb"), endless=endless))
        for endless in (True, False)
    }


@pytest.mark.parametrize("dialect", ["mysql", "snowflake", "bigquery", "trino", "postgres"])
def test_all_that_is_asked_can_be_written_for_the_engine(
    dialect: str, plain: dict[bool, Figures]
) -> None:
    """And its way of asking finds what the embedded engine's way finds."""
    other, endless = Pretender(dialect), _HOLDS_ENDLESS.get(dialect, True)

    found = figures(_audited(other, endless=endless))

    assert found == plain[endless]
    for question in other.asked:
        sqlglot.parse_one(question, dialect=_SQL.get(dialect, dialect))


def test_what_an_engine_cannot_be_asked_is_not_measured(plain: dict[bool, Figures]) -> None:
    """SQL Server knows no regular expressions: no half answers, and all else as elsewhere."""
    other = Pretender("mssql")

    found = _audited(other, endless=False)

    # What the audit yields beside it (no key columns missing, and so on) says nothing of patterns.
    said = {
        (f.metric.removeprefix("readiness."), str(f.subject.get("column") or f.subject.get("kind")))
        for f in found
        if isinstance(f, NotMeasured) and "patterns" in f.reason
    }
    assert said == {
        ("type_conformance", "due"), ("type_conformance", "quantity"), ("outliers", "quantity"),
        ("out_of_range", "invoice"), ("timestamp_conflicts", "None"),
        ("exceptions", "None"), ("exceptions", "wrong-type"), ("exceptions", "out-of-range"),
        ("exceptions", "timestamp-conflict"),
    }  # fmt: skip
    # How much there is to put right follows from all else.
    measured = {s: f for s, f in figures(found).items() if s[0] != "readiness.remediation"}
    assert measured == {subject: plain[False][subject] for subject in measured}
    for question in other.asked:
        sqlglot.parse_one(question, dialect="tsql")


@pytest.mark.parametrize("dialect", [*_SQL, "postgres"])
def test_a_large_table_is_asked_in_bounded_questions(dialect: str) -> None:
    """Beyond the size of a sample, texts of few values are counted by the server."""
    other = Pretender(dialect)

    found = _audited(other, endless=_HOLDS_ENDLESS.get(dialect, True), times=30)

    assert figures(found)["readiness.rows", "source=invoices"][0] == 75_780
    assert len(other.asked) < 40


@pytest.mark.parametrize("dialect", [*_SQL, "postgres"])
def test_the_sandbox_gap_can_be_asked_of_every_engine(dialect: str) -> None:
    """Production lies there; the pilot sample is a file."""
    own, other = Pretender("duckdb"), Pretender(dialect)
    production = invoices(1_000, endless=_HOLDS_ENDLESS.get(dialect, True))
    pilot = own.holding("pilot", invoices(150, seed=9))

    there = by_subject(gap_tables(pilot, other.holding("invoices", production)))
    here = by_subject(gap_tables(pilot, own.holding("invoices", production)))

    assert_same_gap(there, here)
