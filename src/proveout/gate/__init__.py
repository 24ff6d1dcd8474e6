"""The gate: a standard, and one pure function that decides."""

from proveout.gate.adjusting import adjustment_problems
from proveout.gate.decide import decide, refuse_unsealed_changes
from proveout.gate.dossier import ATTEST, evidence_in, gather, runs_that_count
from proveout.gate.lines import default_lines
from proveout.gate.since_seal import eased_since_seal
from proveout.gate.standard import standard_for
from proveout.gate.standards.inherited import inherited_ids

__all__ = [
    "ATTEST",
    "adjustment_problems",
    "decide",
    "default_lines",
    "eased_since_seal",
    "evidence_in",
    "gather",
    "inherited_ids",
    "refuse_unsealed_changes",
    "runs_that_count",
    "standard_for",
]
