"""A month's bill, and what would make it fit."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.charter.schema.standard import Price, VolumeDiscount
from proveout.errors import InputError
from proveout.pricing.charges import charges, refuse_unpriced
from proveout.pricing.fitting import Sizes, cheaper_models, levers
from proveout.pricing.month import Volume, curve, growing, month
from proveout.pricing.table import PriceTable
from proveout.pricing.use import Use

VOLUME = Volume(requests_per_user_per_day=30, working_days_per_month=20)
TABLE = PriceTable(on=datetime(2026, 11, 1, tzinfo=UTC))


def used(n: int = 4, *, tokens: float = 1000, attempts: float = 1, needed: float = 1) -> Use:
    return Use(
        requests=np.full(n, attempts),
        needed=np.full(n, needed),
        input_tokens=np.full(n, tokens),
        cached_input_tokens=np.full(n, tokens / 2),
        output_tokens=np.full(n, tokens / 10),
        seconds=np.full(n, 2.0),
    )


def test_a_month_is_requests_seats_and_what_is_fixed() -> None:
    """100 users × 30 a day × 20 days at 0.01, 5 a seat and 300 fixed."""
    bill = month(0.01, 100, VOLUME, Price(per_seat_per_month=5, fixed_per_month=300))

    assert (bill.requests, bill.variable, bill.seats, bill.fixed) == (60_000, 600, 500, 300)
    assert bill.total == 1400


def test_what_an_own_cache_answers_is_not_billed() -> None:
    """A quarter from the cache: three quarters of the requests are paid."""
    bill = month(0.01, 100, VOLUME, Price(own_cache_share=0.25))

    assert (bill.billed_requests, bill.total) == (45_000, 450)


def test_a_discount_holds_for_what_lies_above_its_step_alone() -> None:
    """60,000 requests: the first 20,000 in full, 30,000 at 10 % off, 10,000 at half."""
    steps = (
        VolumeDiscount(above_requests=20_000, share=0.1),
        VolumeDiscount(above_requests=50_000, share=0.5),
    )

    bill = month(0.01, 100, VOLUME, Price(discounts=steps))

    assert bill.variable == pytest.approx(0.01 * (20_000 + 30_000 * 0.9 + 10_000 * 0.5))
    assert bill.discount == pytest.approx(600 - bill.variable)


def test_discounts_go_by_the_requests_that_are_sent() -> None:
    """Every second answer takes two requests: 60,000 wanted are 90,000 for the step at 75,000."""
    steps = (VolumeDiscount(above_requests=75_000, share=0.5),)
    volume = Volume(requests_per_user_per_day=30, working_days_per_month=20, sent_per_request=1.5)

    bill = month(0.015, 100, volume, Price(discounts=steps))

    assert bill.variable == pytest.approx(75_000 * 0.01 + 15_000 * 0.01 * 0.5)


@given(
    per_request=st.floats(0, 10),
    users=st.integers(0, 100_000),
    more=st.integers(0, 1_000),
    steps=st.lists(
        st.builds(
            VolumeDiscount,
            above_requests=st.integers(1, 10**8),
            share=st.floats(0, 1),
        ),
        max_size=4,
    ),
)
def test_more_users_never_cost_less(
    per_request: float, users: int, more: int, steps: list[VolumeDiscount]
) -> None:
    """Whatever discounts there are."""
    price = Price(discounts=tuple(steps), per_seat_per_month=1, fixed_per_month=10)

    few = month(per_request, users, VOLUME, price)
    many = month(per_request, users + more, VOLUME, price)

    assert few.variable >= 0
    assert many.total >= few.total * (1 - 1e-12)


@given(start=st.integers(1, 10_000), end=st.integers(1, 100_000))
def test_a_curve_goes_from_the_pilot_to_everybody(start: int, end: int) -> None:
    """In order, both ends included, each number once."""
    points = curve(start, end)

    assert list(points) == sorted(set(points))
    assert {start, end} <= set(points)
    assert len(points) <= 8


def test_growth_adds_up_month_by_month() -> None:
    """10 % a month: the third month has 21 % more users than the first."""
    months = growing(0.01, 100, 0.1, VOLUME, Price(), months=3)

    assert [round(each.users, 6) for each in months] == [100, 110, 121]


@given(
    per_request=st.floats(1e-6, 1),
    users=st.integers(2, 10_000),
    seat=st.floats(0, 50),
    fixed=st.floats(0, 1_000),
    budget=st.floats(1, 100_000),
)
def test_each_change_alone_is_enough(
    per_request: float, users: int, seat: float, fixed: float, budget: float
) -> None:
    """With what is said to be needed the month fits, and nothing is said where it fits already."""
    price = Price(per_seat_per_month=seat, fixed_per_month=fixed)
    every = levers(per_request, users, VOLUME, price, budget, currency="EUR")
    found = {each.kind: each for each in every}
    fits = budget * (1 + 1e-9)

    assert bool(found) == (month(per_request, users, VOLUME, price).total > budget)
    if (fewer := found.get("users")) is not None:
        assert month(per_request, float(fewer.needed or 0), VOLUME, price).total <= fits
    if (cheaper := found.get("cost per request")) is not None:
        assert month(float(cheaper.needed or 0), users, VOLUME, price).total <= fits
    if (cache := found.get("own cache")) is not None:
        cached = price.model_copy(update={"own_cache_share": cache.needed})
        assert month(per_request, users, VOLUME, cached).total <= fits


def test_the_charters_own_prices() -> None:
    """1,000 tokens in, half of them cached, 100 out, two seconds, one request."""
    price = Price(
        per_request=0.001,
        per_million_input_tokens=2,
        per_million_cached_input_tokens=1,
        per_million_output_tokens=8,
        per_second=0.01,
    )

    bill = charges(used(), price, TABLE, currency="EUR")

    assert bill.total == pytest.approx(np.full(4, 0.001 + 0.001 + 0.0005 + 0.0008 + 0.02))
    assert bill.prices_from == "the charter"


def test_cached_tokens_cost_as_others_where_no_price_of_their_own_is_given() -> None:
    """Half of the tokens are cached, all are paid."""
    bill = charges(used(), Price(per_million_input_tokens=2), TABLE, currency="EUR")

    assert bill.total == pytest.approx(np.full(4, 0.002))


@pytest.mark.parametrize(("are_billed", "cost"), [(True, 0.03), (False, 0.01)])
def test_a_request_that_was_sent_again_is_paid_again_unless_agreed_otherwise(
    are_billed: bool, cost: float
) -> None:
    """Three attempts for each answer, each with as many tokens as the one that was answered."""
    by_request = Price(per_request=0.01, retries_are_billed=are_billed)
    by_token = Price(per_million_input_tokens=10, retries_are_billed=are_billed)

    for price in (by_request, by_token):
        bill = charges(used(attempts=3), price, TABLE, currency="EUR")
        assert bill.total == pytest.approx(np.full(4, cost))
        assert bill.retries_add == pytest.approx(1 - 0.01 / cost)


@pytest.mark.parametrize("are_billed", [True, False])
def test_the_samples_of_an_answer_are_no_retries(are_billed: bool) -> None:
    """Five requests make one answer: all are paid, and their tokens are known together."""
    price = Price(per_request=0.01, per_million_input_tokens=10, retries_are_billed=are_billed)

    bill = charges(used(attempts=5, needed=5), price, TABLE, currency="EUR")

    assert bill.total == pytest.approx(np.full(4, 0.05 + 0.01))
    assert bill.retries_add == 0


def test_the_table_is_asked_for_one_request_where_several_make_an_answer() -> None:
    """Five small prompts are not one large prompt."""
    price = Price(model="gpt-4o-mini", provider="openai", usd_rate=1)
    one = charges(used(), price, TABLE, currency="EUR").total

    five = charges(used(tokens=5000, attempts=5, needed=5), price, TABLE, currency="EUR").total

    assert five == pytest.approx(one * 5)


def test_a_fee_by_the_request_and_the_price_of_the_day_are_not_left_out() -> None:
    """Some models of the table cost something by the request; some less at night."""
    night = PriceTable(on=datetime(2025, 6, 1, 20, tzinfo=UTC))
    day = PriceTable(on=datetime(2025, 6, 1, 8, tzinfo=UTC))
    size = {"input_tokens": 1000, "cached_input_tokens": 0, "output_tokens": 1000}

    assert TABLE.rate("sonar", "perplexity", **size).request_usd > 0
    bill = charges(used(), Price(model="sonar", provider="perplexity"), TABLE, currency="USD")
    assert bill.by_meter["requests"].cost.min() > 0
    assert night.rate("deepseek-chat", "deepseek", **size) == day.rate(
        "deepseek-chat", "deepseek", **size
    )


def test_a_model_of_the_price_table_in_the_budgets_currency() -> None:
    """The table's dollars times the rate; the source names model, provider and day."""
    price = Price(model="gpt-4o-mini", provider="openai", usd_rate=0.5)

    bill = charges(used(), price, TABLE, currency="EUR")
    rate = TABLE.rate(
        "gpt-4o-mini", "openai", input_tokens=1000, cached_input_tokens=500, output_tokens=100
    )

    assert rate.total_usd > 0
    assert bill.total == pytest.approx(np.full(4, rate.total_usd / 2))
    assert bill.prices_from == (
        f"the price table for gpt-4o-mini (openai) as of 2026-11-01 ({TABLE.edition})"
    )


