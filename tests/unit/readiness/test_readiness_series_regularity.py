"""Whether deliveries come when they should."""

from __future__ import annotations

from datetime import date

import pytest

from proveout.checks.readiness.series.deliveries import Delivery, Series, arranged
from proveout.checks.readiness.series.periods import dated
from proveout.checks.readiness.series.regularity import Rhythm, calendar, overdue
from proveout.intake.table import FileRead, TablePart


def series(*names: str) -> Series:
    """Make a series of files with these names; nothing is in them."""
    found = dated(names)
    assert found is not None
    return Series(
        stem="",
        ordered_by="names",
        deliveries=tuple(
            Delivery(
                part=TablePart(
                    name=name, table=None, file=FileRead(name=name, n_bytes=0, format="csv")  # type: ignore[arg-type]
                ),
                position=at, label=name, period=each.period, n_rows=100,
            )
            for at, (name, each) in enumerate(zip(names, found, strict=True))
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("names", "rhythm", "missing"),
    [
        (("2013-11.csv", "2013-12.csv", "2014-02.csv", "2014-03.csv"), "monthly", ["2014-01"]),
        (("2013-W50.csv", "2013-W51.csv", "2013-W52.csv", "2014-W02.csv"), "weekly", ["2014-W01"]),
        # A day of each month is a delivery for the month.
        (("2013-01-31.csv", "2013-02-28.csv", "2013-03-29.csv", "2013-05-31.csv"), "monthly",
         ["2013-04"]),
        # Nobody delivers at weekends: 6 and 7 July 2013 are not missing, the 10th is.
        (("2013-07-03.csv", "2013-07-04.csv", "2013-07-05.csv", "2013-07-08.csv",
          "2013-07-09.csv", "2013-07-11.csv"), "weekdays", ["2013-07-10"]),
    ],
)  # fmt: skip
def test_the_rhythm_is_found_and_what_is_missing_is_named(
    names: tuple[str, ...], rhythm: str, missing: list[str]
) -> None:
    """By the periods in the names."""
    found = calendar(series(*names), None)

    assert found is not None
    assert found.rhythm == rhythm
    assert [period.label for period in found.missing] == missing


def test_deliveries_without_any_rhythm_have_none_missing() -> None:
    """Not told, instead of guessed."""
    assert calendar(series("2013-01-02.csv", "2013-01-05.csv", "2013-03-30.csv"), None) is None


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2014, 1, 5), []),
        # Due until the fifth day after its end.
        (date(2014, 2, 5), []),
        (date(2014, 2, 6), ["2014-01"]),
        (date(2014, 3, 10), ["2014-01", "2014-02"]),
    ],
)
def test_a_delivery_is_late_once_its_days_of_grace_are_over(today: date, late: list[str]) -> None:
    """Only where the charter says how often it comes."""
    rhythm: Rhythm = "monthly"
    found = calendar(series("2013-11.csv", "2013-12.csv"), rhythm)

    assert found is not None
    assert [period.label for period in overdue(found, 5, today)] == late


def test_a_file_by_itself_belongs_to_the_series_whose_name_it_goes_on_from() -> None:
    """'2013-03b' is another delivery for March, not a series of one; two alike are a series."""
    names = ("2013-01.csv", "2013-02.csv", "2013-03.csv", "2013-03b.csv", "2013-04.csv")
    others = ("2013-01 fr.csv", "2013-02 fr.csv")

    assert [len(each.deliveries) for each in arranged_by_name(*names)] == [5]
    assert [len(each.deliveries) for each in arranged_by_name(*names, *others)] == [5, 2]


def arranged_by_name(*names: str) -> list[Series]:
    """Put files with these names in order; nothing is in them."""
    return arranged(
        [each.part for each in series(*names).deliveries],
        n_rows=[100] * len(names), days=[None] * len(names), fingerprints=list(names),
    )  # fmt: skip
