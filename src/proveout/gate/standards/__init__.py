"""The default standards: what each gate asks for when the charter says nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from proveout.charter.schema import Stage
from proveout.gate.model import Criterion
from proveout.gate.standards.continue_ import CONTINUE
from proveout.gate.standards.design import DESIGN
from proveout.gate.standards.production import PRODUCTION
from proveout.gate.standards.scale import SCALE
from proveout.gate.standards.terms import QUALITY_AGREED, SCOPE_WORDS, SEALED

DEFAULTS: Mapping[Stage, tuple[Criterion, ...]] = MappingProxyType(
    {"design": DESIGN, "production": PRODUCTION, "scale": SCALE, "continue": CONTINUE}
)

__all__ = ["DEFAULTS", "QUALITY_AGREED", "SCOPE_WORDS", "SEALED"]
