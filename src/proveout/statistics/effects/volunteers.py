"""People who came forward are not like the others, and what the system does for them is not what it
does for the others (R111, R605)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proveout.statistics.effects.cases import Cases, Flags
from proveout.statistics.effects.estimate import Assumption, Figure

NEARLY_ALL = 0.95
"""The part of the cases with the system done by volunteers beyond which nothing is known of the
others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """Who had the system, of those who came forward and of those who did not."""

    share: float
    """Of the cases with the system, those by volunteers."""
    only_volunteers: bool
    """Nobody else had it, or next to nobody."""
    all_volunteers: bool
    """No volunteer went without it, or next to none."""


def came(cases: Cases) -> Came | None:
    """Return who had it; None where it is not known who came forward."""
    if cases.volunteer is None or not cases.volunteer.any() or not cases.with_system.any():
        return None
    share = float(cases.volunteer[cases.with_system].mean())
    had = float(cases.with_system[cases.volunteer].mean())
    return Came(share=share, only_volunteers=share >= NEARLY_ALL, all_volunteers=had >= NEARLY_ALL)


def others(cases: Cases) -> Flags:
    """Return the cases of those who did not come forward, and all from before them."""
    return np.zeros(len(cases), dtype=bool) if cases.volunteer is None else ~cases.volunteer


def for_everybody(who: Came, effect: Figure | None, why_not: str | None) -> Assumption:
    """Return whether the figures speak of those who did not come forward."""
    if effect is not None:
        seen = (
            f"{who.share:.0%} of the cases with the system were done by volunteers. Among those "
            f"who did not come forward the effect was {effect.value:.3g} "
            f"({effect.low:.3g} to {effect.high:.3g})."
        )
    else:
        seen = (
            f"{who.share:.0%} of the cases with the system were done by volunteers; of the "
            f"others, {why_not or 'too few had it'}. So nothing is said of them."
        )
    return Assumption(
        name="not-volunteers-alone",
        statement="What it did for those who came forward, it does for the others.",
        state="untested" if effect is None else "holds",
        seen=seen,
        breaks_by="Volunteers are keener, more skilled or have easier work than those who come "
        "later.",
    )
