"""What the return asks of the effect on a KPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proveout.charter.schema.purpose import Kpi
from proveout.evidence.model import Basis, Scope
from proveout.statistics.effects.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEffect:
    """What the value check has found for one KPI, as far as the return needs it."""

    kpi: Kpi
    """The charter's KPI: name, unit, currency, direction."""
    estimate: Estimate | None
    """Of its mean, share or rate; by the look that decides, at the confidence of that look. None
    where there is none."""
    why_not: str = ""
    """A clause where there is no estimate: 'its records hold no case with the system'."""
    basis: Basis = "measured"
    scope: Scope = "production"
    cases_per_month: float | None = None
    """Counted in the KPI's own records, where they are not those of the process."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of the records."""
    n: int = 0
    """Cases that the estimate rests on."""
