"""The price of one request is that of many, to the billionth."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proveout.charter.schema.standard import Price
from proveout.errors import InputError
from proveout.pricing.charges import charges
from proveout.pricing.one import BILLION, FREE, ByModel, call_price
from proveout.pricing.table import PriceTable
from proveout.pricing.use import Use

TABLE = PriceTable(on=datetime(2026, 11, 1, 12, tzinfo=UTC))
PRICES: list[tuple[dict[str, Any], str]] = [
    ({"per_request": 0.002, "per_second": 0.0003}, "EUR"),
    ({"per_million_input_tokens": 2.5, "per_million_output_tokens": 10}, "EUR"),
    (
        {"per_million_input_tokens": 2.5, "per_million_cached_input_tokens": 0.3,
         "per_million_output_tokens": 0.07, "per_request": 0.0001},
        "EUR",
    ),
    ({"model": "gpt-4o-mini", "provider": "openai"}, "USD"),
    ({"model": "gpt-4o-mini", "usd_rate": 0.92}, "EUR"),
    ({"model": "gpt-4o-mini", "per_million_output_tokens": 1.5}, "USD"),
    # Above 200,000 tokens all of them cost more.
    ({"model": "gemini-2.5-pro", "provider": "google"}, "USD"),
]  # fmt: skip


@pytest.mark.parametrize(("plain", "currency"), PRICES)
@given(
    given_tokens=st.integers(0, 400_000),
    share=st.floats(0, 1),
    produced=st.integers(0, 50_000),
    seconds=st.integers(0, 60_000),
)
@settings(max_examples=15)
def test_one_costs_what_it_costs_among_many(
    *,
    plain: dict[str, Any],
    currency: str,
    given_tokens: int,
    share: float,
    produced: int,
    seconds: int,
) -> None:
    """Equal to `charges`, whose floats are right to fifteen digits; rounded up, never down."""
    price, cached = Price(**plain), int(given_tokens * share)
    one = call_price(price, TABLE, currency=currency)
    use = Use(
        requests=np.ones(1),
        needed=np.ones(1),
        input_tokens=np.array([float(given_tokens)]),
        cached_input_tokens=np.array([float(cached)]),
        output_tokens=np.array([float(produced)]),
        seconds=np.array([seconds / 1000]),
    )
    many = float(charges(use, price, TABLE, currency=currency).total[0]) * BILLION

    cost = one.cost(
        input_tokens=given_tokens,
        cached_input_tokens=cached,
        output_tokens=produced,
        seconds=seconds / 1000,
    )

    assert isinstance(cost, int)
    assert many - many * 1e-9 - 1 <= cost <= many + many * 1e-9 + 3
    assert cost <= one.most(
        input_tokens=given_tokens + 1, output_tokens=produced, seconds=60.0, requests=1
    )


def test_the_step_to_a_dearer_range_is_where_the_table_has_it() -> None:
    """At exactly 200,000 tokens the first price holds, one above the second for all."""
    price = ByModel(TABLE).of("gemini-2.5-pro")
    assert price is not None

    at, above = (price.cost(input_tokens=n) for n in (200_000, 200_001))

    rate = TABLE.rate(
        "gemini-2.5-pro", None, input_tokens=200_001, cached_input_tokens=0, output_tokens=0
    )
    assert at == 200_000 * 1_250
    assert above == round(rate.input_usd * BILLION) == 200_001 * 2_500


def test_what_has_no_price_is_told_apart_from_what_costs_nothing() -> None:
    """A charter without prices costs nothing; a model that nobody knows has no price."""
    assert call_price(None, TABLE, currency="EUR") is FREE
    assert ByModel(TABLE).of("no-such-model") is None
    assert ByModel(TABLE).of(None) is None
    with pytest.raises(InputError, match="no 'no-such-model'"):
        call_price(Price(model="no-such-model"), TABLE, currency="USD")
