"""What the audit says of tables that are odd."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from readiness_audit_tables import figures, opened, run

from proveout.checks.readiness import sampling
from proveout.evidence.model import Evidence, Subject
from proveout.evidence.outcome import NotMeasured

# Ibis asks DuckDB in a way that DuckDB is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def _missed(findings: list[object]) -> dict[tuple[str, str], str]:
    return {
        (f.metric.removeprefix("readiness."), str(f.subject)): f.reason
        for f in findings
        if isinstance(f, NotMeasured)
    }


def test_a_source_without_records_is_not_measured() -> None:
    """Nothing in it is not the same as nothing wrong with it."""
    table = pa.table({"id": pa.array([], pa.int64()), "name": pa.array([], pa.string())})

    findings = run({"required": ["name"]}, opened(table, n_rejects=2))

    found = figures(findings)
    assert {name: e.value for name, e in found.items()} == {
        ("rows",): 0.0,
        ("rejects",): 1.0,
        ("remediation",): 1.0,  # the rejects
    }
    reason = "the source holds no records"
    assert _missed(findings) == {
        ("completeness", "source=orders"): reason,
        ("record_completeness", "source=orders"): reason,
        ("type_conformance", "source=orders"): reason,
        ("duplicate_rows", "source=orders"): reason,
        ("exceptions", "source=orders"): reason,
        ("timestamp_conflicts", "source=orders"): reason,
        ("constant_columns", "source=orders"): reason,
        ("required_completeness", "source=orders, column=name"): reason,
    }


def test_where_nothing_is_required_the_report_says_so() -> None:
    """'No figure' would leave the reader to guess whether the audit broke."""
    table = pa.table({"name": ["a", None]})

    findings = run({}, opened(table))

    assert _missed(findings)["required_completeness", "source=orders"] == (
        "no field is declared as required"
    )
    asked = _missed(run({"required": ["name"]}, opened(table)))
    assert ("required_completeness", "source=orders") not in asked


def test_names_of_columns_cannot_break_a_query() -> None:
    """Quotes, blanks, dots and words of SQL are names like any other."""
    names = ['say "so"', "two words", "a.b", "select", "n", "c0", "x_any", "", "é'"]
    table = pa.table({name: pa.array([i, i, 7]) for i, name in enumerate(names, start=1) if name})

    found = figures(run({}, opened(table)))

    assert {name[1] for name in found if name[0] == "completeness"} == {n for n in names if n}
    assert found["duplicate_rows",].value == pytest.approx(1 / 3)


def test_a_column_without_a_value_is_complete_in_nothing() -> None:
    """All missing is a completeness of 0, a constant, and no type to speak of."""
    table = pa.table(
        {"id": [1, 2], "text": pa.array([None, " "], pa.string()), "x": pa.array([None, math.nan])}
    )

    findings = run({}, opened(table))

    found = figures(findings)
    assert found["completeness", "text"].value == found["completeness", "x"].value == 0.0
    assert found["constant_columns",].details["columns"] == ["text", "x"]
    missed = _missed(findings)
    assert missed["type_conformance", "source=orders, column=x"] == "there is no value to judge"


def test_a_column_without_a_value_is_so_in_a_large_source_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sample of nothing but missing values has no rare ones."""
    monkeypatch.setattr(sampling, "SAMPLE_ROWS", 100)
    table = pa.table({"id": range(1_000), "text": pa.array([None] * 1_000, pa.string())})

    found = figures(run({}, opened(table)))

    assert found["completeness", "text"].value == 0.0


def test_infinite_figures_do_not_spread_into_the_evidence() -> None:
    """NaN is missing; infinity is a value, shown as text, and no part of mean or quartiles."""
    table = pa.table({"x": [1.0, 2.0, 3.0, 4.0, math.inf, -math.inf, math.nan]})

    found = figures(run({}, opened(table)))

    assert found["completeness", "x"].n == 7
    assert found["completeness", "x"].details["missing"] == 1
    assert found["completeness", "x"].details["high"] == "inf"
    assert found["completeness", "x"].details["mean"] == 2.5
    assert found["outliers", "x"].value == 0.0


