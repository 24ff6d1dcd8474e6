"""Times of the day in another notation, another zone, or the wrong order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proveout.checks.stress.columns import Kind
from proveout.checks.stress.operators.numbers import recomputed
from proveout.checks.stress.operators.operator import Hit, Operator, is_gone, with_values

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

CLOCK: frozenset[Kind] = frozenset({"clock"})
DAY = 24 * 60


def minutes_of(clock: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn 930 into 570 minutes since midnight."""
    return clock // 100 * 60 + clock % 100


def clock_of(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn 570 minutes since midnight into 930; beyond midnight the clock begins anew."""
    within = minutes % DAY
    return within // 60 * 100 + within % 60


def _as_text(cell: Any) -> str:
    return f"{int(cell):04d}"


def _with_colon(cell: Any) -> str:
    return f"{int(cell) // 100}:{int(cell) % 100:02d}"


def _twelve_hours(cell: Any) -> str:
    hour = int(cell) // 100 % 24
    return f"{hour % 12 or 12}:{int(cell) % 100:02d} {'AM' if hour < 12 else 'PM'}"


NOTATIONS: tuple[Callable[[Any], str], ...] = (_as_text, _with_colon, _twelve_hours)


def _rewrite(hit: Hit, rng: Generator) -> list[pd.DataFrame]:
    new = {}
    for name in hit.columns:
        write = NOTATIONS[int(rng.integers(len(NOTATIONS)))]
        cells = hit.rows[name].tolist()
        new[name] = [None if is_gone(cell) else write(cell) for cell in cells]
    return [with_values(hit.rows, new)]


def _to_minutes(hit: Hit, rng: Generator) -> list[pd.DataFrame]:  # noqa: ARG001
    return [recomputed(hit, {name: minutes_of(_figures(hit, name)) for name in hit.columns})]


def shifted_clock(hit: Hit, name: str, hours: float) -> NDArray[np.float64]:
    """Move times of the day, round midnight where need be."""
    return clock_of(minutes_of(_figures(hit, name)) + 60 * hours)


def _figures(hit: Hit, name: str) -> NDArray[np.float64]:
    return hit.rows[name].to_numpy(dtype=np.float64, na_value=np.nan)


CLOCK_FORMAT = Operator(
    name="clock-format",
    stands_for="a site or a new release that writes times of the day its own way",
    does="930 arrives as the text '0930', '9:30' or '9:30 AM', one way per column",
    kinds=CLOCK,
    damage=_rewrite,
)

CLOCK_AS_MINUTES = Operator(
    name="clock-as-minutes",
    stands_for="a source that counts minutes since midnight where another writes the clock",
    does="930, for half past nine, arrives as 570",
    kinds=CLOCK,
    damage=_to_minutes,
)
