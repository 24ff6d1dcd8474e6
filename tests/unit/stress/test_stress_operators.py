"""What every corruption operator promises; a new one is held to it without further ado."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from proveout.checks.stress.columns import Kind, kinds_of
from proveout.checks.stress.operators import (
    OPERATORS,
    Damaged,
    Known,
    Operator,
    TooFewError,
    applicable,
    apply,
)

DAMAGING = {name: each for name, each in OPERATORS.items() if not each.replaces}
"""Those that damage records; the others put sound ones in their place."""

EVERY = pytest.mark.parametrize("operator", DAMAGING.values(), ids=DAMAGING.keys())


def a_sample() -> pd.DataFrame:
    """Rows with columns of every kind, with gaps, and a label and key that nobody may touch."""
    return _sample().copy()


@cache
def kinds_of_sample() -> dict[str, frozenset[Kind]]:
    sample = _sample()
    return {name: kinds_of(sample[name]) for name in sample if name not in ("id", "label")}


@cache
def _sample(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    days = pd.date_range("2013-01-01", periods=n, freq="7h")
    sample = pd.DataFrame(
        {
            "id": np.arange(n),
            "whole": rng.integers(1, 80, n),
            "fraction": rng.normal(1500, 300, n).round(2),
            "holed": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n).round(3)),
            "clock": rng.integers(0, 24, n) * 100 + rng.integers(0, 60, n),
            "origin": rng.choice(["EWR", "JFK", "LGA"], n),
            "name": [f"Zoë Smith {i} of Main Street" for i in range(n)],
            "letter": [
                f"Please pay invoice {4711 + i} for the café chairs, 12 in all, with the usual "
                "rebate. We do not need the colour chart! Thank you and kind regards from us."
                for i in range(n)
            ],
            "yes": rng.random(n) < 0.5,
            "moment": days,
            "ended": days + pd.to_timedelta(rng.integers(1, 500, n), unit="min"),
            "day": [moment.date() for moment in days],
            "written": days.strftime("%Y-%m-%d"),
            "written_time": days.strftime("%Y-%m-%d %H:%M:%S"),
            "label": rng.choice(["late", "on time"], n),
        }
    )
    sample.loc[::9, "origin"] = None
    return sample


def damaged(operator: Operator, sample: pd.DataFrame, severity: float, seed: int = 7) -> Damaged:
    columns, why_not = applicable(operator, kinds_of_sample(), sample)
    assert why_not is None
    rng = np.random.default_rng(2)
    known = Known(confidence=rng.random(len(sample)), truth=sample["label"].to_numpy())
    return apply(operator, sample, columns, severity=severity, seed=seed, known=known)


def same(one: Damaged, other: Damaged) -> bool:
    return len(one.parts) == len(other.parts) and all(
        mine.equals(theirs) for mine, theirs in zip(one.parts, other.parts, strict=True)
    )


@EVERY
@pytest.mark.parametrize(
    ("severity", "rows"),
    [(0.05, 10), (0.25, 50), (0.0125, 3), (1.0, 200)],  # 2.5 rows are three
)
def test_hits_exactly_the_share_of_rows(operator: Operator, severity: float, rows: int) -> None:
    """The severity is the share of rows that are hit, rounded to whole rows, halves up."""
    found = damaged(operator, a_sample(), severity)

    assert len(found.hit) == len(set(found.hit.tolist())) == rows
    arrived = sorted({position for part in found.parts for position in part.index})
    assert arrived == sorted(found.hit.tolist())


@EVERY
def test_is_nothing_at_severity_zero(operator: Operator) -> None:
    """Severity 0 leaves the sample alone."""
    found = damaged(operator, a_sample(), 0.0)

    assert (found.parts, found.hit.tolist()) == ((), [])


@EVERY
def test_repeats_itself_with_the_same_seed(operator: Operator) -> None:
    """The same seed gives the same damage, down to the cell."""
    assert same(damaged(operator, a_sample(), 0.25), damaged(operator, a_sample(), 0.25))


@EVERY
def test_changes_nothing_in_the_sample_it_is_given(operator: Operator) -> None:
    """An operator is pure: the clean rows stay clean, so that they can be compared."""
    sample = a_sample()

    damaged(operator, sample, 0.5)

    pd.testing.assert_frame_equal(sample, a_sample())


@EVERY
def test_never_touches_label_or_key(operator: Operator) -> None:
    """Columns that are not open to damage arrive as they were."""
    sample = a_sample()

    for part in damaged(operator, sample, 0.5).parts:
        for name in ("id", "label"):
            assert part[name].tolist() == sample[name].iloc[part.index].tolist()


@EVERY
def test_changes_something(operator: Operator) -> None:
    """Damage shows: in the cells, in the columns, or in the number of rows."""
    sample = a_sample()

    found = damaged(operator, sample, 0.5)

    assert not (len(found.parts) == 1 and found.parts[0].equals(sample.iloc[found.hit]))


@EVERY
def test_keeps_rows_and_columns_in_their_order(operator: Operator) -> None:
    """Unless the shape is what it damages, each row that is hit comes back once, in its place."""
    sample = a_sample()

    found = damaged(operator, sample, 0.25)

    shapes = [(part.index.tolist(), list(part.columns)) for part in found.parts]
    assert (shapes == [(found.hit.tolist(), list(sample.columns))]) is operator.keeps_shape


CHANGES_TYPES = {
    "locale-numbers",
    "unit-in-cell",
    "clock-format",
    "date-format",
    "moment-as-number",
    "delimiter-damage",
    "broken-off-rows",
    "emptied-column",
    "missing-where-unsure",
    "missing-values",  # a hole in whole numbers makes them fractions
    "missing-by-value",
    "swapped-columns",  # where a kind has a column too many
}


@pytest.mark.parametrize("name", sorted(DAMAGING.keys() - CHANGES_TYPES))
def test_leaves_types_alone_unless_that_is_the_point(name: str) -> None:
    """A number stays a number, text stays text; only notations and holes change a type."""
    operator, sample = OPERATORS[name], a_sample()

    for part in damaged(operator, sample, 0.25).parts:
        for column in part.columns.intersection(sample.columns):
            before, after = sample[column], part[column]
            assert pd.api.types.is_numeric_dtype(before) == pd.api.types.is_numeric_dtype(after)
            assert pd.api.types.is_datetime64_any_dtype(
                before
            ) == pd.api.types.is_datetime64_any_dtype(after)


@EVERY
def test_takes_no_rows_at_all(operator: Operator) -> None:
    """An empty sample has no damage."""
    columns = tuple(_sample().columns.drop(["id", "label"]))

    found = apply(operator, _sample().iloc[:0], columns[:3], severity=0.5, seed=1)

    assert found.parts == ()


@EVERY
def test_takes_rows_whose_values_are_all_missing(operator: Operator) -> None:
    """A hole that is hit stays a hole, or gets a value where that is the point."""
    sample = a_sample()
    columns, _ = applicable(operator, kinds_of_sample())
    holes = sample.copy()
    for name in columns:
        holes[name] = holes[name].where(np.arange(len(holes)) >= 150)  # values in the last rows

    found = apply(operator, holes, columns, severity=0.9, seed=1)

    assert len(found.hit) == 180


@EVERY
def test_says_what_it_stands_for(operator: Operator) -> None:
    """A report explains each kind of damage in words."""
    assert operator.name == operator.name.lower()
    assert len(operator.stands_for) > 20
    assert len(operator.does) > 20


@EVERY
def test_hits_more_of_the_same_rows_when_more_severe(operator: Operator) -> None:
    """A higher severity hits the rows of a lower one and more, so that the two compare."""
    light, heavy = (damaged(operator, a_sample(), severity) for severity in (0.05, 0.25))

    assert set(light.hit.tolist()) < set(heavy.hit.tolist())
    assert heavy.order[: len(light.hit)].tolist() == light.order.tolist()


@pytest.mark.parametrize("name", sorted(OPERATORS.keys() - DAMAGING.keys()))
def test_sound_rows_take_the_place_of_others(name: str) -> None:
    """Another mix of records: each that comes in is whole, and none comes in twice."""
    sample = a_sample()

    found = damaged(OPERATORS[name], sample, 0.1)

    (part,) = found.parts
    assert found.replaces
    assert len(part) == len(found.hit) == part.index.nunique() == 20
    pd.testing.assert_frame_equal(part, sample.loc[part.index])


def test_what_was_seen_once_does_not_come_in_twice() -> None:
    """Where the rare records are too few for so large a share, that is said."""
    sample = a_sample()
    sample["label"] = ["late"] * 5 + ["on time"] * 195

    with pytest.raises(TooFewError) as raised:
        damaged(OPERATORS["more-of-the-rare"], sample, 0.1)

    assert str(raised.value) == "the sample holds 5 such records, not 20"


def test_missing_where_unsure_hits_the_least_sure() -> None:
    """Which rows lose values is decided by the confidence of their clean answers."""
    sample = pd.DataFrame({"a": range(10), "b": range(10)})
    known = Known(confidence=np.array([0.9, 0.5, np.nan, 0.6, 0.7, 1, 1, 1, 1, 1]))

    found = apply(
        OPERATORS["missing-where-unsure"], sample, ("a", "b"), severity=0.3, seed=1, known=known
    )

    assert found.order.tolist() == [1, 3, 4]


def test_an_operator_without_columns_says_why_it_does_not_apply() -> None:
    """The reason names the kind of column that is wanted."""
    kinds = {"age": kinds_of(pd.Series([1, 2])), "empty": kinds_of(pd.Series([None, None]))}

    assert applicable(OPERATORS["date-format"], kinds) == (
        (),
        "it needs a column of kind moment; the inputs have 0",
    )
    assert applicable(OPERATORS["swapped-columns"], {"age": kinds["age"]}) == (
        (),
        "it needs 2 columns of kind any but prose; the inputs have 1",
    )
    alone = pd.DataFrame({"age": [1, 2]})
    assert applicable(OPERATORS["dropped-column"], {"age": kinds["age"]}, alone) == (
        (),
        "the inputs do not have a second column, which would be left",
    )
    days = pd.DataFrame({name: pd.to_datetime(["2013-01-01", "2013-01-02"]) for name in "ab"})
    moments = {name: kinds_of(days[name]) for name in "ab"}
    assert applicable(OPERATORS["conflicting-times"], moments, days) == (
        (),
        "the inputs do not have two times of which one comes first",
    )


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ([1, 2, 3], {"number"}),
        ([930, 1015, 1230, 1359, 1845, 5, 2100], {"number", "clock"}),
        ([930, 1015, 1230, 1360, 1845, 5, 2100], {"number"}),  # no hour has 60 minutes
        (["Please send the invoice again"] * 2, {"text", "category", "prose"}),
        ([1.5, None], {"number"}),
        ([True, False], set()),  # nothing here damages a truth value but its absence
        (["a", "b", "a", "b"], {"text", "category"}),
        ([f"name {i}" for i in range(100)], {"text"}),
        (
            ["2013-01-01", "2013-02-01", "2013-03-01", "2013-04-01", "2013-05-01"],
            {"text", "moment"},
        ),
        ([date(2013, 1, 1)], {"moment"}),
        ([None, None], set()),
    ],
)
def test_kinds_of_columns(column: list[object], kinds: set[str]) -> None:
    """A column is of the kinds that its values show."""
    assert kinds_of(pd.Series(column)) == kinds