@pytest.mark.parametrize(
    ("price", "message", "hint"),
    [
        (
            Price(model="gpt-4o-mini"),
            "The price table is in US dollars, and the budget in EUR.",
            "Say what one US dollar is in EUR: budget.price.usd_rate",
        ),
        (
            Price(per_million_cached_input_tokens=1),
            "Cached input tokens have a price, and other input tokens have none.",
            "Give both: budget.price.per_million_input_tokens",
        ),
        (
            Price(model="no-such-model", usd_rate=1),
            "budget.price.model: the price table has no 'no-such-model'.",
            "Look for its name: proveout cost models. Or give prices of your own, such as "
            "per_million_input_tokens.",
        ),
    ],
)
def test_a_price_that_cannot_be_had_is_said(price: Price, message: str, hint: str) -> None:
    """Never a guess; and before a row is sent and paid for."""
    with pytest.raises(InputError) as error:
        charges(used(), price, TABLE, currency="EUR")
    with pytest.raises(InputError) as before:
        refuse_unpriced(price, TABLE, currency="EUR")

    assert (error.value.message, error.value.hint) == (message, hint)
    assert (before.value.message, before.value.hint) == (message, hint)


def test_tokens_that_are_not_known_have_no_price() -> None:
    """One request of four did not say how many tokens it took."""
    use = used()
    use.output_tokens[2] = math.nan

    with pytest.raises(InputError) as error:
        charges(use, Price(per_million_output_tokens=1), TABLE, currency="EUR")

    assert error.value.message == (
        "The price is by output tokens, and for 1 of 4 requests the system does not say how many "
        "there were."
    )


