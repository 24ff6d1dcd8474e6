"""Cases that all have one figure: how far a mean of them may be off, they cannot tell."""

from __future__ import annotations

import numpy as np

from proveout.statistics.effects.cases import Flags, Floats


def one_figure(value: Floats, with_system: Flags) -> str | None:
    """Return why no mean can be held against another, as a clause; None where one can.

    Twenty cases without one error do not say that there are none: with no spread on one side, an
    interval would have no width, and that is the one thing that is not known.
    """
    for side in (True, False):
        arm = value[with_system == side]
        if len(arm) and np.ptp(arm) == 0:
            which = "with" if side else "without"
            return (
                f"all {len(arm):,} cases {which} the system have the same figure, {arm[0]:g}, so "
                "that how far it may be off cannot be told"
            )
    return None


NEXT_STEP = (
    "Look whether the right column was taken; wait for cases that differ; or let it be drawn who "
    "has the system and measure the share of cases (kpis[].measured.happened), whose range is "
    "right for the rarest too"
)
