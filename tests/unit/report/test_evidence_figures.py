"""How figures are written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_report import fact

from proveout.evidence.figures import figure, full_figure, short_hash, span, spanned_figure
from proveout.evidence.model import Interval


def between(low: float, high: float) -> Interval:
    return Interval(low=low, high=high, level=0.95, method="wilson")


@pytest.mark.parametrize(
    ("value", "unit", "interval", "written"),
    [
        # As many digits as half the interval's width supports, and no more.
        (0.87224, "fraction", between(0.8711, 0.8734), "87.2 %"),
        (0.87224, "fraction", between(0.80, 0.94), "87 %"),
        (0.5, "fraction", between(0.49999, 0.50001), "50.000 %"),
        # A full count has no interval; one decimal of a percentage is enough.
        (0.97551, "fraction", None, "97.6 %"),
        # A share that is not everything never looks like everything, nor like nothing.
        (0.99995, "fraction", None, "99.995 %"),
        (0.00003, "fraction", None, "0.003 %"),
        (1.0, "fraction", None, "100 %"),
        # Counts have thousands separators and no unit.
        (336776, "count", None, "336,776"),
        (1, "flag", None, "yes"),
        (0, "flag", None, "no"),
        (0.25, "s", None, "0.250 s"),
        (48213.7, "rows/s", between(47000, 49500), "48,214 rows/s"),
        # What it is counted for is said in words.
        (17.83, "minutes/flight", between(16.9, 18.7), "17.8 minutes a flight"),
        # Large money is not known to the unit either.
        (2516027.0, "USD", between(1729678, 3272683), "2,520,000 USD"),
        (2398.0, "EUR/month", between(2260, 2540), "2,400 EUR a month"),
    ],
)
def test_a_figure_has_its_unit_and_no_more_digits_than_its_interval_supports(
    value: float, unit: str, interval: Interval | None, written: str
) -> None:
    """A figure is written in its unit, with the digits that the interval supports."""
    assert figure(value, unit, interval).replace(" ", " ") == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (654.2, "EUR/month", "654 EUR a month"),
        (12.34, "EUR", "12.34 EUR"),
        (0.5, "EUR", "0.50 EUR"),
        (0.000412, "USD/request", "0.000412 USD a request"),
        (3, "CHF/invoice", "3 CHF an invoice"),
    ],
)
def test_money_reads_as_money(value: float, unit: str, written: str) -> None:
    """What it is paid for is said in words, and a cent has two digits."""
    assert figure(value, unit) == written


def test_what_money_is_paid_for_is_said_once() -> None:
    """Beside the value; or not at all, where the sentence says it."""
    found = fact("cost.monthly", 654.2, half_width=40, n=200)
    month = replace(found, unit="EUR/month")

    assert full_figure(month) == "654 EUR a month (614 to 694 EUR; n = 200)"
    assert spanned_figure(month, unit="EUR") == "654 EUR (614 to 694 EUR)"


def test_an_interval_names_its_unit_once() -> None:
    """The unit stands behind the upper end only."""
    assert span(between(0.8711, 0.8734), "fraction").replace(" ", " ") == "87.1 to 87.3 %"


def test_a_full_figure_is_evidence() -> None:
    """Value, interval and sample size stand together."""
    evidence = fact("quality.accuracy", 0.8722, half_width=0.0011, n=336776)

    assert full_figure(evidence).replace(" ", " ") == "87.2 % (87.1 to 87.3 %; n = 336,776)"


def test_a_short_hash_keeps_its_kind() -> None:
    """The eye gets twelve digits and the kind of the digest."""
    assert short_hash("sha256:" + "ab" * 32) == "sha256:abababababab"


@given(st.floats(0, 1), st.floats(1e-9, 0.5))
def test_a_share_strictly_between_never_reads_as_all_or_nothing_without_need(
    value: float, half: float
) -> None:
    """Any share can be written, whatever its interval."""
    written = figure(value, "fraction", between(value - half, value + half))

    assert written.endswith("%")
    assert 0 <= float(written.removesuffix(" %").replace(",", "")) <= 100
