"""`scale`: may it widen? Business KPIs against the sealed thresholds, what it returns, and use."""

from __future__ import annotations

from proveout.gate.model import Criterion
from proveout.gate.standards.adopted import BEFORE_WIDENING, kept_up
from proveout.gate.standards.lived import FEEDBACK_DAYS, INCENTIVES_CHANGED, engaged
from proveout.gate.standards.returned import PAYS
from proveout.gate.standards.terms import days, sealed
from proveout.gate.standards.widening import in_use

SCALE: tuple[Criterion, ...] = (
    sealed("scale"),
    *in_use("scale", max_age=days(92)),
    *PAYS,
    *BEFORE_WIDENING,
    *kept_up("scale", max_age=days(92)),
    *engaged("scale", max_age=days(92)),
    FEEDBACK_DAYS,
    INCENTIVES_CHANGED,
)
"""92 days: the last quarter."""
