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
from proveout.charter.schema.system import (
    ChatSystem,
    CommandSystem,
    HttpSystem,
    MlflowSystem,
    OpenInferenceSystem,
    PythonSystem,
    RecordedSystem,
    System,
    WebSystem,
)

__all__ = [
    "Acceptance", "Adjustment", "Assumption", "Charter", "ChatSystem", "CommandSystem",
    "Comparison", "Data", "DataField", "HttpSystem", "Kpi", "Labels", "MlflowSystem",
    "OpenInferenceSystem", "Part", "Person", "PythonSystem", "RecordedSystem", "Reference",
    "Source", "Stage", "Stress", "System", "TimestampOrder", "WebSystem",
]  # fmt: skip
