"""The business case in the charter: what cannot be is refused, a rosier one is called looser."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from proveout.charter.sealing.comparing import compare

CASE = """
pilot: claims
kpis: [{{ name: minutes, unit: minutes, direction: lower }}]
value:
  returns:
    currency: EUR
    worth: [{{ kpi: minutes, per_unit: 0.5 }}]
    {}
"""
RETURNS: dict[str, Any] = {
    "currency": "EUR",
    "worth": [{"kpi": "minutes", "per_unit": {"likely": 0.5, "low": 0.4, "high": 0.7}}],
    "run_per_month": {"likely": 5_000, "low": 4_000, "high": 8_000},
    "exception_minutes": 3,
    "hourly_cost": 50,
}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("spent: -4", "A cost is not below zero.\n  Write it without a sign."),
        ("exception_rate: 5", "It is a share of cases, from 0 to 1.\n  For 5 % write 0.05."),
        ("exception_minutes: 5",
         "'exception_minutes' costs nothing without 'hourly_cost'.\n  Say what an hour costs."),
        ("training_hours: 3",
         "'training_hours' costs nothing without 'hourly_cost' and 'people'.\n  Give both."),
        ("exchange: {USD: 0.9}",
         "'exchange' holds rates of one day.\n  Say which: 'exchange_on'"),
        ("exchange: {EUR: 0.9}\n    exchange_on: 2026-01-05",
         "'exchange' gives a rate of EUR in itself.\n  Take it out."),
        ("rollout: {likely: 5, low: 7, high: 9}", "'likely' (5) is outside 7 to 9."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_write(
    line: str, told: str, complaint: Callable[[str | bytes], str]
) -> None:
    """Each mistake at its place, with the next step."""
    assert told in complaint(CASE.format(line))


@pytest.mark.parametrize(
    ("place", "value", "effect"),
    [
        # What promises a higher return than was sealed is looser.
        (("worth", 0, "per_unit", "likely"), 0.6, "looser"),
        (("worth", 0, "realised"), 0.5, "tighter"),
        (("run_per_month", "low"), 3_000, "looser"),
        (("run_per_month", "high"), 9_000, "tighter"),
        (("spent",), 10_000, "tighter"),
        (("discount_rate",), 0.03, "looser"),
        (("months",), 60, "looser"),
        (("ramp_months",), 1.0, "looser"),
        (("exception_minutes",), None, "looser"),
    ],
)
def test_a_return_that_is_made_rosier_is_called_looser(
    place: tuple[str | int, ...], value: Any, effect: str
) -> None:
    """An amendment of the business case shows in every verdict."""
    before = {"pilot": "p", "value": {"returns": RETURNS}}
    after: dict[str, Any] = copy.deepcopy(before)
    part: Any = after["value"]["returns"]
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value

    (change,) = compare(before, after)

    assert change.effect == effect
    assert set(change.concerns) == {
        "value.net_per_month", "value.npv", "value.payback_months", "value.return_share",
    }  # fmt: skip
