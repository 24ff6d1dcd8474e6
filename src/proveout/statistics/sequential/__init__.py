"""Alarms that can be trusted: one false-alarm budget for the whole life, valid at any time.

`AlarmBudget` shares out how likely people may ever be called for nothing; a `Watch` gathers the
evidence of one stream; `evalues` turns tests into evidence that may be multiplied and averaged.
Everything here is pure and carries on from plain JSON. What each method promises, and from which
paper it is, stands in docs/alarms.md; tests/coverage holds each to it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from proveout.statistics.sequential.budget import PARTS, AlarmBudget, Share
from proveout.statistics.sequential.decay import Decay, silent_decay
from proveout.statistics.sequential.evalues import average, from_p, from_p_at, product, to_p
from proveout.statistics.sequential.watch import Watch

if TYPE_CHECKING:  # these need numpy, and are loaded on first use
    from proveout.statistics.sequential.betting import Running, bet_above, bet_below, running_rate
    from proveout.statistics.sequential.conformal import conformal_p, jumper
    from proveout.statistics.sequential.rates import Counted, PilotRate, RateWatch, watch_rate

_HOME = {
    "Counted": "rates",
    "PilotRate": "rates",
    "RateWatch": "rates",
    "Running": "betting",
    "bet_above": "betting",
    "bet_below": "betting",
    "conformal_p": "conformal",
    "jumper": "conformal",
    "running_rate": "betting",
    "watch_rate": "rates",
}

__all__ = [
    "PARTS",
    "AlarmBudget",
    "Counted",
    "Decay",
    "PilotRate",
    "RateWatch",
    "Running",
    "Share",
    "Watch",
    "average",
    "bet_above",
    "bet_below",
    "conformal_p",
    "from_p",
    "from_p_at",
    "jumper",
    "product",
    "running_rate",
    "silent_decay",
    "to_p",
    "watch_rate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
