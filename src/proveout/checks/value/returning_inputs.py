"""Where each input of a return comes from: a measurement, the register, or the charter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np

from proveout.charter.loading import measured_hash
from proveout.charter.schema import Charter
from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.returns import Range, Returns
from proveout.evidence.figures import currency_of, day
from proveout.evidence.model import (
    MEASURED_INPUT,
    SYSTEM_INPUT,
    WHOLE,
    WINDOW_INPUT,
    Evidence,
    Subject,
)
from proveout.statistics.returns import Exact, Likely, Measured, Uncertain

Origin = Literal["measured", "simulated", "register", "charter"]
"""Measured by a check; found by one on a simulation; noted by a person; stated in the charter."""

_MONEY = re.compile(r"([A-Z]{3})(?:/.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of the case, and what it rests on."""

    figure: Uncertain
    origin: Origin
    where: str
    """'cost.monthly, measured on 2026-03-01', 'value.returns.run_per_month of the charter'."""
    evidence: Evidence | None = None

    @property
    def rank(self) -> int:
        """How good its origin is; what was measured goes before what was said."""
        return {"measured": 0, "register": 1, "charter": 2, "simulated": 3}[self.origin]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Why there is no return, and what to do about it."""

    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Known:
    """The latest evidence of other checks, as inputs in the currency of the return."""

    evidence: Sequence[Evidence]
    charter: Charter
    returns: Returns
    now: datetime

    def run(self) -> Input | Lacking:
        """Return the run cost of a month at full size.

        Of what full use was foretold to cost and what it costs today the dearer one: a window of
        the pilot is not full size, and full size is not cheaper than it.
        """
        foretold = self._of("cost.monthly", in_use=False)
        today = self._of("cost.monthly", in_use=True)
        found = [each for each in (foretold, today) if foretold is not None and each is not None]
        return self._best(
            found, self.returns.run_per_month, "run_per_month",
            "what a month at full size costs to run is not known",
            "Measure it with proveout check cost, or write value.returns.run_per_month",
        )  # fmt: skip

    def pilot_run(self, users: int | None) -> Input | Lacking:
        """Return the run cost of a month at the pilot's size: as it is used today, or foretold."""
        today = self._of("cost.monthly", in_use=True)
        foretold = (
            None
            if users is None
            else self._of("cost.monthly", in_use=False, subject=Subject.of(users=str(users)))
        )
        first = today or foretold
        found = [] if first is None else [first]
        return self._best(
            found, self.returns.pilot_run_per_month, "pilot_run_per_month",
            "what a month at the pilot's size costs to run is not known",
            "Let the monitor measure it (proveout monitor), or write "
            "value.returns.pilot_run_per_month",
        )  # fmt: skip

    def exception_rate(self) -> Input | Lacking:
        """Return the share of cases that people have to look at."""
        first = self._of("exceptions.rate") or self._of("quality.exception_rate")
        found = [] if first is None else [first]
        return self._best(
            found, self.returns.exception_rate, "exception_rate",
            "how many cases people have to look at is not known, and each takes "
            "exception_minutes",
            "Let the monitor measure it (proveout monitor), or write "
            "value.returns.exception_rate",
        )  # fmt: skip

    def spent(self) -> Input | Lacking:
        """Return what the pilot has cost, from the register where somebody has noted it."""
        noted = self._of("cost.spent", bases=("attested",))
        if noted is None:
            return stated(self.returns.spent, "spent")
        found = self._money(noted)
        if isinstance(found, Lacking):
            return found
        until = noted.details.get("until", day(noted.observed_at))
        return replace(
            found, origin="register", where=f"noted by {noted.person}, spent until {until}"
        )

    def rate(self, currency: str) -> float | Lacking:
        """Return what one unit of a currency is in that of the return."""
        told = self.returns
        if currency == told.currency:
            return 1.0
        if currency in told.exchange:
            return told.exchange[currency]
        return Lacking(
            reason=f"one sum is in {currency} and the return is in {told.currency}",
            next_step="Give the exchange rate and its day, for example: value.returns.exchange: "
            f"{{{currency}: 0.92}} and value.returns.exchange_on",
        )

    def _best(
        self,
        found: Sequence[Evidence],
        told: Range | None,
        key: str,
        reason: str,
        next_step: str,
    ) -> Input | Lacking:
        """Take what was measured, else what the charter says, else what a simulation gave."""
        is_rate = key == "exception_rate"
        inputs = [] if told is None else [stated(told, key, most=1.0 if is_rate else None)]
        for each in found:
            if told is not None and each.basis == "simulated":
                continue
            taken = _measured(each, least=0.0, most=1.0) if is_rate else self._money(each)
            if isinstance(taken, Lacking):
                return taken
            inputs.append(taken)
        if not inputs:
            return Lacking(reason=reason, next_step=next_step)
        best = min(each.rank for each in inputs)
        return max((each for each in inputs if each.rank == best), key=_size)

    def _of(
        self,
        metric: str,
        *,
        subject: Subject = WHOLE,
        in_use: bool | None = None,
        bases: Sequence[str] = ("measured", "simulated"),
    ) -> Evidence | None:
        found = [
            each
            for each in self.evidence
            if each.metric == metric
            and each.subject == subject
            and each.n
            and each.basis in bases
            and (metric == "cost.spent" or each.scope == "production")
            and in_use in (None, WINDOW_INPUT in each.inputs)
            and (each.valid_until is None or each.valid_until >= self.now)
            and self._is_of_this_charter(each)
        ]
        # What production shows stands first; what a simulation gave comes last.
        return min(found, key=lambda each: each.basis == "simulated", default=None)

    def _is_of_this_charter(self, found: Evidence) -> bool:
        """Tell whether it was measured under what the charter says of it now."""
        now = measured_hash(self.charter, found.check.name)
        return found.basis == "attested" or found.inputs.get(MEASURED_INPUT, now) == now

    def _money(self, found: Evidence) -> Input | Lacking:
        rate = self.rate(currency_of(found.unit))
        if isinstance(rate, Lacking):
            return replace(rate, reason=f"{found.metric}: {rate.reason}")
        return _measured(found, least=0.0, times=rate)


