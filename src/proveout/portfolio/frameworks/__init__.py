"""Which evidence speaks to which duty of three frameworks, and what none speaks to."""

from proveout.portfolio.frameworks.holding import Held, ProofState, hold
from proveout.portfolio.frameworks.model import LEDGER, SEAL, Duty, Framework, Proof
from proveout.portfolio.frameworks.tables import FRAMEWORKS, LIMITS

__all__ = [
    "FRAMEWORKS",
    "LEDGER",
    "LIMITS",
    "SEAL",
    "Duty",
    "Framework",
    "Held",
    "Proof",
    "ProofState",
    "hold",
]
