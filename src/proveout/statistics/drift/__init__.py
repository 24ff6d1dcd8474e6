"""Change of data against the time before, under one budget of false alarms.

`Reference.learn` learns what a table was like, block by block; `watch` compares a window with it.
"""

from proveout.statistics.drift.findings import Alarm, Findings, NotChecked, SchemaChange
from proveout.statistics.drift.power import Power, power_table
from proveout.statistics.drift.reference import Reference
from proveout.statistics.drift.watching import watch

__all__ = [
    "Alarm",
    "Findings",
    "NotChecked",
    "Power",
    "Reference",
    "SchemaChange",
    "power_table",
    "watch",
]
