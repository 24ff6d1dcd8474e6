"""Records as columns of the archive, and back."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fixtures.prediction_log import NOON, record
from proveout.runtime.log.columns import schema
from proveout.runtime.log.rows import records_of, table_of
from proveout.runtime.record import Record


def test_every_field_of_a_record_has_a_column() -> None:
    """Nothing of a record is left behind when it is archived."""
    assert set(Record.__struct_fields__) | {"ended_at"} == set(schema().names)


@given(
    st.builds(
        record,
        st.text(min_size=1, alphabet="abc"),
        cost=st.integers(0, 2**63 - 1),
        at=st.integers(0, 4_000_000_000_000_000).map(lambda us: us / 1_000_000),
        confidence=st.none() | st.floats(0, 1),
        reasons=st.sampled_from([(), ("low-confidence",), ("failure", "lost")]),
        notes=st.lists(st.text(), max_size=2).map(tuple),
        answer=st.none() | st.text(),
        input_tokens=st.none() | st.integers(0, 10**12),
        fallback=st.booleans(),
        team=st.none() | st.text(),
    )
)
def test_a_record_comes_back_as_it_was(written: Record) -> None:
    """Money exactly, moments to the microsecond."""
    assert list(records_of(table_of([written]))) == [written]


def test_money_is_in_the_currency_and_moments_have_a_zone() -> None:
    """What a database reads needs no explanation."""
    row = table_of([record("a", cost=1_500_000_001, at=NOON, seconds=0.5)]).to_pylist()[0]

    assert row["cost"] == Decimal("1.500000001")
    assert (row["at"].isoformat(), row["ended_at"].isoformat()) == (
        "2026-11-21T12:00:00+00:00",
        "2026-11-21T12:00:00.500000+00:00",
    )


def test_no_records_are_a_table_without_rows() -> None:
    """An empty log has columns all the same."""
    assert table_of([]).schema == schema()
