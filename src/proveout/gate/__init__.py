"""The gate: a standard, and one pure function that decides."""

from proveout.gate.decide import decide, refuse_unsealed_changes
from proveout.gate.dossier import ATTEST, gather
from proveout.gate.lines import default_lines
from proveout.gate.standard import standard_for

__all__ = [
    "ATTEST",
    "decide",
    "default_lines",
    "gather",
    "refuse_unsealed_changes",
    "standard_for",
]