def test_a_text_column_of_figures_shows_its_misfits() -> None:
    """One word among a thousand figures is 0.1 % of misfits, with the word as example."""
    table = pa.table({"reading": [str(i) for i in range(999)] + ["broken"]})

    found = figures(run({}, opened(table)))["type_conformance", "reading"]

    assert found.value == pytest.approx(0.999)
    assert found.interval is not None
    assert (found.interval.method, found.interval.low < 0.999 < found.interval.high) == (
        "wilson", True,
    )  # fmt: skip
    assert found.details["examples"] == ["broken"]
    assert found.details["found"] == "integer"


def test_a_required_column_that_is_absent_is_never_filled() -> None:
    """It counts as missing in every record, and the details say why."""
    found = figures(run({"required": ["owner"]}, opened(pa.table({"id": [1, 2, 3]}))))

    assert found["required_completeness", "owner"].value == 0.0
    why = "the source has no column of this name"
    assert found["required_completeness", "owner"].details["why"] == why
    assert found["record_completeness",].value == 0.0
    assert found["exceptions", "missing-required"].value == 1.0


def test_dates_in_text_are_held_to_their_own_format() -> None:
    """Another format, another zone and a day that never was are conflicts; a blank is not."""
    days = [f"2024-01-{day:02} 08:00" for day in range(1, 29)] * 2
    odd = ["2024-02-30 08:00", "03.01.2024", "2024-01-05 08:00+02:00"]
    table = pa.table({"at": [*days, *odd, "", None]})

    found = figures(run({}, opened(table)))["timestamp_conflicts",]

    assert found.value == pytest.approx(3 / 61)
    assert found.details["conflicts"] == [
        {"what": "at is no date in the form YYYY-MM-DD hh:mm", "n": 3}
    ]
    assert {example["at"] for example in found.details["examples"]} == set(odd)


