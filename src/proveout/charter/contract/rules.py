"""The quality rules of a contract."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from proveout.charter.contract.names import BASIS, ORDER, custom
from proveout.charter.contract.observed import ObservedField, ObservedTable
from proveout.charter.schema import DataField

_SEVERITY = {"declared": "error", "observed": "info"}
_USUAL = 0.8
"""Share of values from which a way of writing is one to expect."""
_LONGEST = 60
"""Characters of a value that a description shows."""


def declared(field: DataField, *, required: bool) -> Iterator[dict[str, Any]]:
    """Yield the rules that the charter makes of one column."""
    if required:
        yield _library("missingValues", "completeness", "Every record has a value.", mustBe=0)
    if field.values:
        yield _library(
            "invalidValues", "conformity", "No other values are allowed.",
            arguments={"validValues": list(field.values)}, mustBe=0,
        )  # fmt: skip
    if field.pattern is not None:
        yield _library(
            "invalidValues", "conformity", "The whole value matches.",
            arguments={"pattern": f"^(?:{field.pattern})$"}, mustBe=0,
        )  # fmt: skip


def observed(
    seen: ObservedField, field: DataField, table: ObservedTable, *, required: bool
) -> Iterator[dict[str, Any]]:
    """Yield what was seen of one column, where nothing of its kind is declared."""
    when = f"Observed on {table.on} in {table.n_rows:,} records"
    if not required and table.n_rows:
        yield _missing(seen, table.n_rows, when)
    if seen.values is not None and not field.values and field.pattern is None:
        yield _seen(
            "invalidValues", "conformity",
            f"{when}: these are all {len(seen.values)} values that occur.",
            arguments={"validValues": list(seen.values)}, mustBe=0,
        )  # fmt: skip
    if seen.low is not None and seen.high is not None:
        low, high = (text[:_LONGEST] for text in (seen.low, seen.high))
        yield _text(f"{when}: values lie from {low} to {high}.", "observed", "conformity")
    if seen.pattern is not None and field.pattern is None and (seen.pattern_share or 0) >= _USUAL:
        yield _text(
            f"{when}: {seen.pattern_share:.1%} of the values are written as "
            f"'{seen.pattern[:_LONGEST]}' (A and a are letters, 9 is a digit).",
            "observed", "consistency",
        )  # fmt: skip


def of_key(key: Sequence[str], table: ObservedTable) -> Iterator[dict[str, Any]]:
    """Yield the rule that the declared key names one record."""
    if not key:
        return
    more = ""
    if table.n_duplicate_keys is not None:
        n = table.n_duplicate_keys
        had = "record had" if n == 1 else "records had"
        more = f" On {table.on}, {n:,} of {table.n_rows:,} {had} the key of another."
    yield _library(
        "duplicateValues", "uniqueness", f"The key names one record.{more}",
        arguments={"properties": list(key)}, mustBe=0,
    )  # fmt: skip


def of_order(earlier: str, later: str) -> dict[str, Any]:
    """Return the rule that one moment cannot come before another."""
    rule = _text(f"{later} is not before {earlier}.", "declared", "consistency")
    rule["customProperties"] += custom({ORDER: {"earlier": earlier, "later": later}})
    return rule


def of_rows(table: ObservedTable) -> Iterator[dict[str, Any]]:
    """Yield how many records were seen."""
    if table.n_rows:
        yield _seen(
            "rowCount", "coverage",
            f"Observed on {table.on}: {table.n_rows:,} records. An empty table is no extract.",
            mustBeGreaterThan=0,
        )  # fmt: skip


def of_age(table: ObservedTable) -> Iterator[dict[str, Any]]:
    """Yield how old the newest record was."""
    if table.newest_age_hours is not None:
        age = f"{table.newest_age_hours:,.1f} hours"
        yield _text(
            f"Observed on {table.on}: the newest record was {age} old.", "observed", "timeliness"
        )


def _missing(seen: ObservedField, n_rows: int, when: str) -> dict[str, Any]:
    if not seen.n_missing:
        what = f"{when}: every one has a value."
        return _seen("missingValues", "completeness", what, mustBe=0)
    share = seen.n_missing / n_rows
    most = math.ceil(1e4 * (share if seen.missing_at_most is None else seen.missing_at_most)) / 100
    return _seen(
        "missingValues", "completeness",
        f"{when}: {share:.2%} have no value. The limit is the upper end of the 95 % interval.",
        unit="percent", mustBeLessOrEqualTo=min(100.0, most),
    )  # fmt: skip


def _library(metric: str, dimension: str, description: str, **more: Any) -> dict[str, Any]:
    return _rule(metric, dimension, description, "declared", more)


def _seen(metric: str, dimension: str, description: str, **more: Any) -> dict[str, Any]:
    return _rule(metric, dimension, description, "observed", more)


def _rule(
    metric: str, dimension: str, description: str, basis: str, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "library",
        "metric": metric,
        **more,
        "dimension": dimension,
        "severity": _SEVERITY[basis],
        "description": description,
        "customProperties": custom({BASIS: basis}),
    }


def _text(description: str, basis: str, dimension: str) -> dict[str, Any]:
    return {
        "type": "text",
        "dimension": dimension,
        "severity": _SEVERITY[basis],
        "description": description,
        "customProperties": custom({BASIS: basis}),
    }
