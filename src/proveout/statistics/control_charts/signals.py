"""Which points chance would hardly make.

Three of the rules of Western Electric (1956), "Statistical Quality Control Handbook", are kept; how
often they speak of a process that never changed stands in docs/control-charts.md.
"""

from __future__ import annotations

import numpy as np

from proveout.statistics.control_charts.chart import Rule, Side, Signal
from proveout.statistics.control_charts.limits import Limits
from proveout.statistics.effects.cases import Flags, Floats

RUN = 8
"""So many points in a row on one side of the centre."""


def signals_of(
    value: Floats, limits: Limits, is_after: Flags, *, lower_is_better: bool
) -> tuple[Signal, ...]:
    """Return all signals, in the order in which they begin.

    A run does not go on across the rollout: points from before it do not speak of what came after.
    """
    found: list[Signal] = []
    sides: tuple[tuple[Side, int], ...] = (("above", 1), ("below", -1))
    for side, sign in sides:
        for part in (~is_after, is_after):
            where = np.flatnonzero(part)
            away = sign * (value[where] - limits.centre)
            limit = (limits.high - limits.centre if sign > 0 else limits.centre - limits.low)[where]
            sigma = limits.sigma[where]
            hits: dict[Rule, Flags] = {
                "beyond-limits": away > np.maximum(limit, 0) + 1e-12,
                "two-of-three": _of_three((away > 2 * sigma) & (sigma > 0)),
                "run": _in_a_row(away > 0),
            }
            for rule, spoken in hits.items():
                found += [
                    Signal(
                        rule=rule, side=side, first=int(where[first]), last=int(where[last]),
                        is_after=bool(is_after[where[first]]),
                        is_better=(side == "below") == lower_is_better,
                    )
                    for first, last in _stretches(spoken)
                ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.first, each.rule, each.side)))


def _of_three(beyond: Flags) -> Flags:
    """Points at which two of the last three lie beyond, the point itself among them."""
    before = np.concatenate(([False], beyond[:-1]))
    earlier = np.concatenate(([False, False], beyond[:-2]))
    return beyond & (before | earlier[: len(beyond)])


def _in_a_row(beyond: Flags) -> Flags:
    """All points of stretches that are long enough."""
    told = np.zeros(len(beyond), dtype=np.bool_)
    for first, last in _stretches(beyond):
        if last - first + 1 >= RUN:
            told[first : last + 1] = True
    return told


def _stretches(flags: Flags) -> list[tuple[int, int]]:
    """Return first and last index of each stretch of flags that are set."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
