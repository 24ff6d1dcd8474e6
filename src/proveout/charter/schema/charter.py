"""The charter as a whole."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from proveout.charter.schema.adoption import Adoption
from proveout.charter.schema.base import Name, Part, Text
from proveout.charter.schema.data import Data
from proveout.charter.schema.drill import Drill
from proveout.charter.schema.gateway import Gateway, Rollout
from proveout.charter.schema.monitoring import Monitoring
from proveout.charter.schema.organisation import Change, Governance, LegalQuestion
from proveout.charter.schema.purpose import (
    Integration,
    Kpi,
    Milestone,
    Outcome,
    People,
    Predecessor,
    Process,
    ProductionDesign,
    Rollback,
)
from proveout.charter.schema.standard import (
    Acceptance,
    Adjustment,
    Assumption,
    Budget,
    Load,
    Stress,
)
from proveout.charter.schema.system import System
from proveout.charter.schema.value import Value


class Charter(Part):
    """What was agreed. Only `pilot` must be given; the gate reports what is missing."""

    version: Literal[1] = 1
    """Version of this schema."""
    pilot: Name
    """Id of the pilot; everything in the ledger is filed under it."""
    title: Text | None = None
    outcome: Outcome | None = None
    kpis: tuple[Kpi, ...] = ()
    people: People = Field(default_factory=People)
    process: Process | None = None
    integration: Integration | None = None
    rollback: Rollback | None = None
    production_design: ProductionDesign | None = None
    assumptions: tuple[Assumption, ...] = ()
    data: Data = Field(default_factory=Data)
    system: System | None = None
    acceptance: tuple[Acceptance, ...] = ()
    """Stage 1: technical criteria, beside those of the default standard."""
    standard: dict[str, Adjustment] = Field(default_factory=dict)
    """Changes to criteria of the default standard, by their id."""
    stress: Stress = Field(default_factory=Stress)
    load: Load | None = None
    budget: Budget | None = None
    drill: Drill | None = None
    gateway: Gateway | None = None
    rollout: Rollout | None = None
    monitoring: Monitoring | None = None
    adoption: Adoption | None = None
    value: Value | None = None
    governance: Governance = Field(default_factory=Governance)
    change: Change = Field(default_factory=Change)
    legal: tuple[LegalQuestion, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    predecessors: tuple[Predecessor, ...] | None = None
    """Earlier pilots of the same kind; an empty list says that there were none."""

    @field_validator("acceptance", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | dict) else value