def test_the_age_is_that_of_the_newest_record_not_in_the_future() -> None:
    """A record from the year 2100 does not make a stale source fresh."""
    moments = [datetime(2024, 5, 31, 12, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
    table = pa.table({"at": pa.array(moments, pa.timestamp("us", "UTC"))})

    found = figures(run({"timestamp": "at"}, opened(table)))

    assert found["newest_age",].value == 24.0
    assert found["timestamp_conflicts",].value == 0.5


def test_values_are_looked_up_in_the_list_they_refer_to() -> None:
    """What the list does not hold is unresolved, also where both write the type differently."""
    orders = opened(pa.table({"sku": ["1", "2", "2", "9", None]}))
    parts = opened(pa.table({"no": [1, 2, None]}), name="parts")

    findings = run(
        {"references": [{"column": "sku", "source": "parts", "key": "no"},
                        {"column": "sku", "source": "gone", "key": "no"}]},
        orders, lists=[parts],
    )  # fmt: skip

    found = figures(findings)["unresolved_references", "sku"]
    assert (found.value, found.n) == (0.25, 4)
    assert _missed(findings)["unresolved_references", "source=orders, column=sku"] == (
        "there is no gone.no to look values up in"
    )


def test_each_reference_shows_its_own_examples() -> None:
    """A reference that resolves everywhere has none; all of them together show some of each."""
    columns = {"id": [1, 2, 3], "sku": list("axy"), "by": list("ppp"), "to": list("qqz")}
    orders = opened(pa.table(columns))
    parts = opened(pa.table({"no": ["a"]}), name="parts")
    people = opened(pa.table({"who": ["p", "q"]}), name="people")

    found = figures(
        run(
            {"key": ["id"],
             "references": [{"column": "sku", "source": "parts", "key": "no"},
                            {"column": "by", "source": "people", "key": "who"},
                            {"column": "to", "source": "people", "key": "who"}]},
            orders, lists=[parts, people],
        )
    )  # fmt: skip

    shown = {name: found["unresolved_references", name].details for name in ("sku", "by", "to")}
    assert {name: (each["count"], each.get("examples")) for name, each in shown.items()} == {
        "sku": (2, [{"id": "2", "sku": "x"}, {"id": "3", "sku": "y"}]),
        "by": (0, None),
        "to": (1, [{"id": "3", "to": "z"}]),
    }
    assert found["exceptions", "unresolved-reference"].details["examples"] == [
        {"id": "2", "sku": "x"}, {"id": "3", "to": "z"}, {"id": "3", "sku": "y"},
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["t1", "t2", "t3"])
def test_a_list_may_be_referred_to_twice_whatever_the_tables_are_called(name: str) -> None:
    """Names that the query builder gives to parts of a query hide no table of the user."""
    connection = ibis.duckdb.connect()
    connection.raw_sql(f"CREATE TABLE {name} AS SELECT 'p' AS made_by, 'z' AS sent_to")
    connection.raw_sql("CREATE TABLE people AS SELECT 'p' AS who")
    people, orders = (
        replace(opened(pa.table({"id": [1]}), name=kind), table=connection.table(table))
        for kind, table in (("people", "people"), ("orders", name))
    )

    found = figures(
        run(
            {"references": [{"column": "made_by", "source": "people", "key": "who"},
                            {"column": "sent_to", "source": "people", "key": "who"}]},
            orders, lists=[people],
        )
    )  # fmt: skip

    assert found["unresolved_references", "made_by"].value == 0.0
    assert found["unresolved_references", "sent_to"].value == 1.0


def test_the_site_that_writes_otherwise_is_named() -> None:
    """Sources are compared with each other, the same field at every site."""
    north = opened(pa.table({"day": ["2024-01-05"] * 300}), name="north", site="North")
    south = opened(pa.table({"day": ["05.01.2024"] * 200}), name="south", site="South")

    found = figures(run({}, north, south))["format_divergence", "day"]

    assert found.value == 1.0
    assert found.subject == Subject.of(source="south", column="day")
    assert found.details["by"] == "site"
    assert found.details["there"] in ({"9999-99-99": 1.0}, {"99.99.9999": 1.0})


def test_a_table_of_many_columns_is_one_batch_of_bounded_queries() -> None:
    """Two hundred and fifty columns are no special case."""
    table = pa.table({f"f{i}": pa.array([i, i + 1, None]) for i in range(250)})

    found = figures(run({}, opened(table)))

    assert sum(name[0] == "completeness" for name in found) == 250
    assert all(found["completeness", f"f{i}"].details["missing"] == 1 for i in range(250))


def test_a_large_source_is_sampled_for_formats_and_counted_for_all_else(
    tmp_path: Path,
) -> None:
    """The same seed draws the same rows; the details say what rests on them; all else is exact."""
    connection = ibis.duckdb.connect()
    file = tmp_path / "large.parquet"
    connection.raw_sql(
        "COPY (SELECT i AS id, 'X-' || i AS code, CASE WHEN i % 1000 = 0 THEN NULL ELSE i END AS v "
        f"FROM range(200000) t(i)) TO '{file}' (FORMAT parquet)"
    )
    source = opened(pa.table({"id": [1]}))
    large = type(source)(
        name="large", source=source.source, table=connection.read_parquet(file),
        rejects=source.rejects, repairs=source.repairs, fingerprint="sha256:01",
    )  # fmt: skip

    first, second = figures(run({}, large)), figures(run({}, large))

    assert first["completeness", "v"].details["missing"] == 200
    code = first["format_consistency", "code"]
    assert abs(code.n - sampling.SAMPLE_ROWS) < 0.2 * sampling.SAMPLE_ROWS
    assert code.details["counted_on"] == "a sample of the values"
    assert first["duplicate_rows",].value == 0.0
    assert {k: e.as_dict() for k, e in first.items()} == {k: e.as_dict() for k, e in second.items()}


def test_without_production_there_is_nothing_to_audit() -> None:
    """The check says what it needs instead of passing."""
    from proveout.charter.schema import Charter
    from proveout.checks.readiness import CHECK

    needs = CHECK.needs(Charter(pilot="test"))

    assert [(need.what, need.next_step) for need in needs] == [
        (
            "data.production names no source of records",
            "Name the data as production really holds it: data.production",
        )
    ]


def test_every_figure_is_declared_and_can_be_stored() -> None:
    """Details are plain JSON, whatever the types of the columns."""
    table = pa.table(
        {
            "when": pa.array([datetime(2024, 1, 1)] * 3, pa.timestamp("ns")),  # noqa: DTZ001
            "price": pa.array([1, 2, 3]).cast(pa.decimal128(30, 2)),
            "tags": pa.array([["a"], [], None], pa.list_(pa.string())),
            "ok": [True, False, None],
            "raw": pa.array([b"x", b"y", None], pa.binary()),
        }
    )

    found = [f for f in run({}, opened(table)) if isinstance(f, Evidence)]

    assert {f.id for f in found}
