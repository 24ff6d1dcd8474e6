"""From what requests took to what each of them costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from proveout.charter.schema.standard import Price
from proveout.errors import InputError
from proveout.pricing.table import PriceTable
from proveout.pricing.use import Meter, Use

if TYPE_CHECKING:
    from numpy.typing import NDArray

MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One kind of charge over all requests."""

    quantity: NDArray[np.float64]
    """Per answer, in the unit of the meter."""
    cost: NDArray[np.float64]
    """Per answer, in the currency of the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What each answer costs, before discounts, seats and what is fixed."""

    by_meter: Mapping[Meter, Charge]
    """Those meters that have a price."""
    prices_from: str
    """'the charter', or the price table's model and day."""
    times: NDArray[np.float64]
    """How often each answer is paid: more than once where retries are."""

    @property
    def total(self) -> NDArray[np.float64]:
        """Per answer."""
        costs = [charge.cost for charge in self.by_meter.values()]
        return np.sum(costs, axis=0) if costs else np.zeros(len(self.times))

    @property
    def retries_add(self) -> float:
        """What requests that were sent again cost, as a share of all."""
        again = sum(
            float((charge.cost * (1 - 1 / self.times)).sum())
            for meter, charge in self.by_meter.items()
            if meter != "seconds"
        )
        total = float(self.total.sum())
        return again / total if total else 0.0


def charges(use: Use, price: Price, table: PriceTable, *, currency: str) -> Charges:
    """Price what was used; the charter's own prices go before those of the table.

    Raises InputError where a price is by the token and it is not known how many there were, where
    the table has no such model, or where its dollars cannot be brought to the currency.
    """
    _refuse_contradictions(price, currency)
    own = _own_prices(price)
    by_meter: dict[Meter, Charge] = {}
    paid = use.paid(retries_are_billed=price.retries_are_billed)
    quantities = dict(use.metered(paid))
    for meter, unit_price in own.items():
        by_meter[meter] = Charge(quantity=quantities[meter], cost=quantities[meter] * unit_price)
    source = "the charter"
    wanted: tuple[Meter, ...] = ("input tokens", "output tokens")
    missing = [meter for meter in wanted if meter not in own]
    if price.model is not None and missing:
        _refuse_unknown(quantities, (*missing, "cached input tokens"))
        of_table, source = _table_charges(use, paid, price, table)
        if "requests" not in own and of_table["requests"].cost.any():
            missing.append("requests")  # some models cost something by the request as well
        by_meter |= {meter: of_table[meter] for meter in missing}
    _refuse_unknown(quantities, by_meter)
    return Charges(by_meter=by_meter, prices_from=source, times=paid / use.needed)


def refuse_unpriced(price: Price, table: PriceTable, *, currency: str) -> None:
    """Raise InputError for prices that no request could be priced by, before one is sent."""
    _refuse_contradictions(price, currency)
    own = _own_prices(price)
    if price.model is not None and not {"input tokens", "output tokens"} <= own.keys():
        table.rate(
            price.model, price.provider, input_tokens=1, cached_input_tokens=0, output_tokens=1
        )


def _refuse_contradictions(price: Price, currency: str) -> None:
    if price.model is not None and currency != "USD" and price.usd_rate is None:
        raise InputError(
            f"The price table is in US dollars, and the budget in {currency}.",
            hint=f"Say what one US dollar is in {currency}: budget.price.usd_rate",
        )
    if currency == "USD" and price.usd_rate not in (None, 1.0):
        raise InputError(
            f"One US dollar is said to be {price.usd_rate:g}, and the budget is in US dollars.",
            hint="Take out budget.price.usd_rate, or give the budget's currency: budget.currency",
        )
    if price.per_million_cached_input_tokens is not None and price.per_million_input_tokens is None:
        raise InputError(
            "Cached input tokens have a price, and other input tokens have none.",
            hint="Give both: budget.price.per_million_input_tokens",
        )


def _own_prices(price: Price) -> dict[Meter, float]:
    fresh = price.per_million_input_tokens
    cached = price.per_million_cached_input_tokens
    cached = fresh if cached is None else cached
    given: dict[Meter, float | None] = {
        "requests": price.per_request,
        "input tokens": None if fresh is None else fresh / MILLION,
        "cached input tokens": None if fresh is None or cached is None else cached / MILLION,
        "output tokens": None
        if price.per_million_output_tokens is None
        else price.per_million_output_tokens / MILLION,
        "seconds": price.per_second,
    }
    return {meter: unit_price for meter, unit_price in given.items() if unit_price is not None}


def _table_charges(
    use: Use, paid: NDArray[np.float64], price: Price, table: PriceTable
) -> tuple[dict[Meter, Charge], str]:
    """Ask the table once per size of request: large ones may cost more by the token."""
    assert price.model is not None  # noqa: S101  # the caller asks for nothing else
    sizes = np.column_stack([use.input_tokens, use.cached_input_tokens, use.output_tokens])
    sizes /= use.needed[:, np.newaxis]
    different, which = np.unique(np.round(sizes), axis=0, return_inverse=True)
    rates = [
        table.rate(
            price.model,
            price.provider,
            input_tokens=size[0],
            cached_input_tokens=size[1],
            output_tokens=size[2],
        )
        for size in different
    ]
    in_own_currency = price.usd_rate if price.usd_rate is not None else 1.0
    which = which.reshape(-1)

    def cost(usd: list[float]) -> NDArray[np.float64]:
        each: NDArray[np.float64] = np.array(usd)[which] * in_own_currency * paid
        return each

    source = (
        f"the price table for {rates[0].model} ({rates[0].provider}) as of "
        f"{table.on:%Y-%m-%d} ({table.edition})"
    )
    times = paid / use.needed
    return {
        "requests": Charge(quantity=paid, cost=cost([rate.request_usd for rate in rates])),
        "input tokens": Charge(
            quantity=use.input_tokens * times, cost=cost([rate.input_usd for rate in rates])
        ),
        "output tokens": Charge(
            quantity=use.output_tokens * times, cost=cost([rate.output_usd for rate in rates])
        ),
    }, source


def _refuse_unknown(
    quantities: Mapping[Meter, NDArray[np.float64]],
    meters: tuple[Meter, ...] | Mapping[Meter, Charge],
) -> None:
    for meter in meters:
        unknown = int(np.isnan(quantities[meter]).sum())
        if unknown:
            raise InputError(
                f"The price is by {meter}, and for {unknown:,} of {len(quantities[meter]):,} "
                "requests the system does not say how many there were.",
                hint="Let the system give its usage (see docs/systems.md), or give a price per "
                "request: budget.price.per_request",
            )
