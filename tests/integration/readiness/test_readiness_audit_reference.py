"""The audit counts what a slow, plain reference counts."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readiness_audit_tables import NOW, figures, opened, run

# Ibis asks DuckDB in a way that DuckDB is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

_SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "amount": pa.float64(),
        "code": pa.string(),
        "began": pa.timestamp("us"),
        "ended": pa.timestamp("us"),
        "site": pa.string(),
    }
)
_MOMENTS = st.sampled_from(
    [datetime(2024, 1, 1), datetime(2024, 3, 1), datetime(2030, 1, 1), datetime(1850, 1, 1)]  # noqa: DTZ001 - as stored
)
_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.integers(1, 6),
            "amount": st.none() | st.sampled_from([0.0, -5.0, 3.5, math.nan, math.inf]),
            "code": st.none() | st.sampled_from(["", "  ", "A1", "b2", "12", "1e400", "-"]),
            "began": st.none() | _MOMENTS,
            "ended": st.none() | _MOMENTS,
            "site": st.none() | st.sampled_from(["north", "south"]),
        }
    ),
    min_size=1,
    max_size=25,
)
_DATA = {
    "key": ["id"],
    "timestamp": "began",
    "site_column": "site",
    "required": ["amount", "code"],
    "order": [{"earlier": "began", "later": "ended"}],
    "fields": {
        "amount": {"min": 0, "max": 100},
        "code": {"pattern": "[A-Z][0-9]"},
    },
}


def _reference(records: list[dict[str, Any]]) -> dict[tuple[str, ...], float]:
    """Count row by row what the charter above asks for."""
    frame = pd.DataFrame(records, columns=_SCHEMA.names, dtype=object)

    def is_missing(value: Any) -> bool:
        return (
            value is None
            or (isinstance(value, float) and math.isnan(value))
            or (isinstance(value, str) and not value.strip())
        )

    n = len(frame)
    found: dict[tuple[str, ...], float] = {}
    gaps = {name: [is_missing(v) for v in frame[name]] for name in frame}
    for name in frame:
        found["completeness", name] = 1 - sum(gaps[name]) / n
    sites = ["(none)" if s is None else s for s in frame["site"]]
    for name in ("amount", "code"):
        found["required_completeness", name] = found["completeness", name]
        for site in set(sites):
            here = [gap for gap, at in zip(gaps[name], sites, strict=True) if at == site]
            found["required_completeness", name, site] = 1 - sum(here) / len(here)
    lacking = [a or c for a, c in zip(gaps["amount"], gaps["code"], strict=True)]
    found["record_completeness",] = 1 - sum(lacking) / n
    low = [
        not g and not 0 <= v <= 100 for v, g in zip(frame["amount"], gaps["amount"], strict=True)
    ]
    odd = [not g and v != "A1" for v, g in zip(frame["code"], gaps["code"], strict=True)]
    for name, broken in (("amount", low), ("code", odd)):
        present = n - sum(gaps[name])
        if present:
            found["out_of_range", name] = sum(broken) / present
    now = NOW.replace(tzinfo=None)
    late = [
        (b is not None and (b > now or b.year < 1900))
        or (b is not None and e is not None and e < b)
        for b, e in zip(frame["began"], frame["ended"], strict=True)
    ]
    found["timestamp_conflicts",] = sum(late) / n
    bad = [any(each) for each in zip(lacking, low, odd, late, strict=True)]
    rows = [
        tuple("nan" if isinstance(v, float) and math.isnan(v) else v for v in row)
        for row in frame.itertuples(index=False, name=None)
    ]
    found["duplicate_rows",] = 1 - len(set(rows)) / n
    keys = [key for key in frame["id"] if key is not None]
    if keys:
        found["duplicate_keys",] = 1 - len(set(keys)) / len(keys)
    groups: dict[Any, list[bool]] = {}
    for row, is_bad in zip(rows, bad, strict=True):
        groups.setdefault(row if row[0] is None else row[0], []).append(is_bad)
    repeated = sum(len(group) - 1 for group in groups.values())
    found["exceptions", "duplicate"] = repeated / n
    more = sum(len(group) - 1 - sum(group) for group in groups.values() if sum(group) < len(group))
    found["exceptions",] = (sum(bad) + more) / n
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_RECORDS)
def test_the_audit_counts_as_a_plain_loop_does(records: list[dict[str, Any]]) -> None:
    """Every share equals the one that a loop over the rows gives."""
    table = pa.Table.from_pylist(records, schema=_SCHEMA)

    found = figures(run(_DATA, opened(table)))

    wanted = _reference(records)
    assert {name: round(found[name].value, 12) for name in wanted} == {
        name: round(value, 12) for name, value in wanted.items()
    }
