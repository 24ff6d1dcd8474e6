"""A business case: what comes in and goes out, month by month, from inputs by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from proveout.statistics.returns.uncertain import Exact, Floats, Uncertain

NOTHING = Exact(0.0)

Values = Mapping[str, Floats]
"""One array a name; all of one length, one entry a draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a KPI brings."""

    kpi: str
    better_by: Uncertain
    """What the system makes it better by, in the KPI's unit and a case; below zero is harm."""
    worth: Uncertain
    """Money per unit and case."""
    cases_ratio: float = 1.0
    """Cases of this KPI for each case of the process, where they are others."""
    realised: float = 1.0
    """Part of a gain that becomes money. Harm counts in full: it is paid for, used or not."""

    def money(self, better_by: Floats, worth: Floats) -> Floats:
        """Return what it brings in a case of the process."""
        counted = self.cases_ratio * np.where(better_by > 0, self.realised, 1.0)
        return np.asarray(counted * better_by * worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """Cases that people look at."""

    rate: Uncertain
    """Of cases, 0 to 1."""
    minutes: Uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCase:
    """All that decides what it returns. Money is in one currency."""

    gains: tuple[Gain, ...]
    cases_per_month: float
    """Once all have it."""
    months: int
    """The horizon, from the rollout on."""
    discount_rate: float
    """Of a year."""
    ramp_months: float = 0.0
    """Until all have it; use grows evenly until then."""
    run: Uncertain = NOTHING
    """Of a month, from the first on: what runs is paid for before all use it."""
    support: Uncertain = NOTHING
    """Likewise."""
    exceptions: Exceptions | None = None
    hourly_cost: Uncertain = NOTHING
    training_hours: Uncertain = NOTHING
    """Of each person, once, at the rollout."""
    people: float = 0.0
    """Who are trained."""
    rollout: Uncertain = NOTHING
    """Once, at the rollout."""
    spent: Uncertain = NOTHING
    """Before the rollout; sunk, and counted."""

    def inputs(self) -> dict[str, Uncertain]:
        """Return every input by name, in the order of the case."""
        return dict(self._inputs())

    def _inputs(self) -> Iterator[tuple[str, Uncertain]]:
        for gain in self.gains:
            yield f"effect:{gain.kpi}", gain.better_by
            yield f"worth:{gain.kpi}", gain.worth
        yield "cases_per_month", Exact(self.cases_per_month)
        yield "run", self.run
        yield "support", self.support
        if self.exceptions is not None:
            yield "exception_rate", self.exceptions.rate
            yield "exception_minutes", self.exceptions.minutes
        yield "hourly_cost", self.hourly_cost
        yield "training_hours", self.training_hours
        yield "rollout", self.rollout
        yield "spent", self.spent

    def flows(self, values: Values) -> Flows:
        """Return what goes where, for inputs with these values."""
        cases = values["cases_per_month"]
        gains = {
            gain.kpi: cases * gain.money(values[f"effect:{gain.kpi}"], values[f"worth:{gain.kpi}"])
            for gain in self.gains
        }
        handled = np.zeros_like(cases)
        if self.exceptions is not None:
            hours = values["exception_rate"] * values["exception_minutes"] / 60
            handled = cases * hours * values["hourly_cost"]
        return Flows(
            case=self,
            gains=gains,
            exceptions=handled,
            standing=values["run"] + values["support"],
            training=self.people * values["training_hours"] * values["hourly_cost"],
            rollout=values["rollout"],
            spent=values["spent"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Money by what it is for; arrays hold one entry a draw."""

    case: BusinessCase
    gains: Mapping[str, Floats]
    """By KPI, of a month once all have it."""
    exceptions: Floats
    """Likewise; with the cases it grows in the ramp."""
    standing: Floats
    """Run cost and support of every month, the first ones included."""
    training: Floats
    rollout: Floats
    spent: Floats

    @property
    def gained(self) -> Floats:
        """What comes in in a month once all have it."""
        return np.asarray(sum(self.gains.values(), np.zeros_like(self.standing)))

    @property
    def net_per_month(self) -> Floats:
        """What is left of a month once all have it."""
        return self.gained - self.exceptions - self.standing

    @property
    def ahead(self) -> Floats:
        """What is paid once at the rollout."""
        return self.training + self.rollout

    @property
    def npv(self) -> Floats:
        """Net present value at the rollout, what was spent before it taken off as it is.

        Flows of a month count at its end, at the monthly rate (1 + yearly) ^ (1/12) - 1.
        """
        return self.present_gains - self.present_costs

    @property
    def present_gains(self) -> Floats:
        """What comes in over the horizon, discounted; harm is below zero."""
        growing, _ = self._annuities()
        return self.gained * growing

    @property
    def present_costs(self) -> Floats:
        """What goes out over the horizon, discounted, with what was spent."""
        growing, whole = self._annuities()
        return self.exceptions * growing + self.standing * whole + self.ahead + self.spent

    @property
    def return_share(self) -> Floats:
        """Net present value for each unit of cost; nan where nothing is paid."""
        costs = self.present_costs
        return np.divide(self.npv, costs, out=np.full_like(costs, np.nan), where=costs > 0)

    @property
    def payback_months(self) -> Floats:
        """First month at whose end all has been paid back; 0 before the first, inf where never.

        'Never' is: not at the end of any month of the horizon. Not discounted, as it is used.
        """
        share = ramp(self.case.months, self.case.ramp_months)
        used, month = np.cumsum(share), np.arange(1, self.case.months + 1)
        start = -(self.ahead + self.spent)
        best = np.full_like(start, np.inf)
        best[start >= 0] = 0.0
        varying, standing = self.gained - self.exceptions, self.standing
        for at, so_far in zip(month[::-1], used[::-1], strict=True):
            is_back = start + varying * so_far - standing * at >= 0
            best = np.where(is_back & (start < 0), float(at), best)
        return best

    def _annuities(self) -> tuple[float, float]:
        """Return what 1 a month is worth today: growing with the ramp, and from the first on."""
        case = self.case
        month = np.arange(1, case.months + 1)
        discount = (1 + case.discount_rate) ** (-month / 12)
        return float(discount @ ramp(case.months, case.ramp_months)), float(discount.sum())


def ramp(months: int, ramp_months: float) -> Floats:
    """Return which part of full use each month sees, where use grows evenly until then."""
    if ramp_months <= 0:
        return np.ones(months)
    at = np.arange(months + 1, dtype=np.float64)
    within = np.minimum(at, ramp_months)
    used = within**2 / (2 * ramp_months) + (at - within)
    return np.diff(used)
