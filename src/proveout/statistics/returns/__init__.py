"""What a change of a process returns in money, with all that is not known exactly (R702).

Every input is a quantile function; draws go through one vectorised model of monthly flows, so that
an interval of an effect becomes an interval of money.
"""

from proveout.statistics.returns.case import BusinessCase, Exceptions, Gain
from proveout.statistics.returns.drawing import Drawn, Spread, draw
from proveout.statistics.returns.driving import Driver, break_even, drivers
from proveout.statistics.returns.uncertain import Exact, Likely, Measured, Uncertain

__all__ = [
    "BusinessCase", "Drawn", "Driver", "Exact", "Exceptions", "Gain", "Likely", "Measured",
    "Spread", "Uncertain", "break_even", "draw", "drivers",
]  # fmt: skip
