"""Alarms that can be trusted: one false-alarm budget for the whole life, valid at any time.

`AlarmBudget` shares out how likely people may ever be called for nothing; a `Watch` gathers the
evidence of one stream; `evalues` turns tests into evidence that may be multiplied and averaged.
Everything here is pure and carries on from plain JSON. What each method promises, and from which
paper it is, stands in docs/alarms.md; tests/coverage holds each to it.
"""

from proveout.statistics.sequential.budget import PARTS, AlarmBudget, Share
from proveout.statistics.sequential.evalues import average, from_p, from_p_at, product, to_p
from proveout.statistics.sequential.watch import Watch

__all__ = [
    "PARTS",
    "AlarmBudget",
    "Share",
    "Watch",
    "average",
    "from_p",
    "from_p_at",
    "product",
    "to_p",
]
