"""What one request costs, and a month of them, with all that goes into the sum. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proveout.charter.schema.standard import Budget, Load, Price
from proveout.checks import CheckContext
from proveout.checks.cost.measured import Measured
from proveout.evidence.model import Interval
from proveout.pricing.charges import Charges, charges
from proveout.pricing.fitting import (
    Lever,
    Sizes,
    affordable_per_request,
    cheaper_models,
    levers,
)
from proveout.pricing.month import Month, Volume, growing, month
from proveout.pricing.table import PriceTable
from proveout.statistics import mean

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What one request costs, and all that is needed to add up a month."""

    budget: Budget
    price: Price
    load: Load
    charged: Charges
    table: PriceTable
    sizes: Sizes
    per_request: float
    interval: Interval | None
    """None where every request costs the same: nothing is inferred then."""
    volume: Volume

    @classmethod
    def of(cls, context: CheckContext, measured: Measured) -> Reckoning:
        """Price what was measured. Raises what `charges` raises."""
        budget, load = context.charter.budget, context.charter.load
        assert budget is not None  # noqa: S101  # needs() has seen to all three
        assert budget.price is not None  # noqa: S101
        assert load is not None  # noqa: S101
        table, use = PriceTable(on=context.now), measured.use
        charged = charges(use, budget.price, table, currency=budget.currency)
        value, interval = mean(charged.total)
        varies = bool(np.ptp(charged.total) > 1e-9 * value)
        return cls(
            budget=budget,
            price=budget.price,
            load=load,
            charged=charged,
            table=table,
            sizes=Sizes(
                input=float(np.mean(use.input_tokens * charged.times)),
                cached_input=float(np.mean(use.cached_input_tokens * charged.times)),
                output=float(np.mean(use.output_tokens * charged.times)),
            ),
            per_request=value,
            # A request cannot cost less than nothing, whatever the formula says.
            interval=replace(interval, low=max(0.0, interval.low)) if varies else None,
            volume=Volume(
                requests_per_user_per_day=load.requests_per_user_per_day,
                working_days_per_month=budget.working_days_per_month,
                sent_per_request=float(np.mean(use.needed * charged.times)),
            ),
        )

    @property
    def is_by_token(self) -> bool:
        """Whether any price depends on how many tokens there were."""
        return any(meter.endswith("tokens") for meter in self.charged.by_meter)

    def month(self, per_request: float, users: float) -> Month:
        """Add up a month at a number of users."""
        return month(per_request, users, self.volume, self.price)

    def scaled(self, users: int) -> Interval | None:
        """A month's interval: that of one request, put through the same sum."""
        if self.interval is None:
            return None
        return replace(
            self.interval,
            low=self.month(self.interval.low, users).total,
            high=self.month(self.interval.high, users).total,
        )

    def of_one(self, measured: Measured) -> dict[str, Any]:
        """Return what is worth knowing of one request."""
        costs = self.charged.total
        use = measured.use
        return {
            "prices_from": self.charged.prices_from,
            "median": float(np.median(costs)),
            "p95": float(np.quantile(costs, 0.95)),
            "largest": float(costs.max()),
            "share_of_dearest_tenth": _share_of_dearest(costs),
            "by_meter": {
                meter: {
                    "quantity": float(charge.quantity.mean()),
                    "cost": float(charge.cost.mean()),
                }
                for meter, charge in self.charged.by_meter.items()
            },
            "tokens_from": measured.tokens_from,
            "requests_per_answer": float(use.requests.mean()),
            "retries_add": self.charged.retries_add,
            "guessed": measured.guessed if self.is_by_token else 0,
        }

    def of_month(self, full: Month) -> dict[str, Any]:
        """Return what is worth knowing of a month at full use, and of those to come."""
        return {
            **parts_of(full),
            "by_meter": {
                meter: {
                    "quantity": float(charge.quantity.mean()) * full.billed_requests,
                    "cost": float(charge.cost.mean()) * full.billed_requests,
                }
                for meter, charge in self.charged.by_meter.items()
            },
            "prices_from": self.charged.prices_from,
            "growth_per_month": self.budget.growth_per_month,
            "months_to_come": [each.total for each in self._growing(self.per_request)],
            "over_budget_in_month": self._over_budget(),
            "budget_per_day": self.budget.per_day,
            "per_working_day": full.total / self.budget.working_days_per_month,
        }

    def to_fit(self, full: Month) -> list[Lever]:
        """Return what would bring it into the budget; nothing where it is."""
        currency = self.budget.currency
        found = list(
            levers(
                self.per_request,
                self.load.users,
                self.volume,
                self.price,
                self.budget.per_month,
                currency=currency,
            )
        )
        if not found or np.isnan(self.sizes.input + self.sizes.output):
            return found
        affordable = affordable_per_request(full, self.budget.per_month, self.per_request)
        models = cheaper_models(self.sizes, self.price, self.table, affordable, currency=currency)
        return [*found, *models]

    def _growing(self, per_request: float) -> tuple[Month, ...]:
        growth = self.budget.growth_per_month
        return growing(per_request, self.load.users, growth, self.volume, self.price, months=MONTHS)

    def _over_budget(self) -> int | None:
        """From which month on, full use being the first, the budget no longer surely holds it."""
        at_most = self.per_request if self.interval is None else self.interval.high
        over = (
            place
            for place, each in enumerate(self._growing(at_most), start=1)
            if each.total > self.budget.per_month
        )
        return next(over, None)


def parts_of(at: Month) -> dict[str, Any]:
    """Return what a month is made of."""
    return {
        "users": at.users,
        "requests": at.requests,
        "billed_requests": at.billed_requests,
        "variable": at.variable,
        "discount": at.discount,
        "seats": at.seats,
        "fixed": at.fixed,
    }


def _share_of_dearest(costs: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the part of all cost that the dearest tenth of requests makes."""
    total = float(costs.sum())
    dearest = np.sort(costs)[-max(1, len(costs) // 10) :]
    return float(dearest.sum()) / total if total > 0 else 0.0
