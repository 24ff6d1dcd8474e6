"""Training on real cases: drawn from the team's own work, frozen, tried, signed off (R602)."""

from __future__ import annotations

from proveout.training.case import Case, Part, Shown
from proveout.training.keeping import CaseSet, Classroom, Mine
from proveout.training.practising import Attempt, Summary, Try, summary

__all__ = [
    "Attempt", "Case", "CaseSet", "Classroom", "Mine", "Part", "Shown", "Summary", "Try", "summary",
]  # fmt: skip
