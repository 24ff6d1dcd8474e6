"""Charts of a process over time, with the limits of what chance does (Shewhart).

`chart_of` takes the cases of a KPI and gives the chart that fits its figure; `as_details` and
`from_details` carry a chart through the details of evidence.
"""

from proveout.statistics.control_charts.chart import (
    ControlChart,
    Point,
    Signal,
    as_details,
    from_details,
)
from proveout.statistics.control_charts.choosing import chart_of
from proveout.statistics.control_charts.limits import Limits, p_limits, u_limits, xmr_limits
from proveout.statistics.control_charts.signals import signals_of

__all__ = [
    "ControlChart", "Limits", "Point", "Signal", "as_details", "chart_of", "from_details",
    "p_limits", "signals_of", "u_limits", "xmr_limits",
]  # fmt: skip
