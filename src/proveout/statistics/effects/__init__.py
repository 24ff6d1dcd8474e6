"""What a change of a process did to a figure of the business, design by design (R701).

A design takes `Cases` and gives an `Estimate`, or refuses with its reason. What it assumes stands
in the estimate as statements that were tested as far as the cases allow.
"""

from proveout.statistics.effects.cases import Cases, Statistic
from proveout.statistics.effects.estimate import (
    Assumption,
    DesignName,
    Estimate,
    Figure,
    Refusal,
)

__all__ = ["Assumption", "Cases", "DesignName", "Estimate", "Figure", "Refusal", "Statistic"]
