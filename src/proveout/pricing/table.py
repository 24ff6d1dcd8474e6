"""The offline price table of language models (genai-prices), and nothing from the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

from proveout.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a model costs for requests of one size, in US dollars."""

    model: str
    provider: str
    input_usd: float
    """All input tokens of one request, cached ones included."""
    output_usd: float
    request_usd: float = 0.0
    """What a request costs whatever its size."""

    @property
    def total_usd(self) -> float:
        """One request."""
        return self.input_usd + self.output_usd + self.request_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """Prices on one day; large requests may cost more by the token, so that each is asked for."""

    on: datetime
    """Prices change; these are the ones of this day."""

    @property
    def edition(self) -> str:
        """Name and version of the package that holds the prices: what it knows is no newer."""
        return f"genai-prices {metadata.version('genai-prices')}"

    def rate(
        self,
        model: str,
        provider: str | None,
        *,
        input_tokens: float,
        cached_input_tokens: float,
        output_tokens: float,
    ) -> Rate:
        """Return the price of one request, the highest of the day where it depends on the hour.

        Raises InputError for a model that the table does not have, MissingExtraError without it.
        """
        try:
            from genai_prices import Usage, calc_price
        except ImportError:
            raise MissingExtraError(extra="cost", wanted_for="The price table") from None
        usage = Usage(
            input_tokens=round(input_tokens),
            cache_read_tokens=round(min(cached_input_tokens, input_tokens)) or None,
            output_tokens=round(output_tokens),
        )

        def priced(moment: datetime) -> PriceCalculation:
            return calc_price(
                usage, model_ref=model, provider_id=provider, genai_request_timestamp=moment
            )

        try:
            found = priced(self.on)
            if _depends_on_the_hour(found.model.prices):
                hours = (self.on.replace(hour=hour, minute=59) for hour in range(24))
                found = max(map(priced, hours), key=lambda each: each.total_price)
        except LookupError:
            of = f" of {provider}" if provider else ""
            raise InputError(
                f"budget.price.model: the price table has no '{model}'{of}.",
                hint="Look for its name: proveout cost models. Or give prices of your own, such as "
                "per_million_input_tokens.",
            ) from None
        return Rate(
            model=found.model.id,
            provider=found.provider.id,
            input_usd=float(found.input_price),
            output_usd=float(found.output_price),
            request_usd=float(found.total_price - found.input_price - found.output_price),
        )

    def models(self) -> Iterator[tuple[str, str]]:
        """Yield provider and model of every entry. Raises MissingExtraError."""
        try:
            from genai_prices.data_snapshot import get_snapshot
        except ImportError:
            raise MissingExtraError(extra="cost", wanted_for="The price table") from None
        for provider in get_snapshot().providers:
            for model in provider.models:
                yield provider.id, model.id


def _depends_on_the_hour(prices: Any) -> bool:
    """Tell whether a model is cheaper at night, when a company does not ask."""
    conditions = [each.constraint for each in prices] if isinstance(prices, list) else []
    return any(hasattr(condition, "start_time") for condition in conditions)