def test_cheaper_models_are_of_the_same_provider_and_fit() -> None:
    """Dearest first, none above what is affordable."""
    sizes = Sizes(input=1000, cached_input=0, output=100)
    price = Price(model="gpt-4o", provider="openai", usd_rate=1)

    found = cheaper_models(sizes, price, TABLE, 0.001, currency="EUR")

    assert 0 < len(found) <= 3
    assert all(0 < (each.needed or 0) <= 0.001 for each in found)
    assert [each.needed for each in found] == sorted(
        (each.needed for each in found),
        reverse=True,  # type: ignore[type-var]
    )


def test_a_dollar_is_a_dollar() -> None:
    """A rate beside a budget in dollars would make the bill too small."""
    price = Price(model="gpt-4o-mini", provider="openai", usd_rate=0.9)

    with pytest.raises(InputError) as error:
        charges(used(), price, TABLE, currency="USD")

    assert error.value.message == (
        "One US dollar is said to be 0.9, and the budget is in US dollars."
    )


def test_changes_are_told_in_money() -> None:
    """As people say it: by the thousand where one is next to nothing."""
    price = Price(per_seat_per_month=1, fixed_per_month=100)

    told = [each.words for each in levers(1e-3, 1000, VOLUME, price, 1400, currency="EUR")]
    in_the_way = list(levers(1e-3, 1000, VOLUME, price, 1100, currency="EUR"))

    assert told[1] == (
        "A thousand requests at 0.50 EUR instead of 1 EUR: shorter prompts and answers, "
        "a cheaper model, or a better price."
    )
    assert (in_the_way[-1].needed, in_the_way[-1].words) == (
        None, "Seats and what is fixed (1,100 EUR a month) leave nothing for requests.",
    )  # fmt: skip
