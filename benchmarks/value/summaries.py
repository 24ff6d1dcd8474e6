"""What the peers are given of each experiment: the sums that their packages ask for."""

from __future__ import annotations

from typing import Any

import numpy as np

from proveout.statistics.effects import Cases, Statistic


def arms(cases: Cases, statistic: Statistic) -> dict[str, dict[str, Any]]:
    """Return sums by arm. Cases that are still open are left out, as they have no time yet."""
    over = np.ones(len(cases), dtype=bool) if cases.is_open is None else ~cases.is_open
    value = cases.value
    if statistic.horizon is not None:
        value = np.minimum(value, statistic.horizon)
    return {
        name: _sums(value[chosen], None if cases.before is None else cases.before[chosen])
        for name, chosen in (
            ("without", over & ~cases.with_system),
            ("with", over & cases.with_system),
        )
    }


def _sums(value: np.ndarray, before: np.ndarray | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "n": len(value), "sum": float(value.sum()), "squares": float((value**2).sum()),
    }  # fmt: skip
    if before is not None:
        told |= {
            "before": float(before.sum()),
            "before_squares": float((before**2).sum()),
            "products": float((value * before).sum()),
        }
    return told


def resampled(cases: Cases, quantile: float, draws: int, seed: int) -> dict[str, list[float]]:
    """Return the quantile of so many bootstrap samples by arm."""
    draw = np.random.default_rng(seed)
    told = {}
    for name, chosen in (("without", ~cases.with_system), ("with", cases.with_system)):
        value = cases.value[chosen]
        picked = draw.integers(0, len(value), (draws, len(value)))
        told[name] = np.quantile(value[picked], quantile, axis=1).tolist()
    return told
