"""The section on what a month costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sample_report import fact, sample_report

from proveout.evidence.model import Evidence
from proveout.report import Report
from proveout.report.html import render_html
from proveout.report.html.rooms.cost import view

ONE: dict[str, Any] = {
    "prices_from": "the charter", "p95": 0.002, "share_of_dearest_tenth": 0.2, "guessed": 3,
}  # fmt: skip
MONTH: dict[str, Any] = {
    "users": 2000, "requests": 1_200_000, "discount": 0, "seats": 100, "fixed": 50,
    "by_meter": {"requests": {"quantity": 1_200_000, "cost": 1200}},
    "per_working_day": 1350 / 20, "budget_per_day": 67,
}  # fmt: skip
SHARE: dict[str, Any] = {
    "budget_per_month": 1000, "currency": "EUR",
    "to_fit": [
        {"kind": "users", "now": 2000, "needed": 1481, "words": "1,481 users instead of 2,000."},
        {"kind": "seats", "now": 100, "needed": None, "words": "Seats leave <nothing>."},
    ],
}  # fmt: skip


def costs(metric: str, value: float, unit: str, details: dict[str, Any]) -> Evidence:
    found = fact(metric, value, half_width=value / 20, n=200, details=details)
    return replace(found, unit=unit)


FOUND = (
    costs("cost.per_request", 0.001, "EUR/request", ONE),
    costs("cost.monthly", 1350, "EUR/month", MONTH),
    replace(fact("cost.budget_share", 1.35, half_width=0.07, n=200), details=SHARE),
)


def report_of(*evidence: Evidence) -> Report:
    return replace(sample_report(), evidence=evidence)


def test_without_a_month_there_is_no_section() -> None:
    """What was not measured does not stand there as a bill of nothing."""
    assert view(report_of(FOUND[0])) is None


def test_a_month_is_told_in_money_and_what_is_in_the_way_apart_from_the_ways_out() -> None:
    """With its interval, what was guessed, and the day that may cost too much."""
    shown = view(report_of(*FOUND))

    assert shown is not None
    assert shown.story.sentences == (
        "At full use, 2,000 users with 1,200,000 requests a month, a month costs 1,350 EUR "
        "(1,282 to 1,418 EUR; n = 200): 135 % (128 to 142 %) of the budget of 1,000 EUR.",
        "A thousand requests cost 1.00 EUR (0.95 to 1.05 EUR; n = 200), by the charter; one in "
        "twenty costs more than 2 times the average, and the dearest tenth makes 20 % of what "
        "requests cost.",
        "3 of 200 requests brought no answer that says what it took; they are taken to cost what "
        "the others do.",
        "A working day costs 68 EUR (64 to 71 EUR) on average, which may be more than "
        "the daily budget of 67 EUR.",
    )
    assert shown.story.ways_out == "To fit the budget, this would be enough"
    assert shown.story.to_fit == ("Fewer users: 1,481 users instead of 2,000.",)
    assert shown.story.in_the_way == ("Seats leave <nothing>.",)


def test_the_page_says_what_the_bill_rests_on_and_escapes_what_it_is_told() -> None:
    """A rehearsal is called one in the chart as well."""
    page = render_html(report_of(*(replace(each, basis="simulated") for each in FOUND)))

    assert "All of this comes from a simulation." in page
    assert "what one costs is simulated." in page
    assert "Seats leave &lt;nothing&gt;." in page
