"""What a system in use costs, from its prediction log."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fixtures.served_window import BEGINS, ENDS, context, requests, served
from proveout.checks.cost.check import CHECK
from proveout.checks.cost.in_use import DAYS_PER_MONTH
from proveout.checks.cost.story import cost_story
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

# Ibis reads DuckDB by a name that DuckDB has given up.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CHARTER: dict[str, Any] = {
    "budget": {
        "currency": "EUR", "per_month": 1_000, "price": {"per_request": 1, "fixed_per_month": 100},
    },
    "load": {"users": 10},
    "people": {"production_owner": "Ada Byron"},
}  # fmt: skip


def week(*, weekdays: float, weekend: float, **said: Any) -> list[dict[str, Any]]:
    """Ten requests a day of a week, of which those of a working day cost so much together."""
    rows = []
    for hour in range(7 * 24):
        at = BEGINS + timedelta(hours=hour)
        if at.hour % 2 == 0 and at.hour < 20:
            cost = weekdays if at.weekday() < 5 else weekend
            rows.append(asked(at, cost / 10, **said))
    return rows


def asked(at: datetime, cost: float, **said: Any) -> dict[str, Any]:
    """One request that reached the system."""
    ordinary = {
        "id": f"{at:%d%H%M}",
        "at": at,
        "attempts": 1,
        "cost": Decimal(str(cost)),
        "currency": "EUR",
        "team": "claims" if at.hour < 10 else "sales",
        "input_tokens": 10,
        "output_tokens": 2,
    }
    return {**ordinary, **said}


def look(
    rows: list[dict[str, Any]], *, begins: datetime = BEGINS, ends: datetime = ENDS
) -> list[Any]:
    """Run the check on a window."""
    window = served(requests(rows), begins=begins, ends=ends)
    return list(CHECK.run(context(window, charter=CHARTER, check="cost")))


def by_metric(found: list[Any]) -> dict[str, Evidence]:
    """Evidence by its metric."""
    return {each.metric: each for each in found if isinstance(each, Evidence)}


def test_a_month_is_made_of_working_days_and_weekends() -> None:
    """Five days at 40 and two at 10, and what is fixed, against the month's budget."""
    found = by_metric(look(week(weekdays=40, weekend=10)))

    month = 220 / 7 * DAYS_PER_MONTH + 100
    share = found["cost.budget_share"]
    assert share.value == pytest.approx(month / 1_000)
    assert share.n == 7
    assert share.scope == "production"
    assert share.inputs["window"] == f"{BEGINS.isoformat()}/{ENDS.isoformat()}"
    assert share.details["per_day"] == pytest.approx({"working days": 40, "weekend": 10})
    assert share.details["dearest_teams"] == [
        {"team": "claims", "cost": pytest.approx(110), "requests": 35},
        {"team": "sales", "cost": pytest.approx(110), "requests": 35},
    ]
    assert share.details["owner"] == "Ada Byron"
    assert found["cost.monthly"].value == pytest.approx(month)
    assert found["cost.per_transaction"].value == pytest.approx(month / (10 * DAYS_PER_MONTH))
    assert found["cost.per_request"].value == pytest.approx(220 / 70)
    assert found["cost.per_request"].n == 70


def test_days_that_differ_make_the_month_uncertain() -> None:
    """And those that are alike do not."""
    rows = week(weekdays=40, weekend=10)
    rows[0] = {**rows[0], "cost": Decimal(60)}
    alike = by_metric(look(week(weekdays=40, weekend=10)))["cost.budget_share"].interval
    unlike = by_metric(look(rows))["cost.budget_share"].interval

    assert alike is not None
    assert unlike is not None
    assert alike.high - alike.low == pytest.approx(0, abs=1e-9)
    assert unlike.low < alike.low < unlike.high
    assert unlike.method == "stratified-t"


def test_a_window_need_not_begin_at_midnight() -> None:
    """A week is a week, from whatever hour on."""
    shift = timedelta(hours=9)
    rows = week(weekdays=40, weekend=10)
    moved = [
        {**row, "at": row["at"] + timedelta(days=7)} if row["at"] < BEGINS + shift else row
        for row in rows
    ]
    found = by_metric(look(moved, begins=BEGINS + shift, ends=ENDS + shift))

    assert found["cost.monthly"].value == pytest.approx(220 / 7 * DAYS_PER_MONTH + 100)


def test_days_without_a_request_cost_nothing_and_count() -> None:
    """Nobody asks on Saturdays and Sundays."""
    rows = [row for row in week(weekdays=40, weekend=10) if row["at"].weekday() < 5]

    assert by_metric(look(rows))["cost.monthly"].value == pytest.approx(
        200 / 7 * DAYS_PER_MONTH + 100
    )


def test_requests_that_never_reached_the_system_cost_nothing() -> None:
    """Refused by the budget, for example; they are no part of the mean."""
    refused = [
        {**row, "attempts": 0, "cost": Decimal(0), "currency": None, "outcome": "over-budget"}
        for row in week(weekdays=40, weekend=10)
    ]
    found = by_metric(look(week(weekdays=40, weekend=40) + refused))

    assert found["cost.per_request"].n == 70
    assert found["cost.per_request"].value == pytest.approx(4)


def test_less_than_a_week_tells_no_month() -> None:
    """What a request costs it does tell."""
    found = look(week(weekdays=40, weekend=10), begins=BEGINS + timedelta(hours=1))

    assert list(by_metric(found)) == ["cost.per_request"]
    (share,) = [each for each in found if each.metric == "cost.budget_share"]
    assert share == NotMeasured(
        metric="cost.budget_share",
        reason="the window holds 6 whole days, and 7 are needed to know a week",
        next_step="Look at a longer window: monitoring.window_days",
    )


def test_costs_in_another_currency_are_not_added_up() -> None:
    """Nor taken for those of the budget."""
    found = look(week(weekdays=40, weekend=10, currency="USD"))

    assert by_metric(found) == {}
    assert {each.reason for each in found} == {
        "the log tells of costs in USD, and the budget is in EUR"
    }


def test_a_call_that_was_lost_and_given_back_keeps_nobody_from_knowing() -> None:
    """It cost nothing, in whatever currency: one crash does not end the figures."""
    lost = asked(BEGINS + timedelta(hours=3), 0, currency=None, outcome="lost", id="lost")
    found = by_metric(look([*week(weekdays=40, weekend=40), lost]))

    assert found["cost.per_request"].n == 71
    assert "cost.budget_share" in found


def test_a_simulated_system_says_so() -> None:
    """All that is found with it is simulated."""
    found = by_metric(look(week(weekdays=40, weekend=10, simulated=True)))

    assert {each.basis for each in found.values()} == {"simulated"}


def test_without_requests_nothing_is_known() -> None:
    """Not a month that costs nothing."""
    found = look([])

    assert {each.metric for each in found} == {metric.name for metric in CHECK.metrics}
    assert all(isinstance(each, NotMeasured) for each in found)


def test_the_story_of_full_use_is_not_told_by_a_window() -> None:
    """What is used now is not what everybody will use."""
    assert cost_story(by_metric(look(week(weekdays=40, weekend=10))).values()) is None
