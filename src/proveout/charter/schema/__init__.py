"""The schema of `pilot.yaml`."""

from proveout.charter.schema.base import Part, Person
from proveout.charter.schema.charter import Charter
from proveout.charter.schema.data import Data, DataField, Labels, Reference, Source, TimestampOrder
from proveout.charter.schema.purpose import Kpi
from proveout.charter.schema.standard import (
    Acceptance,
    Adjustment,
    Assumption,
    Comparison,
    Stage,
    Stress,
)
from proveout.charter.schema.system import HttpSystem, PythonSystem, RecordedSystem, System

__all__ = [
    "Acceptance", "Adjustment", "Assumption", "Charter", "Comparison", "Data", "DataField",
    "HttpSystem", "Kpi", "Labels", "Part", "Person", "PythonSystem", "RecordedSystem", "Reference",
    "Source", "Stage", "Stress", "System", "TimestampOrder",
]  # fmt: skip
