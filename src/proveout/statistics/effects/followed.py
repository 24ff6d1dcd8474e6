"""Cases of which it is known how they went up to the longest time that is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from proveout.statistics.effects.cases import Cases, Statistic
from proveout.statistics.effects.censoring import mature
from proveout.statistics.effects.estimate import DesignName, Refusal
from proveout.statistics.effects.quantiles import quantile
from proveout.statistics.effects.sameness import NEXT_STEP, one_figure

BEYOND = 2.0
"""How many times a quantile a case has to be followed for it."""


def followed(cases: Cases, statistic: Statistic, design: DesignName) -> Cases | Refusal:
    """Keep the cases of which it is known how they went up to the horizon."""
    found = _followed(cases, statistic, design)
    if isinstance(found, Cases) and statistic.kind != "quantile":
        why = one_figure(found.value, found.with_system)
        if why is not None:
            return refused(design, why, f"{NEXT_STEP}.")
    return found


def _followed(  # noqa: PLR0911  one reason each
    cases: Cases, statistic: Statistic, design: DesignName
) -> Cases | Refusal:
    horizon = statistic.horizon
    known = np.isfinite(cases.value)
    if not known.all():
        cases = cases.where(known)
    if not len(cases):
        return refused(design, "there are no cases", "Look at value.records.")
    if cases.is_open is None or not cases.is_open.any():
        if horizon is None:
            return cases
        return replace(cases, value=np.minimum(cases.value, horizon))
    if horizon is None and statistic.kind == "quantile":
        horizon = _long_enough(cases, statistic.quantile or 0.5)
    if horizon is None:
        return refused(
            design,
            "some cases are still open, and without a longest time that is counted the youngest "
            "cases would look quickest",
            "Give kpis[].measured.horizon: the longest time that is counted.",
        )
    old = mature(cases, horizon)
    if old is None:
        return refused(
            design,
            "some cases are open that began long enough ago to be over, or their beginnings are "
            "not known",
            "Name the column with the moment at which each case began.",
        )
    kept = cases.where(old)
    if not len(kept):
        return refused(
            design,
            "no case began long enough ago to be over by the longest time that is counted",
            "Wait, or lower kpis[].measured.horizon.",
        )
    return replace(kept, value=np.minimum(kept.value, horizon), is_open=None)


def _long_enough(cases: Cases, share: float) -> float | None:
    """Return a time that is well above the quantile of either side, by which it is known of a case.

    Of both together it would be too short for a small side that is slow, and cut its figure off.
    """
    if cases.is_open is None:
        return None
    found = max(
        quantile(cases.value[side], cases.is_open[side], share)
        for side in (cases.with_system, ~cases.with_system)
        if side.any()
    )
    return BEYOND * found if np.isfinite(found) and found > 0 else None


def refused(design: DesignName, why: str, next_step: str) -> Refusal:
    """Return a refusal."""
    return Refusal(design=design, why=why, next_step=next_step)
