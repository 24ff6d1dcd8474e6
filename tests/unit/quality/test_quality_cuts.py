"""Rows are cut by site, month, category, quartile and what is missing; no row is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proveout.charter.schema import Data
from proveout.checks.quality.cuts import MOST_VALUES, Cut, by_column, cuts


def sizes(cut: Cut) -> dict[str, int]:
    counts = np.bincount(cut.codes[cut.codes >= 0], minlength=len(cut.parts))
    return {name: int(n) for name, n in zip(cut.parts, counts, strict=True) if n}


def test_categories_are_parts_as_they_are_and_missing_values_are_one() -> None:
    """The most frequent first."""
    column = pd.Series(["EWR", "JFK", None, "EWR", "LGA", "EWR", "LGA"])

    assert sizes(by_column(column, "origin")) == {
        "origin=EWR": 3,
        "origin=LGA": 2,
        "origin=JFK": 1,
        "origin is missing": 1,
    }


def test_rare_categories_are_judged_together() -> None:
    """So that 10,000 values are not 10,000 parts; the name says how many they are."""
    common = [f"common{code}" for code in range(MOST_VALUES)] * 2
    column = pd.Series([*common, "rare1", "rare2", "rare3"])

    found = by_column(column, "dest")

    assert sizes(found)["dest=(3 rarer values)"] == 3
    assert sum(sizes(found).values()) == len(column)


def test_numbers_are_cut_into_quartiles() -> None:
    """Four parts of a quarter each."""
    column = pd.Series([*range(100), None], dtype="Int64")

    assert sizes(by_column(column, "distance")) == {
        "distance=0 to below 24.75": 25,
        "distance=24.75 to below 49.5": 25,
        "distance=49.5 to below 74.25": 25,
        "distance=74.25 to 99": 25,
        "distance is missing": 1,
    }


def test_few_distinct_numbers_are_parts_of_their_own() -> None:
    """A number of seats, a class code: 1.0 is shown as 1."""
    assert sizes(by_column(pd.Series([1.0, 2.0, 1.0]), "class")) == {"class=1": 2, "class=2": 1}


def test_lists_are_told_apart_by_their_text() -> None:
    """As JSON Lines have them."""
    found = sizes(by_column(pd.Series([["a"], ["a", "b"], ["a"]]), "tags"))

    assert found == {"tags=['a']": 2, "tags=['a', 'b']": 1}


def test_quartiles_that_coincide_are_one() -> None:
    """More than half of the rows have the same value."""
    column = pd.Series([0] * 90 + list(range(1, 21)))

    found = sizes(by_column(column, "delay"))

    assert sum(found.values()) == 110
    assert len(found) <= 2


def test_a_charter_gives_site_month_slices_and_missing_inputs() -> None:
    """Site and period are kinds of their own; only inputs that are ever missing make a part."""
    frame = pd.DataFrame(
        {
            "__site": ["Newark", "Kennedy", "Newark"],
            "when": ["2013-01-31 23:00", "2013-02-01 00:00", None],
            "carrier": ["UA", "UA", "B6"],
            "dep_delay": [1.0, None, None],
            "distance": [1, 2, 3],
        }
    )
    data = Data(timestamp="when", slices=("carrier",))

    found = cuts(frame, data, ["carrier", "dep_delay", "distance"])

    assert [(cut.kind, cut.column, sizes(cut)) for cut in found] == [
        ("site", "__site", {"Newark": 2, "Kennedy": 1}),
        ("period", "when", {"2013-01": 1, "2013-02": 1}),
        ("slice", "carrier", {"carrier=UA": 2, "carrier=B6": 1}),
        ("slice", "dep_delay", {"dep_delay is missing": 2}),
    ]


def test_the_declared_site_column_goes_before_the_site_of_the_source() -> None:
    """One source may hold several sites."""
    frame = pd.DataFrame({"__site": ["all", "all"], "origin": ["EWR", "JFK"]})

    found = cuts(frame, Data(site_column="origin"), [])

    assert [sizes(cut) for cut in found] == [{"EWR": 1, "JFK": 1}]


def test_without_anything_declared_there_is_nothing_to_cut_by() -> None:
    """A source without a site has none."""
    frame = pd.DataFrame({"__site": [None, None], "x": [1, 2]})

    assert cuts(frame, Data(), ["x"]) == []
