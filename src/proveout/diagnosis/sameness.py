"""Whether a design is the same again in what failed: the same design gives the same result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from proveout.evidence.canonical import canonical_json

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "experiment-framing": ("outcome", "production_design", "integration", "milestones"),
    "data-gap": ("data.pilot", "data.production", "data.required"),
    "no-governance-bridge": (
        "people.production_owner", "governance.exceptions", "governance.reviews",
        "governance.output_audit", "rollback",
    ),
    "no-change-management": (
        "change.roles", "change.training", "change.incentives", "change.participants",
        "change.will_do",
    ),
    "wrong-metrics": ("kpis", "acceptance", "value"),
    "cost-latency": ("load", "budget"),
    "maintenance": ("governance.refresh", "governance.handoff", "production_design"),
    "technology": ("system",),
}  # fmt: skip
"""The parts of a charter in which each failure sits."""

_DAYS: Final = frozenset({"on", "by", "next_on", "last_practised", "period", "completed"})
"""What is another one in every charter, whatever its design."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """How two designs compare in what failed."""

    failure: str
    same: tuple[str, ...]
    """Parts that say the same in both, or are missing in both."""
    changed: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing was changed."""
        return not self.changed

    @property
    def told(self) -> str:
        """Return it as the end of a sentence."""
        if self.is_same:
            return f"nothing is different in {_listed(self.same)}"
        rest = f"; {_listed(self.same)} as before" if self.same else ""
        return f"{_listed(self.changed)} changed{rest}"


def compare_designs(
    failure: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Sameness | None:
    """Compare two charters in plain JSON; None where the failure sits in no part of a charter."""
    parts = PARTS.get(failure)
    if parts is None:
        return None
    same = tuple(part for part in parts if _said(part, before) == _said(part, after))
    return Sameness(failure, same, tuple(part for part in parts if part not in same))


def _said(part: str, charter: Mapping[str, Any]) -> str:
    value: Any = charter
    for key in part.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return canonical_json(_without_days(value))


def _without_days(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_days(each) for key, each in value.items() if key not in _DAYS}
    if isinstance(value, list | tuple):
        return [_without_days(each) for each in value]
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def _listed(parts: tuple[str, ...]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
