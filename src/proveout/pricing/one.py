"""What one request costs, exactly and at once: whole billionths, never floats.

The same prices as `charges`, for a gateway that books thousands of requests a second.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from proveout.charter.schema.standard import Price
from proveout.errors import InputError
from proveout.pricing.charges import refuse_unpriced
from proveout.pricing.table import PriceTable

BILLION = 10**9
_MILLION = 10**6
_MICRO = 10**6
"""Seconds are counted in millionths."""
_MANY = 10**9
_MOST_MODELS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is paid for requests of one range of sizes, in billionths of the currency."""

    per_request: int = 0
    per_million_input: int = 0
    per_million_cached_input: int = 0
    per_million_output: int = 0
    per_second: int = 0

    @property
    def is_by_token(self) -> bool:
        """Tokens have to be known."""
        return bool(
            self.per_million_input or self.per_million_cached_input or self.per_million_output
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPrice:
    """The price of one request; large prompts may cost more by the token."""

    rates: tuple[Rates, ...] = (Rates(),)
    above: tuple[int, ...] = ()
    """Input tokens above which the next rates hold, one fewer than rates."""

    @property
    def is_by_token(self) -> bool:
        """Tokens have to be known."""
        return any(rates.is_by_token for rates in self.rates)

    def cost(
        self,
        *,
        input_tokens: int = 0,
        cached_input_tokens: int = 0,
        output_tokens: int = 0,
        seconds: float = 0.0,
        requests: int = 1,
    ) -> int:
        """Return what it costs in billionths, rounded up; `requests` were sent for it in all.

        What a request took that was sent again is taken for as much as the one that was answered.
        """
        above = self.above
        rates = self.rates[bisect_right(above, input_tokens - 1)] if above else self.rates[0]
        cached = min(cached_input_tokens, input_tokens)
        by_token = (
            (input_tokens - cached) * rates.per_million_input
            + cached * rates.per_million_cached_input
            + output_tokens * rates.per_million_output
        ) * requests
        found = requests * rates.per_request - (-by_token // _MILLION)
        if rates.per_second:
            found -= -round(seconds * _MICRO) * rates.per_second // _MICRO
        return found

    def most(self, *, input_tokens: int, output_tokens: int, seconds: float, requests: int) -> int:
        """Return the most that a request of no more than this can cost."""
        # A price may fall with size: the dearest of the ranges it can be in counts.
        sizes = [input_tokens, *(size for size in self.above if size < input_tokens)]
        return max(
            self.cost(
                input_tokens=size, output_tokens=output_tokens, seconds=seconds, requests=requests
            )
            for size in sizes
        )


FREE = CallPrice()


def call_price(price: Price | None, table: PriceTable, *, currency: str) -> CallPrice:
    """Return the price of a charter; the charter's own figures go before the table's.

    Raises InputError as `charges` does.
    """
    if price is None:
        return FREE
    refuse_unpriced(price, table, currency=currency)
    fresh = price.per_million_input_tokens
    cached = price.per_million_cached_input_tokens
    own = Rates(
        per_request=_billionths(price.per_request),
        per_million_input=_billionths(fresh),
        per_million_cached_input=_billionths(fresh if cached is None else cached),
        per_million_output=_billionths(price.per_million_output_tokens),
        per_second=_billionths(price.per_second),
    )
    has_input, has_output = fresh is not None, price.per_million_output_tokens is not None
    if price.model is None or (has_input and has_output):
        return CallPrice(rates=(own,))
    above, found = _of_table(price.model, price.provider, table, rate=price.usd_rate or 1.0)
    return CallPrice(
        above=above,
        rates=tuple(
            Rates(
                per_request=each.per_request if price.per_request is None else own.per_request,
                per_million_input=own.per_million_input if has_input else each.per_million_input,
                per_million_cached_input=(
                    own.per_million_cached_input if has_input else each.per_million_cached_input
                ),
                per_million_output=(
                    own.per_million_output if has_output else each.per_million_output
                ),
                per_second=own.per_second,
            )
            for each in found
        ),
    )


class ByModel:
    """Prices of the table by the model that a request names, in US dollars."""

    def __init__(self, table: PriceTable) -> None:
        self._table = table
        self._known: dict[str, CallPrice | None] = {}

    def of(self, model: str | None) -> CallPrice | None:
        """Return the price; None for a model that the table does not have."""
        name = model or ""
        if name not in self._known:
            if len(self._known) >= _MOST_MODELS:
                self._known.clear()  # names come from clients, who may invent them
            try:
                above, rates = _of_table(name, None, self._table, rate=1.0)
                self._known[name] = CallPrice(above=above, rates=rates)
            except InputError:
                self._known[name] = None
        return self._known[name]


def _of_table(
    model: str, provider: str | None, table: PriceTable, *, rate: float
) -> tuple[tuple[int, ...], tuple[Rates, ...]]:
    """Ask the table once per range of sizes, for many tokens, so that rounding loses nothing."""
    above = _ranges(model, provider, table)
    return above, tuple(
        _rates(model, provider, table, size=size, rate=rate) for size in (*above, _MANY)
    )


def _rates(model: str, provider: str | None, table: PriceTable, *, size: int, rate: float) -> Rates:
    def usd(cached: int, output: int) -> Any:
        return table.rate(
            model, provider, input_tokens=size, cached_input_tokens=cached, output_tokens=output
        )

    fresh, cached, output = usd(0, 0), usd(size, 0), usd(0, _MILLION)

    def per_million(cost: float, tokens: int) -> int:
        # The table's prices have few digits; what a float adds behind them is noise.
        each = Decimal(repr(cost)) * _MILLION / tokens
        return _billionths(float(round(each, 9)), rate)

    return Rates(
        per_request=_billionths(round(fresh.request_usd, 9), rate),
        per_million_input=per_million(fresh.input_usd, size),
        per_million_cached_input=per_million(cached.input_usd, size),
        per_million_output=per_million(output.output_usd, _MILLION),
    )


def _ranges(model: str, provider: str | None, table: PriceTable) -> tuple[int, ...]:
    """Return the sizes of a prompt up to which a price holds."""
    from genai_prices import Usage, calc_price
    from genai_prices.types import TieredPrices

    table.rate(model, provider, input_tokens=1, cached_input_tokens=0, output_tokens=1)
    found = calc_price(
        Usage(input_tokens=1), model_ref=model, provider_id=provider,
        genai_request_timestamp=table.on,
    )  # fmt: skip
    prices: Sequence[Any] = list(vars(found.model_price).values())
    tiers = {tier.start for each in prices if isinstance(each, TieredPrices) for tier in each.tiers}
    return tuple(sorted(tiers))


def _billionths(amount: float | None, rate: float = 1.0) -> int:
    """Return an amount in billionths; what does not fit is rounded up."""
    if amount is None:
        return 0
    exact = Decimal(repr(amount)) * Decimal(repr(rate)) * BILLION
    return int(exact.to_integral_value(ROUND_CEILING))
