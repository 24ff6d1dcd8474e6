"""What a return hangs on: input by input, and where it would turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import rankdata

from proveout.statistics.returns.case import BusinessCase
from proveout.statistics.returns.drawing import Drawn
from proveout.statistics.returns.uncertain import TAIL, Floats

_DOUBLINGS = 40
"""How often the search for a break-even widens: far beyond any figure of a business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What one input does to the net present value while the others stay at their median."""

    name: str
    low: float
    """The input's own 5 % quantile."""
    value: float
    high: float
    npv_at_low: float
    npv_at_high: float
    share: float
    """Part of the spread of the net present value that goes with it: squared rank correlations,
    scaled to a sum of 1."""
    breaks_even_at: float | None
    """The input's value at which the net present value is zero, the others at their median."""

    @property
    def swing(self) -> float:
        """How far apart the two ends are."""
        return abs(self.npv_at_high - self.npv_at_low)


def drivers(drawn: Drawn) -> tuple[Driver, ...]:
    """Return every input that is not known exactly, the one with the widest swing first."""
    case = drawn.case
    ends = {
        name: each.at(np.array([TAIL, 0.5, 1 - TAIL])).tolist()
        for name, each in case.inputs().items()
    }
    swings = {
        name: _npv(case, name, high) - _npv(case, name, low)
        for name, (low, _, high) in ends.items()
        if low != high
    }
    shares = _shares(drawn, swings)
    found = [
        Driver(
            name=name,
            low=low,
            value=middle,
            high=high,
            npv_at_low=_npv(case, name, low),
            npv_at_high=_npv(case, name, high),
            share=shares.get(name, 0.0),
            breaks_even_at=break_even(case, name),
        )
        for name, (low, middle, high) in ends.items()
        if low != high
    ]
    return tuple(sorted(found, key=lambda each: (-each.swing, each.name)))


def break_even(case: BusinessCase, name: str) -> float | None:
    """Return the value of one input at which the net present value is zero.

    The others stay at their median. None where no value makes it so; costs and worths are not
    sought below zero, nor shares above one.
    """
    start = float(case.inputs()[name].at(np.array([0.5]))[0])
    first = _npv(case, name, start)
    if first == 0:
        return start
    least = -np.inf if name.startswith("effect:") else 0.0
    most = 1.0 if name == "exception_rate" else np.inf
    step = abs(start) or 1.0
    for _ in range(_DOUBLINGS):
        for end in (start - step, start + step):
            other = float(np.clip(end, least, most))
            if _npv(case, name, other) * first <= 0:
                return float(brentq(lambda value: _npv(case, name, value), start, other))
        step *= 2
    return None


def _npv(case: BusinessCase, name: str, value: float) -> float:
    middle = np.array([0.5])
    values = {each: input_.at(middle) for each, input_ in case.inputs().items()}
    values[name] = np.array([value])
    return float(case.flows(values).npv[0])


def _shares(drawn: Drawn, swings: Mapping[str, float]) -> dict[str, float]:
    """Share the spread out among the inputs; what was drawn as one, by how far each moves it."""
    npv = rankdata(drawn.flows.npv)
    squares = {name: _correlation(rankdata(drawn.values[name]), npv) ** 2 for name in swings}
    effects = [name for name in swings if name.startswith("effect:")]
    moved = sum(swings[name] ** 2 for name in effects)
    if drawn.err_together and moved:
        at_once = max(squares[name] for name in effects)
        squares |= {name: at_once * swings[name] ** 2 / moved for name in effects}
    whole = sum(squares.values())
    return {name: square / whole for name, square in squares.items()} if whole else {}


def _correlation(one: Floats, other: Floats) -> float:
    spread = float(one.std() * other.std())
    if spread == 0:
        return 0.0
    return float(((one - one.mean()) * (other - other.mean())).mean()) / spread
