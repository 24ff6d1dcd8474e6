"""Which period a file is for, read from the names of all files together."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.checks.readiness.series.periods import Period, dated, period_of_day

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TEMPLATES = (
    "{y}-{m:02d}.csv", "{y}{m:02d}.csv", "sales_{m:02d}_{y}.xlsx", "{mon}-{yy:02d}.csv",
    "{y} {mon}.csv", "year={y}/month={m:02d}/part-0.parquet", "{y}/{m:02d}/invoices.csv",
    "export_20260104_{y}-{m:02d}.csv", "supplier 4711 {m:02d}.{y}.csv",
)  # fmt: skip


@given(st.sampled_from(_TEMPLATES), st.integers(1990, 2040), st.integers(1, 12), st.integers(3, 30))
def test_the_months_of_a_series_are_read_however_they_are_written(
    template: str, year: int, month: int, n: int
) -> None:
    """The part of the name that moves on is the period; an export date that stays is not."""
    first = year * 12 + month - 1
    names = [
        template.format(y=at // 12, yy=at // 12 % 100, m=at % 12 + 1, mon=_MONTHS[at % 12])
        for at in range(first, first + n)
    ]

    found = dated(names)

    assert found is not None
    assert [each.period for each in found] == [Period("month", first + at) for at in range(n)]
    assert len({each.stem for each in found}) == 1


@given(st.dates(date(2001, 1, 1), date(2030, 1, 1)), st.integers(14, 60), st.randoms())
def test_days_are_put_in_order_whatever_order_the_files_come_in(
    first: date, n: int, shuffle: random.Random
) -> None:
    """'31.12.2013' comes before '01.01.2014'."""
    days = [first + timedelta(days=at) for at in range(n)]
    shuffle.shuffle(days)

    found = dated([f"{day:%d.%m.%Y}.csv" for day in days])

    assert found is not None
    assert [each.period for each in found] == [period_of_day(day, "day") for day in days]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["Q3 2013.xlsx", "Q4 2013.xlsx", "Q1 2014.xlsx"], ["2013-Q3", "2013-Q4", "2014-Q1"]),
        (["2013_KW52.csv", "2014_KW01.csv"], ["2013-W52", "2014-W01"]),
        (["Januar.csv", "Februar.csv", "März.csv"], ["January", "February", "March"]),
        # Running numbers, where nothing else is there.
        (["part-9.csv", "part-10.csv"], ["9", "10"]),
        # A second delivery for the same month has the month in its name too.
        (["2013-11.csv", "2013-11 (2).csv", "2013-12.csv"], ["2013-11", "2013-11", "2013-12"]),
        (["x_20130701_0300.csv", "x_20130701_1500.csv", "x_20130702_0300.csv"],
         ["2013-07-01 03:00", "2013-07-01 15:00", "2013-07-02 03:00"]),
        # Day and month: only one reading gives days that follow one another.
        (["07012013.csv", "07022013.csv", "07032013.csv"],
         ["2013-07-01", "2013-07-02", "2013-07-03"]),
    ],
)  # fmt: skip
def test_other_rhythms_are_read_too(names: list[str], labels: list[str]) -> None:
    """Quarters, weeks, month names, moments and numbers."""
    found = dated(names)

    assert found is not None
    assert [each.period and each.period.label for each in found] == labels


def test_names_without_a_period_tell_none() -> None:
    """Nothing is guessed: the order then comes from elsewhere."""
    assert dated(["customers.csv", "orders.csv", "items.csv"]) is None


def test_two_series_in_one_folder_are_told_apart_by_the_rest_of_their_names() -> None:
    """Each site sends its own file every month."""
    names = [f"{site}_2013-{month:02d}.csv" for month in range(1, 4) for site in ("north", "south")]

    found = dated(names)

    assert found is not None
    assert [each.stem for each in found] == ["north", "south"] * 3
