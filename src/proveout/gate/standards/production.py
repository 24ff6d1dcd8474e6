"""`production`: may it go live? Technical and organisational readiness, both (R801)."""

from __future__ import annotations

from proveout.gate.model import Criterion
from proveout.gate.standards.production_organisation import ORGANISATION
from proveout.gate.standards.production_technical import ENGINEERING, QUALITY, READINESS, STRESS
from proveout.gate.standards.terms import sealed

PRODUCTION: tuple[Criterion, ...] = (
    sealed("production"),
    *READINESS,
    *QUALITY,
    *STRESS,
    *ENGINEERING,
    *ORGANISATION,
)
