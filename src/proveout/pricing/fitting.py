"""What would have to change for a month at full use to fit the budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proveout.charter.schema.standard import Price
from proveout.errors import InputError
from proveout.evidence.figures import figure
from proveout.pricing.month import Month, Volume, month
from proveout.pricing.table import PriceTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One change that alone would be enough, or a reason why none of its kind is."""

    kind: str
    """'users', 'requests', 'cost per request', 'own cache', 'model', 'fixed'."""
    now: float | None
    needed: float | None
    """In the same unit; None where the kind cannot be enough."""
    words: str
    """One sentence with the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Tokens of an average request; None where they are not known."""

    input: float
    cached_input: float
    output: float


def levers(
    per_request: float, users: int, volume: Volume, price: Price, budget: float, *, currency: str
) -> Iterator[Lever]:
    """Yield what would bring the month to the budget, each taken alone; nothing when it fits."""
    full = month(per_request, users, volume, price)
    if full.total <= budget:
        return
    standing, monthly = full.seats + full.fixed, f"{currency}/month"
    if full.fixed >= budget:
        yield Lever(
            kind="fixed",
            now=full.fixed,
            needed=None,
            words=f"What is fixed ({figure(full.fixed, monthly)}) is more than the budget by "
            "itself.",
        )
        return
    fitting_users = _most_users(per_request, users, volume, price, budget)
    yield Lever(
        kind="users",
        now=users,
        needed=fitting_users,
        words=f"{fitting_users:,} users instead of {users:,}.",
    )
    left = budget - standing
    if left <= 0 or full.variable <= 0:
        yield Lever(
            kind="seats",
            now=full.seats,
            needed=None,
            words=f"Seats and what is fixed ({figure(standing, monthly)}) leave nothing for "
            "requests.",
        )
        return
    share = left / full.variable
    yield Lever(
        kind="cost per request",
        now=per_request,
        needed=per_request * share,
        words=f"A thousand requests at {figure(per_request * share * 1000, currency)} instead of "
        f"{figure(per_request * 1000, currency)}: shorter prompts and answers, a cheaper model, or "
        "a better price.",
    )
    yield Lever(
        kind="requests",
        now=volume.requests_per_user_per_day,
        needed=volume.requests_per_user_per_day * share,
        words=f"{volume.requests_per_user_per_day * share:.3g} requests per user and day instead "
        f"of {volume.requests_per_user_per_day:g}.",
    )
    cached = 1 - (1 - price.own_cache_share) * share
    yield Lever(
        kind="own cache",
        now=price.own_cache_share,
        needed=cached,
        words=f"A cache of your own that answers {cached:.0%} of the requests.",
    )


def cheaper_models(
    sizes: Sizes,
    price: Price,
    table: PriceTable,
    affordable: float,
    *,
    currency: str,
    most: int = 3,
) -> tuple[Lever, ...]:
    """Name models of the same provider that would fit, dearest first; their quality is not known.

    `affordable` is what one request may cost, in the currency of the budget.
    """
    if price.model is None or affordable <= 0:
        return ()
    rate = price.usd_rate or 1.0
    now = _cost(table, price.model, price.provider, sizes)
    if now is None:
        return ()
    cost_now, provider = now[0] * rate, now[1]
    found = []
    for other, name in table.models():
        if other != provider:
            continue
        priced = _cost(table, name, other, sizes)
        # What costs nothing by the token is not a model that answers in words.
        if priced is not None and 0 < priced[0] * rate <= affordable:
            found.append((priced[0] * rate, name))
    dearest = sorted(set(found), reverse=True)[:most]
    return tuple(
        Lever(
            kind="model",
            now=cost_now,
            needed=cost,
            words=f"{name} at {figure(cost * 1000, currency)} for a thousand requests, if its "
            "answers are good enough.",
        )
        for cost, name in dearest
    )


def _cost(
    table: PriceTable, model: str, provider: str | None, sizes: Sizes
) -> tuple[float, str] | None:
    try:
        rate = table.rate(
            model,
            provider,
            input_tokens=sizes.input,
            cached_input_tokens=sizes.cached_input,
            output_tokens=sizes.output,
        )
    except InputError:
        return None
    # Both ways must have a price: an embedding model gives no answer.
    return (rate.total_usd, rate.provider) if rate.input_usd and rate.output_usd else None


def _most_users(per_request: float, users: int, volume: Volume, price: Price, budget: float) -> int:
    low, high = 0, users
    while high - low > 1:
        middle = (low + high) // 2
        if month(per_request, middle, volume, price).total <= budget:
            low = middle
        else:
            high = middle
    return low


def affordable_per_request(full: Month, budget: float, per_request: float) -> float:
    """Return what one request may cost for the month to fit; 0 or less where nothing is left."""
    left = budget - full.seats - full.fixed
    return per_request * left / full.variable if full.variable > 0 else left