def stated(
    told: Range, key: str, *, times: float = 1.0, least: float = 0.0, most: float | None = None
) -> Input:
    """Return what the charter says."""
    return Input(
        figure=ranged(told, times=times, least=least, most=most),
        origin="charter",
        where=f"value.returns.{key} of the charter",
    )


def ranged(
    told: Range, *, times: float = 1.0, least: float = 0.0, most: float | None = None
) -> Uncertain:
    """Return a range of the charter as a figure."""
    if told.low is None or told.high is None:
        return Exact(told.likely * times)
    return Likely(
        low=told.low * times,
        likely=told.likely * times,
        high=told.high * times,
        least=least,
        most=float("inf") if most is None else most,
    )


def money_of(kpi: Kpi) -> str | None:
    """Return the currency that a KPI is counted in; None where it is not money."""
    if kpi.currency is not None:
        return kpi.currency
    match = _MONEY.fullmatch(kpi.unit.strip())
    return None if match is None else match.group(1)


def fingerprints(inputs: Mapping[str, Input]) -> dict[str, str]:
    """Return the fingerprint of the system that other checks measured, so that it goes stale."""
    systems = [
        each.evidence.inputs[SYSTEM_INPUT]
        for each in inputs.values()
        if each.evidence is not None and SYSTEM_INPUT in each.evidence.inputs
    ]
    return {SYSTEM_INPUT: systems[0]} if systems else {}


def _measured(
    found: Evidence, *, least: float = -float("inf"), most: float = float("inf"), times: float = 1.0
) -> Input:
    around = found.interval
    figure: Uncertain = Exact(found.value * times)
    if around is not None:
        figure = Measured(
            value=found.value * times,
            low=around.low * times,
            high=around.high * times,
            level=around.level,
            least=least,
            most=most,
        )
    simulated = found.basis == "simulated"
    how = "found on a simulation" if simulated else "measured"
    return Input(
        figure=figure,
        origin="simulated" if simulated else "measured",
        where=f"{found.metric}, {how} on {day(found.observed_at)}",
        evidence=found,
    )


def _size(each: Input) -> float:
    return float(each.figure.at(np.array([0.5]))[0])
